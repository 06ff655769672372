package app_test

import (
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"

	"github.com/openloop-server/openloop/internal/json"
)

// rare are metrics that only a server has whose providers send odd streams, or that has work in the background.
var rare = []string{"openloop_provider_stray_events_total", "openloop_native_unread_total", "openloop_tasks", "openloop_task_lag_seconds"}

// TestDashboardsAndAlertsUseMetricsThatExist looks up every metric and label of deploy in the metrics of a server that has done a bit of everything.
func TestDashboardsAndAlertsUseMetricsThatExist(t *testing.T) {
	t.Parallel()
	s := start(t, "OPENLOOP_SHED=true")
	have := s.busy(t)
	expressions := append(panels(t), alerts(t)...)
	if len(expressions) < 50 {
		t.Errorf("only %d expressions are found", len(expressions))
	}
	for _, e := range expressions {
		for name, labels := range uses(t, e) {
			known, ok := have[strings.TrimSuffix(name, "_bucket")]
			switch {
			case slices.Contains(rare, name):
			case !ok:
				t.Errorf("there is no metric %s, of %s", name, e)
			default:
				for _, label := range labels {
					if !slices.Contains(known, label) && label != "job" && label != "instance" && label != "le" {
						t.Errorf("the metric %s has no label %s, of %s", name, label, e)
					}
				}
			}
		}
	}
}

// busy lets the server do a bit of everything, and returns the labels of its metrics.
func (s *testServer) busy(t *testing.T) map[string][]string {
	t.Helper()
	for _, model := range []string{"echo", "error/overloaded", "error/invalid_api_key", "error/rate_limited"} {
		s.post(t, "/v5/prompts/call", object{"path": "p", "prompt": object{"provider": "mock", "model": model}, "messages": []object{{"role": "user", "content": "hi"}}})
	}
	for _, native := range []string{"", "native/"} {
		s.post(t, "/v1/chat/completions", object{"model": "mock/" + native + "lorem/5/1ms", "stream": true, "messages": []object{{"role": "user", "content": "hi"}}})
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL+"/v1/chat/completions", strings.NewReader(`{"model": "mock/echo", "messages": [{"role": "user", "content": "hi"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	r.Header = http.Header{"X-Api-Key": {testKey}, "X-Openloop-Cache": {"ttl=60"}}
	resp, err := s.Client().Do(r)
	read(t, resp, err)
	line := regexp.MustCompile(`(?m)^([a-z_]+)(?:\{(.*)\})? `)
	label := regexp.MustCompile(`(\w+)="(?:[^"\\]|\\.)*"`)
	out := map[string][]string{}
	for _, found := range line.FindAllStringSubmatch(s.get(t, "/metrics").body, -1) {
		name := strings.TrimSuffix(found[1], "_bucket")
		out[name] = append(out[name], "")
		for _, l := range label.FindAllStringSubmatch(found[2], -1) {
			out[name] = append(out[name], l[1])
		}
	}
	return out
}

// panels are the expressions of the dashboard, each with the labels of its legend.
func panels(t *testing.T) (out []string) {
	t.Helper()
	var dashboard struct {
		Panels []struct {
			Targets []struct {
				Expr   string `json:"expr"`
				Legend string `json:"legendFormat"`
			} `json:"targets"`
		} `json:"panels"`
	}
	text, err := os.ReadFile("../../deploy/grafana/openloop.json")
	if err == nil {
		err = json.UnmarshalForeign(text, &dashboard)
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range dashboard.Panels {
		for _, target := range p.Targets {
			out = append(out, strings.NewReplacer("$__rate_interval", "5m", "$job", ".*").Replace(target.Expr)+" "+target.Legend)
		}
	}
	return out
}

// alerts are the expressions of the rules, each with the labels of its texts.
func alerts(t *testing.T) (out []string) {
	t.Helper()
	var rules struct {
		Groups []struct {
			Rules []struct {
				Expr        string
				Annotations struct{ Summary string }
			}
		}
	}
	text, err := os.ReadFile("../../deploy/prometheus/alerts.yaml")
	if err == nil {
		err = yaml.Unmarshal(text, &rules)
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, g := range rules.Groups {
		for _, r := range g.Rules {
			out = append(out, r.Expr+" "+r.Annotations.Summary)
		}
	}
	return out
}

var (
	selector = regexp.MustCompile(`\b((?:openloop|gen_ai|process|go)_[a-z_]+)(?:\{([^}]*)\})?`)
	matcher  = regexp.MustCompile(`(\w+)\s*(?:=~|!~|!=|=)\s*"`)
	grouping = regexp.MustCompile(`\b(?:by|on|without|ignoring) \(([^)]*)\)`)
	shownBy  = regexp.MustCompile(`\{\{\s*(?:\$labels\.)?(\w+)\s*\}\}`)
)

// uses returns the metrics of an expression with the labels that it selects and groups by. It knows the part of PromQL that deploy uses.
func uses(t *testing.T, expression string) map[string][]string {
	t.Helper()
	var shared []string
	for _, g := range grouping.FindAllStringSubmatch(expression, -1) {
		for label := range strings.SplitSeq(g[1], ",") {
			shared = append(shared, strings.TrimSpace(label))
		}
	}
	for _, l := range shownBy.FindAllStringSubmatch(expression, -1) {
		shared = append(shared, l[1])
	}
	out := map[string][]string{}
	for _, found := range selector.FindAllStringSubmatch(expression, -1) {
		labels := slices.Clone(shared)
		for _, m := range matcher.FindAllStringSubmatch(found[2], -1) {
			labels = append(labels, m[1])
		}
		out[found[1]] = append(out[found[1]], labels...)
	}
	if len(out) == 0 {
		t.Errorf("no metric in %s", expression)
	}
	return out
}
