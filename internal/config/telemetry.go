package config

import (
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Telemetry are the settings of OpenTelemetry, by the variables that all programs have for them. A variable that cannot be read never keeps the
// server from its work: it is named in Problems, and ignored.
type Telemetry struct {
	Traces, Metrics Export
	Every           time.Duration // between two exports of metrics; 0 means the default

	Service             string // "" means the default
	Resource            map[string]string
	Sampler, SamplerArg string

	Queue, Batch int           // spans; 0 means the default
	Delay        time.Duration // likewise

	Content       bool // spans hold what is said to models and by them
	NewestOnly    bool // attributes have their newest names alone
	OpenInference bool // attributes have the names of OpenInference, too

	Problems []string // one sentence each, without values
}

// Export says where a signal goes. Without a URL it goes nowhere.
type Export struct {
	URL                                       string
	Headers                                   map[string]string
	Timeout                                   time.Duration // 0 means the default
	Gzip                                      bool
	Certificate, ClientCertificate, ClientKey string // files in PEM; "" means the usual
}

// telemetryReader reads the variables of OpenTelemetry.
type telemetryReader struct {
	environ  map[string]string
	problems map[string]bool
}

func readTelemetry(environ map[string]string) Telemetry {
	r := &telemetryReader{environ, map[string]bool{}}
	if r.is("OTEL_SDK_DISABLED", "true") {
		return Telemetry{}
	}
	t := Telemetry{Traces: r.export("TRACES", "/v1/traces"), Metrics: r.export("METRICS", "/v1/metrics")}
	if t.Traces.URL != "" || t.Metrics.URL != "" { // else nobody cares
		t.Every = r.milliseconds("OTEL_METRIC_EXPORT_INTERVAL")
		t.Service, t.Resource = r.get("OTEL_SERVICE_NAME"), r.pairs("OTEL_RESOURCE_ATTRIBUTES")
		t.Sampler, t.SamplerArg = r.get("OTEL_TRACES_SAMPLER"), r.get("OTEL_TRACES_SAMPLER_ARG")
		t.Queue, t.Batch = r.number("OTEL_BSP_MAX_QUEUE_SIZE"), r.number("OTEL_BSP_MAX_EXPORT_BATCH_SIZE")
		t.Delay = r.milliseconds("OTEL_BSP_SCHEDULE_DELAY")
		t.Content = r.is("OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT", "true", "span_only", "span_and_event")
		optIn := strings.Split(strings.ReplaceAll(r.get("OTEL_SEMCONV_STABILITY_OPT_IN"), " ", ""), ",")
		t.NewestOnly, t.OpenInference = slices.Contains(optIn, "gen_ai_latest_experimental"), slices.Contains(optIn, "openinference")
	}
	t.Problems = slices.Sorted(maps.Keys(r.problems))
	return t
}

func (r *telemetryReader) get(name string) string { return strings.TrimSpace(r.environ[name]) }

func (r *telemetryReader) is(name string, any ...string) bool {
	return slices.Contains(any, strings.ToLower(r.get(name)))
}

// of returns the name of the variable that sets something for a signal: its own, or else the one of all signals.
func (r *telemetryReader) of(signal, what string) string {
	if own := "OTEL_EXPORTER_OTLP_" + signal + "_" + what; r.get(own) != "" {
		return own
	}
	return "OTEL_EXPORTER_OTLP_" + what
}

func (r *telemetryReader) export(signal, path string) Export {
	name := r.of(signal, "ENDPOINT")
	switch exporter := r.get("OTEL_" + signal + "_EXPORTER"); {
	case r.get(name) == "" || exporter == "none":
		return Export{}
	case exporter != "" && exporter != "otlp":
		r.problem("OTEL_"+signal+"_EXPORTER", "must be otlp or none")
		return Export{}
	}
	if protocol := r.of(signal, "PROTOCOL"); r.get(protocol) != "" && r.get(protocol) != "http/protobuf" {
		r.problem(protocol, "must be http/protobuf, the only protocol that this server sends")
		return Export{}
	}
	u, err := url.Parse(r.get(name))
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		r.problem(name, "must be an http or https URL")
		return Export{}
	}
	if name == "OTEL_EXPORTER_OTLP_ENDPOINT" {
		u = u.JoinPath(path)
	}
	out := Export{
		URL: u.String(), Headers: r.pairs(r.of(signal, "HEADERS")), Timeout: r.milliseconds(r.of(signal, "TIMEOUT")), Gzip: r.get(r.of(signal, "COMPRESSION")) == "gzip",
		Certificate: r.get(r.of(signal, "CERTIFICATE")), ClientCertificate: r.get(r.of(signal, "CLIENT_CERTIFICATE")), ClientKey: r.get(r.of(signal, "CLIENT_KEY")),
	}
	if compression := r.of(signal, "COMPRESSION"); !r.is(compression, "", "none", "gzip") {
		r.problem(compression, "must be gzip or none")
	}
	return out
}

func (r *telemetryReader) problem(name, what string) { r.problems[name+" "+what+"."] = true }

func (r *telemetryReader) number(name string) int {
	text := r.get(name)
	if text == "" {
		return 0
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > 1_000_000_000 {
		r.problem(name, "must be a number from 1 on")
		return 0
	}
	return n
}

func (r *telemetryReader) milliseconds(name string) time.Duration {
	return time.Duration(r.number(name)) * time.Millisecond
}

// pairs reads a list such as "a=1,b=2%203", whose values are escaped as in URLs.
func (r *telemetryReader) pairs(name string) map[string]string {
	out := map[string]string{}
	for pair := range strings.SplitSeq(r.get(name), ",") {
		if strings.TrimSpace(pair) == "" {
			continue
		}
		key, v, ok := strings.Cut(pair, "=")
		key = strings.TrimSpace(key)
		v, err := url.PathUnescape(strings.TrimSpace(v))
		if !ok || key == "" || err != nil || strings.ContainsAny(v, "\r\n") {
			r.problem(name, "must be a list such as a=1,b=2, with values escaped as in URLs")
			continue
		}
		out[key] = v
	}
	return out
}
