package app

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"log/slog"
	"os"
	"time"

	"github.com/openloop-server/openloop/internal/config"
	"github.com/openloop-server/openloop/internal/metrics"
	"github.com/openloop-server/openloop/internal/telemetry"
)

// telemetryTime is how long a server that stops waits for the receiver of its last spans.
const telemetryTime = 3 * time.Second

// newTelemetry starts to export what the settings want. The operator is told of those that are ignored.
func newTelemetry(ctx context.Context, cfg *config.Telemetry, m *metrics.Metrics, log *slog.Logger) *telemetry.Telemetry {
	for _, problem := range cfg.Problems {
		log.WarnContext(ctx, "a setting of OpenTelemetry is ignored. "+problem)
	}
	return telemetry.New(telemetry.Options{
		Traces: receiver(ctx, &cfg.Traces, log), Metrics: receiver(ctx, &cfg.Metrics, log), Service: cfg.Service, Version: Version, Resource: cfg.Resource,
		Sampler: cfg.Sampler, SamplerArg: cfg.SamplerArg, Queue: cfg.Queue, Batch: cfg.Batch, Delay: cfg.Delay,
		Content: cfg.Content, NewestOnly: cfg.NewestOnly, OpenInference: cfg.OpenInference, Registry: m.Registry(), Every: cfg.Every, Logger: log,
	})
}

func receiver(ctx context.Context, e *config.Export, log *slog.Logger) telemetry.Receiver {
	if e.URL == "" {
		return telemetry.Receiver{}
	}
	trust, err := trusted(e)
	if err != nil {
		log.WarnContext(ctx, "nothing is exported to OpenTelemetry: a file of OTEL_EXPORTER_OTLP_CERTIFICATE, _CLIENT_CERTIFICATE or _CLIENT_KEY cannot be used", "error", err)
		return telemetry.Receiver{}
	}
	return telemetry.Receiver{URL: e.URL, Headers: e.Headers, Timeout: e.Timeout, Gzip: e.Gzip, TLS: trust}
}

// trusted returns how connections to a receiver are encrypted, nil for as usual.
func trusted(e *config.Export) (*tls.Config, error) {
	if e.Certificate == "" && e.ClientCertificate == "" {
		return nil, nil
	}
	out := &tls.Config{MinVersion: tls.VersionTLS12}
	if e.Certificate != "" {
		text, err := os.ReadFile(e.Certificate)
		if err != nil {
			return nil, err
		}
		out.RootCAs = x509.NewCertPool()
		out.RootCAs.AppendCertsFromPEM(text)
	}
	if e.ClientCertificate != "" {
		own, err := tls.LoadX509KeyPair(e.ClientCertificate, e.ClientKey)
		if err != nil {
			return nil, err
		}
		out.Certificates = []tls.Certificate{own}
	}
	return out, nil
}

// endTelemetry sends what waits.
func (a *App) endTelemetry(ctx context.Context) {
	within, cancel := context.WithTimeout(context.WithoutCancel(ctx), telemetryTime)
	defer cancel()
	if err := a.telemetry.Close(within); err != nil {
		a.log.WarnContext(ctx, "the last spans could not be sent", "error", err)
	}
}
