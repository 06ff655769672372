package app_test

import (
	"bytes"
	"database/sql"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm/llmtest/standin"
	"github.com/openloop-server/openloop/internal/sandbox/sandboxtest"
)

// bench is a running server with a Prompt, a Dataset and an Evaluator in Python, which is called as its users do.
type bench struct {
	*replica
	data       string // its folder
	evaluation string
}

// sharePython has a server with this folder use the Python that was compiled for all tests.
func sharePython(t *testing.T, data string) {
	t.Helper()
	shared := filepath.Join(sandboxtest.Options(t).Dir, "cache")
	if err := os.MkdirAll(shared, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(shared, filepath.Join(data, "cache")); err != nil {
		t.Fatal(err)
	}
}

// notNull is the Evaluator of the vendor's own tests.
const notNull = `def output_not_null(log: dict) -> bool:
    return log["output"] is not None
`

// newBench starts a server with the settings, and makes the Files. The Prompt has the model.
func newBench(t *testing.T, model string, points int, environ ...string) *bench {
	t.Helper()
	data := t.TempDir()
	sharePython(t, data)
	b := &bench{data: data, replica: &replica{addr: "127.0.0.1:0", environ: append([]string{"OPENLOOP_DATA_DIR=" + data, "OPENLOOP_API_KEY=" + testKey}, environ...)}}
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
		maps.Copy(body, m)
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
	t.Parallel()
	for name, environ := range databases(t) {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, "mock:echo", 30, environ...)
			run := b.run(t)
			stats := b.completed(t, run, patience)
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

// newProvider starts a stand-in, and returns it with the settings that make it the provider openai.
func newProvider(t *testing.T, answer standin.Answer) (*standin.Provider, []string) {
	t.Helper()
	u := standin.New(t, answer)
	return u, []string{"OPENAI_API_KEY=sk-test-0123456789", "OPENAI_BASE_URL=" + u.URL}
}

func (b *bench) progress(t *testing.T, run string) object {
	t.Helper()
	for _, r := range b.get(t, "/v5/evaluations/"+b.evaluation+"/runs")["runs"].([]any) {
		if r := r.(object); r["id"] == run {
			return r["progress"].(object)
		}
	}
	t.Fatalf("there is no Run %s", run)
	return nil
}

// reasons counts the Logs of a Run by the reason for which they failed.
func (b *bench) reasons(t *testing.T, run string) map[string]int {
	t.Helper()
	out := map[string]int{}
	for _, l := range b.logs(t, run) {
		reason := ""
		if detail, ok := l["log"].(object)["detail"].(object); ok {
			reason = detail["reason"].(string)
		}
		out[reason]++
	}
	return out
}

func same[T any](t *testing.T, what string, want, got T) {
	t.Helper()
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("%s (-want +got):\n%s", what, d)
	}
}

// TestAWrongKeyEndsARunInSeconds has a provider that refuses every call, and a caller who mends that.
func TestAWrongKeyEndsARunInSeconds(t *testing.T) {
	t.Parallel()
	u, environ := newProvider(t, standin.Always(http.StatusUnauthorized))
	b := newBench(t, "openai:gpt-4o", 300, environ...)
	began := time.Now()
	run := b.run(t)
	stats := b.completed(t, run, patience)
	t.Logf("completed after %s, with %d calls", time.Since(began), u.Called())
	if u.Called() > 25 {
		t.Errorf("%d calls", u.Called())
	}
	same(t, "Logs", map[string]int{"invalid_api_key": 300}, b.reasons(t, run))
	judged := stats["evaluator_stats"].([]any)[0].(object)
	if judged["total_logs"] != 300.0 || judged["num_true"] != 0.0 {
		t.Errorf("%v", judged)
	}
	same[any](t, "stopped", "invalid_api_key", b.progress(t, run)["stopped"])

	u.Answer(standin.Always(http.StatusOK))
	b.post(t, "/v5/evaluations/"+b.evaluation+"/runs/"+run+"/retry", object{})
	b.completed(t, run, patience)
	same(t, "Logs after a retry", map[string]int{"": 300}, b.reasons(t, run))
	same[any](t, "stopped after a retry", nil, b.progress(t, run)["stopped"])
}

// TestAProviderThatRefusesForAWhile answers 429 for three seconds, and 503 now and then. None of that is an answer of the model.
func TestAProviderThatRefusesForAWhile(t *testing.T) {
	t.Parallel()
	began := time.Now()
	u, environ := newProvider(t, func(call int, _ string) (int, http.Header) {
		switch {
		case time.Since(began) < 3*time.Second:
			return http.StatusTooManyRequests, http.Header{"Retry-After": {"1"}}
		case call%5 == 0:
			return http.StatusServiceUnavailable, nil
		}
		return http.StatusOK, nil
	})
	b := newBench(t, "openai:gpt-4o", 200, environ...)
	run := b.run(t)
	stats := b.completed(t, run, patience)
	t.Logf("completed after %s, with %d calls", time.Since(began), u.Called())
	same(t, "Logs", map[string]int{"": 200}, b.reasons(t, run))
	if judged := stats["evaluator_stats"].([]any)[0].(object); judged["num_true"] != 200.0 {
		t.Errorf("%v", judged)
	}
	if u.Called() > 280+20 {
		t.Errorf("%d calls", u.Called())
	}
}

func TestACancelledRunCallsNobody(t *testing.T) {
	t.Parallel()
	u, environ := newProvider(t, standin.After(300*time.Millisecond))
	b := newBench(t, "openai:gpt-4o", 200, environ...)
	run := b.run(t)
	for u.Called() < 8 {
		time.Sleep(10 * time.Millisecond)
	}
	b.send(t, http.MethodPatch, "/v5/evaluations/"+b.evaluation+"/runs/"+run, object{"status": "cancelled"})
	cancelled := time.Now()
	time.Sleep(3 * time.Second)
	if late := u.Last().Sub(cancelled); late > 2*time.Second {
		t.Errorf("a call began %s later", late)
	}
	same[any](t, "status", "cancelled", b.stats(t, run)["status"])
	if reasons := b.reasons(t, run); len(reasons) > 1 || reasons[""] == 200 {
		t.Errorf("Logs: %v", reasons)
	}
}

// TestBudgets has Runs that may cost a dollar, or fail twice. A call of gpt-4o with these tokens costs 1.25 cents.
func TestBudgets(t *testing.T) {
	t.Parallel()
	u, environ := newProvider(t, standin.Always(http.StatusOK))
	b := newBench(t, "openai:gpt-4o", 300, environ...)
	run := b.run(t, object{"max_cost": 1.0})
	b.completed(t, run, patience)
	reasons, progress := b.reasons(t, run), b.progress(t, run)
	if good := reasons[""]; good < 80 || good > 80+32 || reasons["budget_exceeded"] != 300-good {
		t.Errorf("max_cost: Logs %v", reasons)
	}
	if cost := progress["cost"].(float64); cost < 1 || cost > 1.4 || progress["stopped"] != "budget_exceeded" {
		t.Errorf("max_cost: %v", progress)
	}
	u.Answer(func(_ int, question string) (int, http.Header) {
		if strings.HasSuffix(question, "7") {
			return http.StatusBadRequest, nil
		}
		return http.StatusOK, nil
	})
	run = b.run(t, object{"max_errors": 2})
	b.completed(t, run, patience)
	reasons = b.reasons(t, run)
	if failed := reasons["invalid_request"]; failed < 3 || failed > 3+16 || reasons["too_many_errors"] < 100 {
		t.Errorf("max_errors: Logs %v", reasons)
	}
}

// TestAJudgeThatIsRefusedHalfwayIsPaid has a judge whose first answer holds no judgment, and which is refused when it is asked for one. What the answer has
// cost counts, though the judgment is tried again.
func TestAJudgeThatIsRefusedHalfwayIsPaid(t *testing.T) {
	t.Parallel()
	u, environ := newProvider(t, func(call int, _ string) (int, http.Header) {
		if call == 2 {
			return http.StatusTooManyRequests, http.Header{"Retry-After": {"1"}}
		}
		return http.StatusOK, nil
	})
	b := newBench(t, "mock:echo", 1, environ...)
	b.post(t, "/v5/evaluators", object{"path": "judge", "spec": object{
		"evaluator_type": "llm", "arguments_type": "target_free", "return_type": "boolean",
		"prompt": object{"provider": "openai", "model": "gpt-4o", "max_retries": 0, "template": "Is it polite? {{log.output}}"},
	}})
	b.evaluation = b.evaluate(t, "judge")
	run := b.run(t)
	b.completed(t, run, patience)
	same(t, "calls", 4, u.Called())
	const cost = 3 * 0.0125 // of three answers, the last of which is counted a moment after it is stored
	for deadline := time.Now().Add(10 * time.Second); b.progress(t, run)["cost"] != cost && time.Now().Before(deadline); {
		time.Sleep(10 * time.Millisecond)
	}
	same[any](t, "cost", cost, b.progress(t, run)["cost"])
}

// TestASmallRunBesideALargeOne ends long before it.
func TestASmallRunBesideALargeOne(t *testing.T) {
	u, environ := newProvider(t, standin.After(20*time.Millisecond))
	b := newBench(t, "openai:gpt-4o", 3000, environ...)
	b.post(t, "/v5/datasets", object{"path": "small", "datapoints": []object{{"inputs": object{"n": "a"}}, {"inputs": object{"n": "b"}}, {"inputs": object{"n": "c"}}}})
	large := b.run(t)
	for u.Called() < 20 {
		time.Sleep(5 * time.Millisecond)
	}
	began := time.Now()
	small := b.run(t, object{"dataset": object{"path": "small"}})
	b.completed(t, small, patience)
	took := time.Since(began)
	if status := b.stats(t, large)["status"]; status != "running" {
		t.Errorf("the large one is %s", status)
	}
	t.Logf("the small one took %s", took)
}

// TestARunGoesOnAfterARestart stops the server in the middle, deletes all tasks, and starts it again.
func TestARunGoesOnAfterARestart(t *testing.T) {
	t.Parallel()
	u, environ := newProvider(t, standin.After(30*time.Millisecond))
	b := newBench(t, "openai:gpt-4o", 200, environ...)
	run := b.run(t)
	for u.Called() < 20 {
		time.Sleep(5 * time.Millisecond)
	}
	began := time.Now()
	b.down(t)
	t.Logf("stopped after %s", time.Since(began))
	db, err := sql.Open("sqlite", filepath.Join(b.data, "openloop.db"))
	if err != nil {
		t.Fatal(err)
	}
	var held int
	if err := db.QueryRowContext(t.Context(), `SELECT COUNT(*) FROM task WHERE lease_us > 0`).Scan(&held); err != nil || held != 0 {
		t.Errorf("%d tasks are held, %v", held, err)
	}
	if _, err := db.ExecContext(t.Context(), `DELETE FROM task`); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	b.up(t)
	t.Logf("up after %s", time.Since(began))
	b.completed(t, run, patience)
	t.Logf("completed after %s", time.Since(began))
	same(t, "Logs", map[string]int{"": 200}, b.reasons(t, run))
	for question, n := range u.Answered() {
		if n != 1 {
			t.Errorf("%q was asked %d times", question, n)
		}
	}
}

// TestWhatIsThereIsNotPaidAgain has a second Run that uses the Logs of the first, over a Dataset with one more case, and a third Evaluator later.
func TestWhatIsThereIsNotPaidAgain(t *testing.T) {
	t.Parallel()
	u, environ := newProvider(t, standin.Always(http.StatusOK))
	b := newBench(t, "openai:gpt-4o", 20, environ...)
	run := b.run(t)
	b.completed(t, run, patience)
	same(t, "calls", 20, u.Called())
	larger := b.post(t, "/v5/datasets", object{"path": "d", "action": "add", "datapoints": []object{{"inputs": object{"n": "more"}}}})["version_id"]
	again := b.run(t, object{"use_existing_logs": true, "dataset": object{"version_id": larger}})
	b.completed(t, again, patience)
	same(t, "calls of both", 21, u.Called())
	b.post(t, "/v5/evaluators", object{"path": "later", "spec": object{
		"evaluator_type": "python", "arguments_type": "target_free", "return_type": "number", "code": "def f(log): return len(log['output'])",
	}})
	b.post(t, "/v5/evaluations/"+b.evaluation+"/evaluators", object{"evaluators": []object{{"path": "later"}}})
	stats := b.completed(t, again, patience)
	if later := stats["evaluator_stats"].([]any)[1].(object); later["num_judgments"] != 21.0 {
		t.Errorf("%v", later)
	}
	same(t, "calls in all", 21, u.Called())
}

// TestARunOutlivesItsFiles deletes them in the middle.
func TestARunOutlivesItsFiles(t *testing.T) {
	t.Parallel()
	u, environ := newProvider(t, standin.After(50*time.Millisecond))
	b := newBench(t, "openai:gpt-4o", 60, environ...)
	run := b.run(t)
	for u.Called() < 5 {
		time.Sleep(5 * time.Millisecond)
	}
	for kind, path := range map[string]string{"prompts": "p", "datasets": "d", "evaluators": "e"} {
		id := b.post(t, "/v5/files/retrieve-by-path", object{"path": path})["id"].(string)
		b.send(t, http.MethodDelete, "/v5/"+kind+"/"+id, nil)
	}
	stats := b.completed(t, run, patience)
	if judged := stats["evaluator_stats"].([]any)[0].(object); stats["num_logs"] != 60.0 || judged["num_true"] != 60.0 {
		t.Errorf("%v", stats)
	}
}
