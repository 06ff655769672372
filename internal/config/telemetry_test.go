package config_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/config"
)

// TestTelemetryByTheVariablesOfOpenTelemetry reads settings as operators of other programs know them.
func TestTelemetryByTheVariablesOfOpenTelemetry(t *testing.T) {
	none := map[string]string{}
	for name, c := range map[string]struct {
		environ []string
		want    config.Telemetry
	}{
		"nothing": {nil, config.Telemetry{}},
		"only what to do, and not where": {
			[]string{"OTEL_TRACES_SAMPLER=always_on", "OTEL_EXPORTER_OTLP_PROTOCOL=grpc"}, config.Telemetry{},
		},
		"switched off": {[]string{"OTEL_SDK_DISABLED=true", "OTEL_EXPORTER_OTLP_ENDPOINT=http://c:4318"}, config.Telemetry{}},
		"one endpoint": {[]string{"OTEL_EXPORTER_OTLP_ENDPOINT=http://c:4318/"}, config.Telemetry{
			Traces: config.Export{URL: "http://c:4318/v1/traces", Headers: none}, Metrics: config.Export{URL: "http://c:4318/v1/metrics", Headers: none}, Resource: none,
		}},
		"traces alone": {
			[]string{
				"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=https://c/x", "OTEL_EXPORTER_OTLP_HEADERS=a=1", "OTEL_EXPORTER_OTLP_TRACES_HEADERS=authorization=Bearer%20k, b = 2=2",
				"OTEL_EXPORTER_OTLP_TIMEOUT=1500", "OTEL_EXPORTER_OTLP_COMPRESSION=gzip", "OTEL_EXPORTER_OTLP_CERTIFICATE=/ca.pem", "OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf",
				"OTEL_SERVICE_NAME=front", "OTEL_RESOURCE_ATTRIBUTES=team=a%2Cb", "OTEL_TRACES_SAMPLER=traceidratio", "OTEL_TRACES_SAMPLER_ARG=0.5",
				"OTEL_BSP_MAX_QUEUE_SIZE=10", "OTEL_BSP_MAX_EXPORT_BATCH_SIZE=5", "OTEL_BSP_SCHEDULE_DELAY=100", "OTEL_METRIC_EXPORT_INTERVAL=2000",
				"OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT=True", "OTEL_SEMCONV_STABILITY_OPT_IN=http, gen_ai_latest_experimental,openinference",
			},
			config.Telemetry{
				Traces: config.Export{
					URL: "https://c/x", Headers: map[string]string{"authorization": "Bearer k", "b": "2=2"}, Timeout: 1500 * time.Millisecond, Gzip: true, Certificate: "/ca.pem",
				},
				Every: 2 * time.Second, Service: "front", Resource: map[string]string{"team": "a,b"}, Sampler: "traceidratio", SamplerArg: "0.5",
				Queue: 10, Batch: 5, Delay: 100 * time.Millisecond, Content: true, NewestOnly: true, OpenInference: true,
			},
		},
		"one signal off": {[]string{"OTEL_EXPORTER_OTLP_ENDPOINT=http://c:4318", "OTEL_METRICS_EXPORTER=none"}, config.Telemetry{
			Traces: config.Export{URL: "http://c:4318/v1/traces", Headers: none}, Resource: none,
		}},
		"what cannot be": {
			[]string{
				"OTEL_EXPORTER_OTLP_ENDPOINT=c:4317", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=http://c:4318", "OTEL_BSP_MAX_QUEUE_SIZE=many", "OTEL_EXPORTER_OTLP_HEADERS=secret",
				"OTEL_EXPORTER_OTLP_COMPRESSION=zstd",
			},
			config.Telemetry{
				Traces: config.Export{URL: "http://c:4318", Headers: none}, Resource: none,
				Problems: []string{
					"OTEL_BSP_MAX_QUEUE_SIZE must be a number from 1 on.", "OTEL_EXPORTER_OTLP_COMPRESSION must be gzip or none.",
					"OTEL_EXPORTER_OTLP_ENDPOINT must be an http or https URL.", "OTEL_EXPORTER_OTLP_HEADERS must be a list such as a=1,b=2, with values escaped as in URLs.",
				},
			},
		},
		"gRPC": {[]string{"OTEL_EXPORTER_OTLP_ENDPOINT=http://c:4317", "OTEL_EXPORTER_OTLP_PROTOCOL=grpc"}, config.Telemetry{
			Problems: []string{"OTEL_EXPORTER_OTLP_PROTOCOL must be http/protobuf, the only protocol that this server sends."},
		}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := config.Read(c.environ)
			if d := cmp.Diff(c.want, got.Telemetry); d != "" || err != nil {
				t.Errorf("%v (-want +got):\n%s", err, d)
			}
		})
	}
}
