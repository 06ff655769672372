package app_test

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/openloop-server/openloop/internal/json"
)

// bench is a running server with a Prompt, a Dataset and an Evaluator in Python, which is called as its users do.
type bench struct {
	*replica
	evaluation string
}

// notNull is the Evaluator of the vendor's own tests.
const notNull = `def output_not_null(log: dict) -> bool:
    return log["output"] is not None
`

// newBench starts a server with the settings, and makes the Files. The Prompt has the model.
func newBench(t *testing.T, model string, points int, environ ...string) *bench {
	t.Helper()
	b := &bench{replica: &replica{addr: "127.0.0.1:0", environ: append([]string{"OPENLOOP_DATA_DIR=" + t.TempDir(), "OPENLOOP_API_KEY=" + testKey}, environ...)}}
	b.up(t)
	t.Cleanup(func() {
		if b.stop != nil {
			b.down(t)
		}
	})
	provider, name, _ := strings.Cut(model, ":")
	b.post(t, "/v5/prompts", object{"path": "p", "provider": provider, "model": name, "template": []object{{"role": "user", "content": "Say {{n}}"}}})
	list := make([]object, points)
	for i := range list {
		list[i] = object{"inputs": object{"n": fmt.Sprint(i)}}
	}
	b.post(t, "/v5/datasets", object{"path": "d", "datapoints": list})
	b.post(t, "/v5/evaluators", object{"path": "e", "spec": object{
		"evaluator_type": "python", "arguments_type": "target_required", "return_type": "boolean", "code": notNull,
	}})
	b.evaluation = b.evaluate(t, "e")
	return b
}

type object = map[string]any

func (b *bench) evaluate(t *testing.T, evaluators ...string) (id string) {
	t.Helper()
	list := make([]object, len(evaluators))
	for i, path := range evaluators {
		list[i] = object{"path": path}
	}
	return b.post(t, "/v5/evaluations", object{"evaluators": list})["id"].(string)
}

func (b *bench) post(t *testing.T, path string, body any) object {
	t.Helper()
	return b.send(t, http.MethodPost, path, body)
}

func (b *bench) get(t *testing.T, path string) object {
	t.Helper()
	return b.send(t, http.MethodGet, path, nil)
}

func (b *bench) send(t *testing.T, method, path string, body any) object {
	t.Helper()
	status, out := b.try(t, method, path, body)
	if status >= http.StatusMultipleChoices {
		t.Fatalf("%s %s: %d %v", method, path, status, out)
	}
	return out
}

func (b *bench) try(t *testing.T, method, path string, body any) (status int, out object) {
	t.Helper()
	raw, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(t.Context(), method, "http://"+b.addr+path, bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("X-API-KEY", testKey)
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	a := read(t, resp, err)
	if a.body != "" {
		if err := json.Unmarshal([]byte(a.body), &out); err != nil {
			t.Fatalf("%s %s: %s", method, path, a.body)
		}
	}
	return a.status, out
}

// run makes an orchestrated Run.
func (b *bench) run(t *testing.T, more ...object) (id string) {
	t.Helper()
	body := object{"dataset": object{"path": "d"}, "version": object{"path": "p"}, "orchestrated": true}
	for _, m := range more {
		for name, v := range m {
			body[name] = v
		}
	}
	return b.post(t, "/v5/evaluations/"+b.evaluation+"/runs", body)["id"].(string)
}

// stats is what the SDKs read of a Run.
func (b *bench) stats(t *testing.T, run string) object {
	t.Helper()
	for _, r := range b.get(t, "/v5/evaluations/"+b.evaluation+"/stats")["run_stats"].([]any) {
		if r := r.(object); r["run_id"] == run {
			return r
		}
	}
	t.Fatalf("there is no Run %s", run)
	return nil
}

// completed waits until a Run is completed, and returns its statistics.
func (b *bench) completed(t *testing.T, run string, within time.Duration) object {
	t.Helper()
	deadline := time.Now().Add(within)
	for {
		stats := b.stats(t, run)
		if stats["status"] == "completed" {
			return stats
		}
		if time.Now().After(deadline) {
			t.Fatalf("after %s: %v", within, stats)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// logs reads the Logs of a Run.
func (b *bench) logs(t *testing.T, run string) []object {
	t.Helper()
	var all []object
	for page := 1; ; page++ {
		records := b.get(t, fmt.Sprintf("/v5/evaluations/%s/logs?run_id=%s&size=100&page=%d", b.evaluation, run, page))["records"].([]any)
		for _, r := range records {
			all = append(all, r.(object))
		}
		if len(records) < 100 {
			return all
		}
	}
}

// databases are the settings for each database.
func databases(t *testing.T) map[string][]string {
	t.Helper()
	return map[string][]string{"SQLite": nil, "PostgreSQL": {"OPENLOOP_DATABASE_URL=" + postgres.URL(t)}}
}

func TestTheServerRunsAnEvaluation(t *testing.T) {
	for name, environ := range databases(t) {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, "mock:echo", 30, environ...)
			run := b.run(t)
			stats := b.completed(t, run, time.Minute)
			judged := stats["evaluator_stats"].([]any)[0].(object)
			if stats["num_logs"] != 30.0 || judged["num_true"] != 30.0 || judged["total_logs"] != 30.0 {
				t.Fatalf("%v", stats)
			}
			seen := map[string]bool{}
			for _, l := range b.logs(t, run) {
				log := l["log"].(object)
				inputs := log["inputs"].(object)
				want := "Say " + inputs["n"].(string)
				if log["output"] != want || log["source"] != "evaluation" || len(l["evaluator_logs"].([]any)) != 1 {
					t.Errorf("%v", l)
				}
				seen[want] = true
			}
			if len(seen) != 30 {
				t.Errorf("%d cases have Logs", len(seen))
			}
		})
	}
}
