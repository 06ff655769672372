package doctor

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net/http"
	"os"
	"strings"

	"github.com/openloop-server/openloop/internal/config"
)

// telemetry sends an export of nothing to each receiver, as the server would send one.
func telemetry(ctx context.Context, p *patient) sight {
	t := &p.cfg.Telemetry
	if t.Traces.URL == "" && t.Metrics.URL == "" && len(t.Problems) == 0 {
		return skip("No OTEL_EXPORTER_OTLP_ENDPOINT is set.")
	}
	wrong := append([]string(nil), t.Problems...)
	for _, to := range []*config.Export{&t.Traces, &t.Metrics} {
		if to.URL == "" {
			continue
		}
		if problem := export(ctx, to); problem != "" {
			wrong = append(wrong, hostOf(to.URL)+" "+problem+".")
		}
	}
	if len(wrong) > 0 {
		return warn("%s", strings.Join(wrong, " "))
	}
	return fine("")
}

// export returns what is wrong with a receiver, "" if nothing is.
func export(ctx context.Context, to *config.Export) (problem string) {
	transport := &http.Transport{DisableKeepAlives: true, Proxy: http.ProxyFromEnvironment}
	if to.Certificate != "" {
		pem, err := os.ReadFile(to.Certificate)
		roots := x509.NewCertPool()
		if err != nil || !roots.AppendCertsFromPEM(pem) {
			return "has a certificate in a file that cannot be read"
		}
		transport.TLSClientConfig = &tls.Config{RootCAs: roots}
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, to.URL, http.NoBody)
	if err != nil {
		return "is no URL"
	}
	for name, value := range to.Headers {
		r.Header.Set(name, value)
	}
	r.Header.Set("Content-Type", "application/x-protobuf")
	resp, err := (&http.Client{Transport: transport, CheckRedirect: stay}).Do(r)
	if err != nil {
		return "cannot be reached: " + unreached(err)
	}
	_ = resp.Body.Close()
	if resp.StatusCode >= 300 {
		return "answers " + resp.Status
	}
	return ""
}
