// Package telemetry sends what this server does to a receiver of OpenTelemetry: spans of requests, of attempts at providers, of Agents, Tools and
// waits, and the metrics of the Prometheus registry.
//
// Code that is worth a span asks for one by a function of this package, such as [Ask]: what it finds in the context decides whether anything is
// recorded. Without a receiver, or in a request that is not sampled, such a call does next to nothing. No other package imports OpenTelemetry.
//
// Spans hold no text of users and no secret, unless the operator wants the content of messages. A receiver that is slow or away never holds a call
// up: spans wait in a queue, and what finds no place in it is dropped and counted.
package telemetry

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/openloop-server/openloop/internal/worker"
)

// Options configures a [Telemetry]. Zero values are the defaults.
type Options struct {
	Traces, Metrics Receiver // where spans and metrics go; without a URL they go nowhere

	Service  string            // service.name; "" means openloop
	Version  string            // of the program
	Resource map[string]string // further attributes of the resource

	Sampler    string // as OTEL_TRACES_SAMPLER; "" means parentbased_always_on
	SamplerArg string // as OTEL_TRACES_SAMPLER_ARG

	Queue, Batch int           // spans that wait at most, and that are sent together; 0 means 4,096 and 512
	Delay        time.Duration // after which spans are sent that are fewer; 0 means 5 s

	Content       bool // spans hold what is said to models and by them
	NewestOnly    bool // attributes have their newest names alone
	OpenInference bool // attributes have the names of OpenInference, too

	Registry prometheus.Gatherer // of the metrics; nil means that none are sent
	Every    time.Duration       // between two exports of metrics; 0 means a minute

	Logger *slog.Logger // is told of exports that fail; nil drops it
}

// Telemetry records spans and sends them. The zero Telemetry records nothing, but knows the traces of callers. It is safe for concurrent use.
type Telemetry struct {
	o        Options
	provider *sdk.TracerProvider // nil when no spans are recorded
	tracer   trace.Tracer
	queue    *queue
	metrics  *worker.Worker // nil when none are sent
}

// New starts to send what o says. A sampler that is not known is told to the logger, and counts as the default.
func New(o Options) *Telemetry {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	t := &Telemetry{o: o}
	resource := t.resource()
	if o.Traces.URL != "" {
		sampler, known := samplerOf(o.Sampler, o.SamplerArg)
		if !known {
			o.Logger.Warn("OTEL_TRACES_SAMPLER or OTEL_TRACES_SAMPLER_ARG is not understood: the default is used in its place")
		}
		t.queue = newQueue(&o, otlptrace.NewUnstarted(&traces{newSender(o.Traces)}))
		t.provider = sdk.NewTracerProvider(sdk.WithResource(resource), sdk.WithSampler(sampler), sdk.WithSpanProcessor(t.queue))
		t.tracer = t.provider.Tracer("github.com/openloop-server/openloop", trace.WithInstrumentationVersion(o.Version))
	}
	if o.Metrics.URL != "" && o.Registry != nil {
		t.metrics = t.exportMetrics(resource)
		t.metrics.Start(context.Background())
	}
	return t
}

// Spans counts what became of the spans that have ended: sent, not accepted by the receiver, dropped because the queue was full.
func (t *Telemetry) Spans() (sent, failed, dropped int64) {
	if t.queue == nil {
		return 0, 0, 0
	}
	return t.queue.sent.Load(), t.queue.failed.Load(), t.queue.dropped.Load()
}

// Waiting is the number of spans that wait to be sent.
func (t *Telemetry) Waiting() int64 {
	if t.queue == nil {
		return 0
	}
	return t.queue.held.Load()
}

// Flush sends the spans that wait, until ctx ends.
func (t *Telemetry) Flush(ctx context.Context) error {
	if t.provider == nil {
		return nil
	}
	return t.provider.ForceFlush(ctx)
}

// Close sends what waits, until ctx ends. Nothing is recorded afterwards.
func (t *Telemetry) Close(ctx context.Context) error {
	if t.metrics != nil {
		t.metrics.Stop()
	}
	if t.provider == nil {
		return nil
	}
	return t.provider.Shutdown(ctx)
}

// Transport returns a transport that tells the services behind next of the trace that a request belongs to, unless the request tells of one itself.
func Transport(next http.RoundTripper) http.RoundTripper { return &transport{next} }

type transport struct{ next http.RoundTripper }

// RoundTrip implements [http.RoundTripper].
func (t *transport) RoundTrip(r *http.Request) (*http.Response, error) {
	if parent := TraceParent(r.Context()); parent != "" && r.Header.Get(headerTraceParent) == "" {
		r = r.Clone(r.Context())
		r.Header.Set(headerTraceParent, parent)
	}
	return t.next.RoundTrip(r)
}

// CloseIdleConnections is called by [http.Client.CloseIdleConnections].
func (t *transport) CloseIdleConnections() {
	if c, ok := t.next.(interface{ CloseIdleConnections() }); ok {
		c.CloseIdleConnections()
	}
}
