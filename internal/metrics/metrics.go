// Package metrics counts the server's work for Prometheus.
//
// Labels contain only values set by the operator or a Prompt (provider, model, reason, route), never free text from a caller. Long names of
// models are shortened. Beyond a limit, further names are counted together as "other".
package metrics

import (
	"net/http"
	"strconv"
	"strings"
	"sync"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/openloop-server/openloop/internal/relay"
	"github.com/openloop-server/openloop/internal/web"
)

// Metrics holds the counters of one server. It is safe for concurrent use.
type Metrics struct {
	registry *prometheus.Registry

	requests *prometheus.CounterVec
	duration *prometheus.HistogramVec

	failures *prometheus.CounterVec

	calls      *prometheus.CounterVec
	errors     *prometheus.CounterVec
	upstream   *prometheus.HistogramVec
	added      prometheus.Histogram
	firstToken *prometheus.HistogramVec
	tokens     *prometheus.CounterVec
	cost       *prometheus.CounterVec
	cache      *prometheus.CounterVec
	ingress    *prometheus.CounterVec
	perToken   *prometheus.HistogramVec

	strays *prometheus.CounterVec
	unread *prometheus.CounterVec
	tasks  *prometheus.HistogramVec

	mu    sync.RWMutex
	calld map[callKey]*callSeries
	route map[routeKey]*routeSeries
}

type callKey struct{ provider, model string }

// callSeries is the series of one provider and model, looked up once.
type callSeries struct {
	ok, failed, cancelled                        prometheus.Counter
	upstream, firstToken, perToken               prometheus.Observer
	input, cached, cacheWrite, output, reasoning prometheus.Counter
	cost                                         prometheus.Counter
}

type routeKey struct {
	id     string
	status int
}

type routeSeries struct {
	count    prometheus.Counter
	duration prometheus.Observer
}

// maxModels is the largest number of series by model.
const maxModels = 500

// New returns metrics with a registry of their own, including those of the process and the Go runtime.
func New() *Metrics {
	quick := prometheus.ExponentialBuckets(0.000_25, 2, 14)                                      // 0.25 ms to 2 s
	slow := []float64{.05, .1, .25, .5, 1, 2.5, 5, 10, 20, 40, 60, 120, 300, 600}                // seconds
	perToken := []float64{.001, .0025, .005, .01, .02, .03, .05, .075, .1, .15, .25, .5, 1, 2.5} // seconds
	all := append([]float64{.001, .0025, .005, .01, .025}, slow...)
	m := &Metrics{
		registry:   prometheus.NewRegistry(),
		requests:   counter("openloop_http_requests_total", "Requests served, by operation and status.", "operation", "status"),
		duration:   histogram("openloop_http_request_duration_seconds", "Time from a request's arrival to the end of its answer.", all, "operation"),
		failures:   counter("openloop_errors_total", "Requests that failed, by whose fault it was (Openloop or a provider) and why.", "origin", "reason"),
		calls:      counter("openloop_calls_total", "Model calls, one a sample, by outcome (ok, error or cancelled).", "provider", "model", "outcome"),
		errors:     counter("openloop_provider_errors_total", "Failed attempts to call a model.", "provider", "model", "reason", "provider_status"),
		upstream:   histogram("gen_ai_server_request_duration_seconds", "Time that the provider took for a call.", slow, "provider", "model"),
		firstToken: histogram("gen_ai_server_time_to_first_token_seconds", "Time from the call of the provider to its first output.", slow, "provider", "model"),
		tokens:     counter("gen_ai_client_token_usage_total", "Tokens by disjoint type.", "provider", "model", "type"),
		cost:       counter("openloop_cost_dollars_total", "Cost of calls in US dollars, where the price is known.", "provider", "model"),
		cache:      counter("openloop_cache_total", "Calls that asked for a remembered answer, by whether there was one (hit or miss).", "use"),
		ingress:    counter("openloop_ingress_calls_total", "Calls through the APIs of others, one a sample, by API, lane (native or portable) and outcome.", "dialect", "lane", "outcome"),
		perToken:   histogram("gen_ai_server_time_per_output_token_seconds", "Time of a stream per token of output after the first.", perToken, "provider", "model"),
		strays:     counter("openloop_provider_stray_events_total", "Events of providers' streams that were passed over, since no answer is made of them.", "provider"),
		unread:     counter("openloop_native_unread_total", "Frames of providers' streams that went on to clients of the same API although they could not be read.", "provider"),
		tasks:      histogram("openloop_task_seconds", "Time that a task in the background took, by outcome (done, failed, retried or cancelled).", all, "pool", "lane", "outcome"),
		added: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "openloop_added_latency_seconds", Help: "Time that this server added to a call, or to the first chunk of a stream.", Buckets: quick,
		}),
		calld: map[callKey]*callSeries{}, route: map[routeKey]*routeSeries{},
	}
	m.registry.MustRegister(m.requests, m.duration, m.calls, m.errors, m.upstream, m.firstToken, m.tokens, m.cost, m.failures, m.cache, m.ingress, m.perToken, m.added, m.strays, m.unread, m.tasks,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

func counter(name, help string, labels ...string) *prometheus.CounterVec {
	return prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, labels)
}

func histogram(name, help string, buckets []float64, labels ...string) *prometheus.HistogramVec {
	return prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: name, Help: help, Buckets: buckets}, labels)
}

