package doctor

import (
	"context"
	"net/http"
	"net/url"
	"strings"
)

// telemetry sends an export of nothing to each endpoint, as an exporter would send one.
func telemetry(ctx context.Context, p *patient) sight {
	var wrong []string
	endpoints := p.endpoints()
	if len(endpoints) == 0 {
		return skip("No OTEL_EXPORTER_OTLP_ENDPOINT is set.")
	}
	for _, endpoint := range endpoints {
		if problem := p.export(ctx, endpoint); problem != "" {
			wrong = append(wrong, hostOf(endpoint)+" "+problem+".")
		}
	}
	if len(wrong) > 0 {
		return warn("%s", strings.Join(wrong, " "))
	}
	return fine("")
}

// endpoints are the URLs that telemetry goes to, by the rules of OpenTelemetry.
func (p *patient) endpoints() []string {
	var list []string
	for _, signal := range []string{"traces", "metrics"} {
		own := p.lookup("OTEL_EXPORTER_OTLP_" + strings.ToUpper(signal) + "_ENDPOINT")
		if base := p.lookup("OTEL_EXPORTER_OTLP_ENDPOINT"); own == "" && base != "" {
			own = strings.TrimRight(base, "/") + "/v1/" + signal
		}
		if own != "" {
			list = append(list, own)
		}
	}
	return list
}

// export returns what is wrong with an endpoint, "" if nothing is.
func (p *patient) export(ctx context.Context, endpoint string) (problem string) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, endpoint, http.NoBody)
	if err != nil {
		return "is no URL"
	}
	r.Header.Set("Content-Type", "application/x-protobuf")
	for pair := range strings.SplitSeq(p.lookup("OTEL_EXPORTER_OTLP_HEADERS"), ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(pair), "=")
		if text, err := url.QueryUnescape(value); err == nil && name != "" {
			r.Header.Set(name, text)
		}
	}
	resp, err := p.client.Do(r)
	if err != nil {
		return "cannot be reached: " + unreached(err)
	}
	_ = resp.Body.Close()
	if resp.StatusCode >= 300 {
		return "answers " + resp.Status
	}
	return ""
}
