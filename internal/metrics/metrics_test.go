package metrics_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/metrics"
	"github.com/openloop-server/openloop/internal/relay"
	"github.com/openloop-server/openloop/internal/web"
)

// scrape are the lines that Prometheus would read, without buckets and the runtime's own.
func scrape(m *metrics.Metrics) []string {
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	var out []string
	for line := range strings.SplitSeq(strings.TrimSpace(w.Body.String()), "\n") {
		ours := strings.HasPrefix(line, "openloop_") || strings.HasPrefix(line, "gen_ai_")
		if ours && !strings.Contains(line, "_bucket{") {
			out = append(out, line)
		}
	}
	return out
}

// TestNames fixes names and labels, which dashboards rely on.
func TestNames(t *testing.T) {
	m := metrics.New()
	prompt, output := 0.25, 0.5
	m.Call(relay.Observation{
		Provider: "openai", Model: "gpt-4o", Streamed: true, Ingress: "openai.chat", Native: true, Upstream: 2 * time.Second, FirstToken: time.Second, Added: time.Millisecond,
		Usage: llm.Usage{Input: 1, CachedInput: 2, CacheWrite: 3, Output: 4, Reasoning: 5, Known: true}, PromptCost: &prompt, OutputCost: &output,
	})
	m.Call(relay.Observation{Provider: "openai", Model: "gpt-4o", Upstream: time.Second, Err: &errs.Error{Reason: errs.Overloaded}, Attempts: []errs.Attempt{
		{Provider: "openai", Model: "gpt-4o", Reason: errs.Overloaded, ProviderStatus: 529}, {Provider: "openai", Model: "gpt-4o", Reason: errs.Overloaded, ProviderStatus: 529},
		{Provider: "anthropic", Model: "claude", Reason: errs.ProviderKeyMissing},
	}})
	m.Call(relay.Observation{Provider: "openai", Model: "gpt-4o", Err: &errs.Error{Reason: errs.ProviderKeyMissing}, Attempts: []errs.Attempt{
		{Provider: "openai", Model: "gpt-4o", Reason: errs.ProviderKeyMissing},
	}}) // never sent
	m.Call(relay.Observation{Provider: "openai", Model: "gpt-4o", Ingress: "anthropic.messages", Upstream: time.Second, Cancelled: true})
	m.Call(relay.Observation{Provider: "openai", Model: "gpt-4o", Upstream: time.Second, Cache: relay.CacheMiss})
	m.Call(relay.Observation{Provider: "openai", Model: "gpt-4o", Cache: relay.CacheHit, PromptCost: new(0.0), OutputCost: new(0.0)})
	m.Request(web.Observation{ID: "prompts.call", Status: 200, Duration: 3 * time.Second})
	m.Request(web.Observation{Status: 404, Duration: time.Second, Reason: errs.RouteNotFound, Origin: "Openloop"})
	m.Stray("openai")
	m.Unread("openai")
	want := []string{
		`gen_ai_client_token_usage_total{model="gpt-4o",provider="openai",type="cache_write"} 3`,
		`gen_ai_client_token_usage_total{model="gpt-4o",provider="openai",type="cached_input"} 2`,
		`gen_ai_client_token_usage_total{model="gpt-4o",provider="openai",type="input"} 1`,
		`gen_ai_client_token_usage_total{model="gpt-4o",provider="openai",type="output"} 4`,
		`gen_ai_client_token_usage_total{model="gpt-4o",provider="openai",type="reasoning"} 5`,
		`gen_ai_server_request_duration_seconds_sum{model="gpt-4o",provider="openai"} 5`,
		`gen_ai_server_request_duration_seconds_count{model="gpt-4o",provider="openai"} 4`,
		`gen_ai_server_time_per_output_token_seconds_sum{model="gpt-4o",provider="openai"} 0.125`,
		`gen_ai_server_time_per_output_token_seconds_count{model="gpt-4o",provider="openai"} 1`,
		`gen_ai_server_time_to_first_token_seconds_sum{model="gpt-4o",provider="openai"} 1`,
		`gen_ai_server_time_to_first_token_seconds_count{model="gpt-4o",provider="openai"} 1`,
		`openloop_added_latency_seconds_sum 0.001`,
		`openloop_added_latency_seconds_count 6`,
		`openloop_cache_total{use="hit"} 1`,
		`openloop_cache_total{use="miss"} 1`,
		`openloop_calls_total{model="gpt-4o",outcome="cancelled",provider="openai"} 1`,
		`openloop_calls_total{model="gpt-4o",outcome="error",provider="openai"} 2`,
		`openloop_calls_total{model="gpt-4o",outcome="ok",provider="openai"} 2`,
		`openloop_cost_dollars_total{model="gpt-4o",provider="openai"} 0.75`,
		`openloop_errors_total{origin="Openloop",reason="route_not_found"} 1`,
		`openloop_http_request_duration_seconds_sum{operation=""} 1`,
		`openloop_http_request_duration_seconds_count{operation=""} 1`,
		`openloop_http_request_duration_seconds_sum{operation="prompts.call"} 3`,
		`openloop_http_request_duration_seconds_count{operation="prompts.call"} 1`,
		`openloop_http_requests_total{operation="",status="404"} 1`,
		`openloop_http_requests_total{operation="prompts.call",status="200"} 1`,
		`openloop_ingress_calls_total{dialect="anthropic.messages",lane="portable",outcome="cancelled"} 1`,
		`openloop_ingress_calls_total{dialect="openai.chat",lane="native",outcome="ok"} 1`,
		`openloop_native_unread_total{provider="openai"} 1`,
		`openloop_provider_errors_total{model="claude",provider="anthropic",provider_status="0",reason="provider_key_missing"} 1`,
		`openloop_provider_errors_total{model="gpt-4o",provider="openai",provider_status="0",reason="provider_key_missing"} 1`,
		`openloop_provider_errors_total{model="gpt-4o",provider="openai",provider_status="529",reason="overloaded"} 2`,
		`openloop_provider_stray_events_total{provider="openai"} 1`,
	}
	untouched := func(line string) bool { return strings.HasSuffix(line, " 0") }
	if d := cmp.Diff(want, slices.DeleteFunc(scrape(m), untouched)); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

// TestModelsAreBounded calls more models than are counted apart.
func TestModelsAreBounded(t *testing.T) {
	m := metrics.New()
	for i := range 2000 {
		m.Call(relay.Observation{Provider: "openai", Model: fmt.Sprint("model-", i)})
	}
	models, others := 0, ""
	for _, line := range scrape(m) {
		if strings.HasPrefix(line, "openloop_calls_total{") && strings.Contains(line, `outcome="ok"`) {
			models++
			if strings.Contains(line, `model="other"`) {
				others = line
			}
		}
	}
	if models != 501 || !strings.HasSuffix(others, " 1500") {
		t.Errorf("%d models are counted apart; others: %s", models, others)
	}
}

// TestModelsOfAttemptsAreBounded lets calls bring ever new fallbacks along.
func TestModelsOfAttemptsAreBounded(t *testing.T) {
	m := metrics.New()
	for i := range 2000 {
		m.Call(relay.Observation{Provider: "openai", Model: "m", Attempts: []errs.Attempt{{Provider: "openai", Model: fmt.Sprint(i), Reason: errs.Overloaded}}})
	}
	series := 0
	for _, line := range scrape(m) {
		if strings.HasPrefix(line, "openloop_provider_errors_total{") {
			series++
		}
	}
	if series != 500 { // 499 beside m, and the others
		t.Errorf("%d series of errors", series)
	}
}

// TestOddNamesOfModels are cut between characters.
func TestOddNamesOfModels(t *testing.T) {
	m := metrics.New()
	for _, model := range []string{strings.Repeat("x", 63) + "é", strings.Repeat("😀", 40), "\xff", `"quoted"` + "\n", ""} {
		m.Call(relay.Observation{Provider: "openai", Model: model})
	}
	if text := strings.Join(scrape(m), "\n"); !utf8.ValidString(text) || !strings.Contains(text, `model="`+strings.Repeat("😀", 16)+`"`) {
		t.Errorf("scraped %s", text)
	}
}

// TestNegativeCosts do not count: an operator's price may be wrong, and counters only grow.
func TestNegativeCosts(t *testing.T) {
	m := metrics.New()
	cost := -1.0
	m.Call(relay.Observation{Provider: "p", Model: "m", PromptCost: &cost, OutputCost: &cost})
	if text := strings.Join(scrape(m), "\n"); !strings.Contains(text, `openloop_cost_dollars_total{model="m",provider="p"} 0`) {
		t.Errorf("scraped %s", text)
	}
}
