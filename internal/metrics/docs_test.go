package metrics_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/openloop-server/openloop/internal/metrics"
)

// TestThePageHasAllMetrics compares the table of docs/metrics.md with what the registry describes.
func TestThePageHasAllMetrics(t *testing.T) {
	m := metrics.New()
	m.Server(metrics.Sources{})
	m.Watch(nil, nil, nil, nil)
	m.Admission(nil)
	descriptions := make(chan *prometheus.Desc)
	go func() {
		m.Registry().(*prometheus.Registry).Describe(descriptions)
		close(descriptions)
	}()
	described := regexp.MustCompile(`^Desc\{fqName: "((?:openloop|gen_ai)_\w+)", help: "(.*)", unit: "", constLabels: \{\}, variableLabels: \{(.*)\}\}$`)
	var want []string
	for d := range descriptions {
		found := described.FindStringSubmatch(d.String())
		if found == nil {
			continue // of the runtime
		}
		labels := ""
		if found[3] != "" {
			labels = "`" + strings.ReplaceAll(found[3], ",", "`, `") + "`"
		}
		want = append(want, "| `"+found[1]+"` | "+labels+" | "+found[2]+" |")
	}
	slices.Sort(want)
	page, err := os.ReadFile("../../docs/metrics.md")
	if err != nil {
		t.Fatal(err)
	}
	got := regexp.MustCompile("(?m)^\\| `(?:openloop|gen_ai)_.*$").FindAllString(string(page), -1)
	slices.Sort(got)
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("docs/metrics.md (-want +got):\n%s", d)
	}
}
