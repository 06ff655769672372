package telemetry

import (
	"cmp"
	"crypto/rand"
	"maps"
	"slices"
	"strconv"
	"strings"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/resource"
	sdk "go.opentelemetry.io/otel/sdk/trace"
)

// resource says what sends: this program, and what the operator calls it.
func (t *Telemetry) resource() *resource.Resource {
	about := map[string]string{
		"service.version": t.o.Version, "service.instance.id": rand.Text(),
		"telemetry.sdk.name": "opentelemetry", "telemetry.sdk.language": "go", "telemetry.sdk.version": "1.47.0",
	}
	maps.Copy(about, t.o.Resource)
	about["service.name"] = cmp.Or(t.o.Service, about["service.name"], "openloop")
	out := make([]attribute.KeyValue, 0, len(about))
	for _, key := range slices.Sorted(maps.Keys(about)) {
		if about[key] != "" {
			out = append(out, attribute.String(key, about[key]))
		}
	}
	return resource.NewSchemaless(out...)
}

// samplerOf returns the sampler that OTEL_TRACES_SAMPLER names, and whether it is known; else it is the default.
func samplerOf(name, arg string) (out sdk.Sampler, known bool) {
	root, byParent := strings.CutPrefix(cmp.Or(name, "parentbased_always_on"), "parentbased_")
	out, known = sdk.AlwaysSample(), true
	switch root {
	case "always_on":
	case "always_off":
		out = sdk.NeverSample()
	case "traceidratio":
		share, err := strconv.ParseFloat(cmp.Or(arg, "1"), 64)
		if known = err == nil && share >= 0 && share <= 1; known {
			out = sdk.TraceIDRatioBased(share)
		}
	default:
		known, byParent = false, true
	}
	if byParent {
		out = sdk.ParentBased(out)
	}
	return out, known
}