// Handler serves the metrics in Prometheus' text format.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}

// Registry holds all that is counted.
func (m *Metrics) Registry() prometheus.Gatherer { return m.registry }

// Request counts a served request.
func (m *Metrics) Request(o web.Observation) {
	s := m.routeSeries(routeKey{o.ID, o.Status})
	s.count.Inc()
	s.duration.Observe(o.Duration.Seconds())
	if o.Reason != "" {
		m.failures.WithLabelValues(o.Origin, string(o.Reason)).Inc()
	}
}

// Call counts a sample of a call.
func (m *Metrics) Call(o relay.Observation) {
	model := m.label(o.Provider, o.Model)
	s := m.callSeries(callKey{o.Provider, model})
	m.added.Observe(o.Added.Seconds())
	if o.Cache != relay.CacheUnused {
		m.cache.WithLabelValues(string(o.Cache)).Inc()
	}
	m.countIngress(&o)
	if o.Cache == relay.CacheHit {
		return // no model was called
	}
	switch outcome(&o) {
	case failed:
		s.failed.Inc()
	case cancelled:
		s.cancelled.Inc()
	default:
		s.ok.Inc()
	}
	for _, a := range o.Attempts {
		if a.Reason != "" {
			model := m.label(a.Provider, a.Model)
			m.callSeries(callKey{a.Provider, model}) // so that it counts among the models
			m.errors.WithLabelValues(a.Provider, model, string(a.Reason), strconv.Itoa(a.ProviderStatus)).Inc()
		}
	}
	if o.Upstream > 0 {
		s.upstream.Observe(o.Upstream.Seconds())
	}
	if o.FirstToken > 0 {
		s.firstToken.Observe(o.FirstToken.Seconds())
	}
	if further := o.Usage.Completion() - 1; o.Streamed && o.FirstToken > 0 && further > 0 && outcome(&o) == ok {
		s.perToken.Observe((o.Upstream - o.FirstToken).Seconds() / float64(further))
	}
	add(s.input, o.Usage.Input)
	add(s.cached, o.Usage.CachedInput)
	add(s.cacheWrite, o.Usage.CacheWrite)
	add(s.output, o.Usage.Output)
	add(s.reasoning, o.Usage.Reasoning)
	if o.PromptCost != nil && o.OutputCost != nil {
		s.cost.Add(max(*o.PromptCost+*o.OutputCost, 0))
	}
}

// The outcomes of calls.
const (
	ok        = "ok"
	failed    = "error"
	cancelled = "cancelled"
)

func outcome(o *relay.Observation) string {
	switch {
	case o.Err != nil:
		return failed
	case o.Cancelled:
		return cancelled
	}
	return ok
}

func (m *Metrics) countIngress(o *relay.Observation) {
	if o.Ingress == "" {
		return
	}
	lane := "portable"
	if o.Native {
		lane = "native"
	}
	m.ingress.WithLabelValues(o.Ingress, lane, outcome(o)).Inc()
}

// Stray counts an event of a provider's stream that was skipped.
func (m *Metrics) Stray(provider string) { m.strays.WithLabelValues(provider).Inc() }

// Unread counts a frame of a provider's stream that nobody here could read, and that went on to the client.
func (m *Metrics) Unread(provider string) { m.unread.WithLabelValues(provider).Inc() }

func add(c prometheus.Counter, n int64) {
	if n > 0 {
		c.Add(float64(n))
	}
}

// label returns the model's name as a label: shortened, and "other" once there are too many.
func (m *Metrics) label(provider, model string) string {
	model = strings.ToValidUTF8(model[:min(len(model), 64)], "") // as a label must be
	m.mu.RLock()
	defer m.mu.RUnlock()
	if _, known := m.calld[callKey{provider, model}]; known || len(m.calld) < maxModels {
		return model
	}
	return "other"
}

func (m *Metrics) callSeries(k callKey) *callSeries {
	m.mu.RLock()
	s := m.calld[k]
	m.mu.RUnlock()
	if s != nil {
		return s
	}
	ended := func(name string) prometheus.Counter { return m.calls.WithLabelValues(k.provider, k.model, name) }
	tokens := func(kind string) prometheus.Counter { return m.tokens.WithLabelValues(k.provider, k.model, kind) }
	s = &callSeries{
		ok: ended(ok), failed: ended(failed), cancelled: ended(cancelled),
		upstream: m.upstream.WithLabelValues(k.provider, k.model), firstToken: m.firstToken.WithLabelValues(k.provider, k.model), perToken: m.perToken.WithLabelValues(k.provider, k.model),
		input: tokens("input"), cached: tokens("cached_input"), cacheWrite: tokens("cache_write"), output: tokens("output"), reasoning: tokens("reasoning"),
		cost: m.cost.WithLabelValues(k.provider, k.model),
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.calld[k] = s
	return s
}

func (m *Metrics) routeSeries(k routeKey) *routeSeries {
	m.mu.RLock()
	s := m.route[k]
	m.mu.RUnlock()
	if s != nil {
		return s
	}
	s = &routeSeries{count: m.requests.WithLabelValues(k.id, strconv.Itoa(k.status)), duration: m.duration.WithLabelValues(k.id)}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.route[k] = s
	return s
}
