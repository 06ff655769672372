package app_test

import (
	"database/sql"
	"fmt"
	"maps"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// monitored is a bench with what monitoring needs.
type monitored struct{ *bench }

// newMonitored starts a server that works on tasks, or one that only serves.
func newMonitored(t *testing.T, environ ...string) *monitored {
	t.Helper()
	return &monitored{newBench(t, "mock:echo", 1, environ...)}
}

// on runs a test on each database.
func on(t *testing.T, test func(*testing.T, *monitored), environ ...string) {
	t.Helper()
	for name, database := range databases(t) {
		t.Run(name, func(t *testing.T) { test(t, newMonitored(t, append(slices.Clone(environ), database...)...)) })
	}
}

// working starts the server again, with workers.
func (m *monitored) working(t *testing.T) {
	t.Helper()
	m.down(t)
	m.environ = append(m.environ, "OPENLOOP_WORKERS=true")
	m.up(t)
}

// file returns the ids of a File and of its version.
func (m *monitored) file(t *testing.T, path string) (id, version string) {
	t.Helper()
	f := m.post(t, "/v5/files/retrieve-by-path", object{"path": path})
	return f["id"].(string), f["version_id"].(string)
}

// code makes an Evaluator in Python that returns a boolean, and returns the id of its version.
func (m *monitored) code(t *testing.T, path, expression string) string {
	t.Helper()
	return m.post(t, "/v5/evaluators", object{"path": path, "spec": object{
		"evaluator_type": "python", "arguments_type": "target_free", "return_type": "boolean", "code": "def judge(log):\n    return " + expression,
	}})["version_id"].(string)
}

// watch has Evaluators monitor a File, which belongs to a collection as "prompts".
func (m *monitored) watch(t *testing.T, collection, id string, activate ...object) {
	t.Helper()
	m.post(t, "/v5/"+collection+"/"+id+"/evaluators", object{"activate": activate})
}

// log reports a Log of the Prompt, and returns its id.
func (m *monitored) log(t *testing.T, more object) string {
	t.Helper()
	body := object{"path": "p", "output": "said"}
	maps.Copy(body, more)
	return m.post(t, "/v5/prompts/log", body)["id"].(string)
}

// judgments are those of a Log in the order in which they were made: "path=judgment".
func (m *monitored) judgments(t *testing.T, id string) []string {
	t.Helper()
	list := []string{}
	for _, l := range m.get(t, "/v5/logs/"+id)["evaluator_logs"].([]any) {
		judged := l.(object)
		list = append(list, fmt.Sprint(judged["evaluator"].(object)["path"], "=", judged["judgment"]))
	}
	return list
}

// judged waits until a Log has so many judgments, and returns them sorted.
func (m *monitored) judged(t *testing.T, id string, n int) []string {
	t.Helper()
	for deadline := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		got := m.judgments(t, id)
		if len(got) >= n || time.Now().After(deadline) {
			slices.Sort(got)
			return got
		}
	}
}

// span imports a span below a Log, as applications do that send them late.
func (m *monitored) span(t *testing.T, below string) {
	t.Helper()
	attribute := func(key, text string) object { return object{"key": key, "value": object{"stringValue": text}} }
	span := object{
		"traceId": strings.Repeat("ab", 16), "spanId": strings.Repeat("01", 8), "name": "late", "startTimeUnixNano": "1700000001000000000",
		"endTimeUnixNano": "1700000002000000000", "attributes": []object{attribute("humanloop.log.trace_parent_id", below)},
	}
	m.post(t, "/v1/traces", object{"resourceSpans": []object{{"scopeSpans": []object{{"spans": []object{span}}}}}})
}

// idle waits until no Evaluator of a File has tasks, and returns what is told of them.
func (m *monitored) idle(t *testing.T, collection, id string) []any {
	t.Helper()
	for deadline := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		states, waiting := m.get(t, "/v5/"+collection+"/"+id+"/monitoring")["evaluators"].([]any), 0.0
		for _, s := range states {
			waiting += s.(object)["waiting"].(float64)
		}
		if waiting == 0 {
			return states
		}
		if time.Now().After(deadline) {
			t.Fatalf("after %s: %v", patience, states)
		}
	}
}

func TestMonitoredLogsAreJudged(t *testing.T) {
	t.Parallel()
	on(t, func(t *testing.T, m *monitored) {
		prompt, _ := m.file(t, "p")
		m.evaluate(t, "Tokens") // from then on it is there
		_, tokens := m.file(t, "Tokens")
		m.watch(t, "prompts", prompt, object{"evaluator_version_id": m.code(t, "said", `log["output"] == "said"`)}, object{"evaluator_version_id": tokens})
		id := m.log(t, object{"prompt_tokens": 3, "output_tokens": 4})
		same(t, "judgments", []string{"Tokens=7", "said=true"}, m.judged(t, id, 2))
		m.send(t, http.MethodPatch, "/v5/prompts/"+prompt+"/log/"+id, object{"output": "other"})
		same(t, "once it has changed", []string{"Tokens=7", "Tokens=7", "said=false", "said=true"}, m.judged(t, id, 4))
		call := m.post(t, "/v5/prompts/call", object{"path": "p", "inputs": object{"n": "1"}, "save": false})
		dropped := call["log_id"]
		if dropped == nil {
			dropped = call["id"]
		}
		if got := m.judged(t, dropped.(string), 1); len(got) != 1 || !strings.HasPrefix(got[0], "Tokens=") {
			t.Errorf("what is not saved is judged %v", got)
		}
		for _, s := range m.idle(t, "prompts", prompt) {
			state := s.(object)
			same(t, "failed", any(0.0), state["failed"])
			if state["judged"].(float64) < 2 {
				t.Errorf("%v", state)
			}
		}
	})
}

func TestAMonitoredFlowIsJudgedOnceItIsComplete(t *testing.T) {
	t.Parallel()
	on(t, func(t *testing.T, m *monitored) {
		flow := m.post(t, "/v5/flows", object{"path": "f", "attributes": object{"a": 1}})["id"].(string)
		steps := m.post(t, "/v5/evaluators", object{"path": "steps", "spec": object{
			"evaluator_type": "python", "arguments_type": "target_free", "return_type": "number", "code": "def steps(log):\n    return len(log['trace_children'])",
		}})["version_id"].(string)
		m.watch(t, "flows", flow, object{"evaluator_version_id": steps})
		root := m.post(t, "/v5/flows/log", object{"id": flow, "inputs": object{"q": "x"}, "log_status": "incomplete"})["id"].(string)
		m.log(t, object{"trace_parent_id": root})
		other := m.post(t, "/v5/flows/log", object{"id": flow, "inputs": object{"q": "x"}, "output": "done", "log_status": "complete"})["id"].(string)
		same(t, "a complete one", []string{"steps=0"}, m.judged(t, other, 1))
		same(t, "while it grows", []string{}, m.judgments(t, root))
		m.send(t, http.MethodPatch, "/v5/flows/logs/"+root, object{"output": "done", "log_status": "complete"})
		same(t, "once it is complete", []string{"steps=1"}, m.judged(t, root, 1))
		m.span(t, root)
		same(t, "when more comes late", []string{"steps=1", "steps=2"}, m.judged(t, root, 2))
		m.idle(t, "flows", flow)
		same(t, "in the end", 2, len(m.judgments(t, root)))
	})
}

func TestMonitorsTakeTheSameSampleAndFilter(t *testing.T) {
	t.Parallel()
	on(t, func(t *testing.T, m *monitored) {
		prompt, _ := m.file(t, "p")
		half := func(path string) object {
			return object{"evaluator_version_id": m.code(t, path, "True"), "sample_rate": 0.5}
		}
		m.watch(t, "prompts", prompt, half("one"), half("two"), object{
			"evaluator_version_id": m.code(t, "three", "True"), "filter": object{"environment": "live", "source": "sdk", "has_error": true},
		})
		var sampled, fits []string
		const logs = 40
		for i := range logs {
			more := object{"environment": []string{"live", "test"}[i%2], "source": "sdk"}
			if i%4 == 0 {
				more["error"] = "it failed"
			}
			sampled = append(sampled, m.log(t, more))
			if i%4 == 0 {
				fits = append(fits, sampled[i])
			}
		}
		m.idle(t, "prompts", prompt)
		both, filtered := 0, []string{}
		for _, id := range sampled {
			got := strings.Join(m.judged(t, id, 0), " ")
			if strings.Contains(got, "one=true") != strings.Contains(got, "two=true") {
				t.Errorf("%s is judged by one of both: %s", id, got)
			}
			if strings.Contains(got, "one=true") {
				both++
			}
			if strings.Contains(got, "three=true") {
				filtered = append(filtered, id)
			}
		}
		if both < 5 || both > logs-5 {
			t.Errorf("%d of %d Logs are in the sample", both, logs)
		}
		same(t, "filtered", fits, filtered)
	})
}

func TestWhatNobodyWantsIsNotJudged(t *testing.T) {
	t.Parallel()
	on(t, func(t *testing.T, m *monitored) {
		prompt, _ := m.file(t, "p")
		off, kept := m.code(t, "off", "True"), m.code(t, "kept", "True")
		gone := m.code(t, "gone", "True")
		m.watch(t, "prompts", prompt, object{"evaluator_version_id": off}, object{"evaluator_version_id": gone}, object{"evaluator_version_id": kept})
		id := m.log(t, nil)
		m.post(t, "/v5/prompts/"+prompt+"/evaluators", object{"deactivate": []object{{"evaluator_version_id": off}}})
		goneID, _ := m.file(t, "gone")
		m.send(t, http.MethodDelete, "/v5/evaluators/"+goneID, nil)
		m.working(t)
		same(t, "judgments", []string{"kept=true"}, m.judged(t, id, 1))
		states := m.idle(t, "prompts", prompt)
		same(t, "Evaluators", 2, len(states))
		same(t, "judged by the one that is off", any(0.0), states[0].(object)["judged"])
		same(t, "judgments in the end", []string{"kept=true"}, m.judgments(t, id))
	}, "OPENLOOP_WORKERS=false")
}

func TestLogsAreSkippedWhenTooManyWait(t *testing.T) {
	t.Parallel()
	on(t, func(t *testing.T, m *monitored) {
		prompt, _ := m.file(t, "p")
		m.watch(t, "prompts", prompt, object{"evaluator_version_id": m.code(t, "slow", "True")})
		for range 5 {
			m.log(t, nil)
		}
		state := m.get(t, "/v5/prompts/"+prompt+"/monitoring")["evaluators"].([]any)[0].(object)
		same(t, "waiting and skipped", []any{2.0, 3.0}, []any{state["waiting"], state["skipped"]})
		if state["oldest"] == nil {
			t.Errorf("%v", state)
		}
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+m.addr+"/metrics", nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := http.DefaultClient.Do(req)
		if got := read(t, resp, err); !strings.Contains(got.body, "\nopenloop_monitoring_skipped_total 3\n") {
			t.Errorf("%s", got.body)
		}
	}, "OPENLOOP_WORKERS=false", "OPENLOOP_MONITOR_BACKLOG=2")
}

func TestOldLogsAreJudgedOnRequest(t *testing.T) {
	t.Parallel()
	on(t, func(t *testing.T, m *monitored) {
		prompt, _ := m.file(t, "p")
		var ids []string
		for range 3 {
			ids = append(ids, m.log(t, nil))
		}
		version := m.code(t, "later", `len(log["output"]) > 3`)
		made := m.post(t, "/v5/prompts/"+prompt+"/evaluators/backfill", object{"evaluator_version_id": version, "last": 2})
		same(t, "answer", object{"logs": 2.0, "end_date": nil}, made)
		same(t, "the newest", []string{"later=true"}, m.judged(t, ids[2], 1))
		same(t, "the second", []string{"later=true"}, m.judged(t, ids[1], 1))
		made = m.post(t, "/v5/prompts/"+prompt+"/evaluators/backfill", object{"evaluator_version_id": version, "start_date": "2020-01-01"})
		same(t, "what is left", object{"logs": 1.0, "end_date": nil}, made)
		same(t, "the oldest", []string{"later=true"}, m.judged(t, ids[0], 1))
	})
}

// TestJudgmentsOfMonitoringAreNotMonitored has an Evaluator that monitors another, and itself.
func TestJudgmentsOfMonitoringAreNotMonitored(t *testing.T) {
	t.Parallel()
	on(t, func(t *testing.T, m *monitored) {
		prompt, _ := m.file(t, "p")
		first, second := m.code(t, "first", "True"), m.code(t, "second", "True")
		firstID, _ := m.file(t, "first")
		m.watch(t, "prompts", prompt, object{"evaluator_version_id": first})
		m.watch(t, "evaluators", firstID, object{"evaluator_version_id": second}, object{"evaluator_version_id": first})
		id := m.log(t, nil)
		m.judged(t, id, 1)
		mine := m.post(t, "/v5/evaluators/log", object{"path": "first", "parent_id": id, "judgment": false})["id"].(string)
		same(t, "what a client logs", []string{"first=true", "second=true"}, m.judged(t, mine, 2))
		m.idle(t, "prompts", prompt)
		m.idle(t, "evaluators", firstID)
		same(t, "judgments of the Log", 2, len(m.judgments(t, id)))
		for _, l := range m.get(t, "/v5/logs/"+id)["evaluator_logs"].([]any) {
			if judgment := l.(object)["id"].(string); judgment != mine {
				same(t, "judgments of a judgment", []string{}, m.judgments(t, judgment))
			}
		}
	})
}

// TestLostTasksOfMonitorsAreMadeAgain deletes all tasks by hand, and starts the server again.
func TestLostTasksOfMonitorsAreMadeAgain(t *testing.T) {
	t.Parallel()
	m := newMonitored(t, "OPENLOOP_WORKERS=false")
	prompt, _ := m.file(t, "p")
	m.watch(t, "prompts", prompt, object{"evaluator_version_id": m.code(t, "said", "True")})
	id := m.log(t, nil)
	db, err := sql.Open("sqlite", filepath.Join(m.data, "openloop.db")+"?_pragma=busy_timeout(10000)")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.ExecContext(t.Context(), `DELETE FROM task`); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	m.working(t)
	same(t, "judgments", []string{"said=true"}, m.judged(t, id, 1))
}

// TestAFailureOfMonitoringIsTold has an Evaluator fail on a Log.
func TestAFailureOfMonitoringIsTold(t *testing.T) {
	t.Parallel()
	m := newMonitored(t)
	prompt, _ := m.file(t, "p")
	m.watch(t, "prompts", prompt, object{"evaluator_version_id": m.code(t, "fails", `{}["nope"]`)})
	id := m.log(t, nil)
	m.judged(t, id, 1)
	state := m.idle(t, "prompts", prompt)[0].(object)
	same(t, "judged and failed", []any{0.0, 1.0}, []any{state["judged"], state["failed"]})
	last := state["last_error"].(object)
	same(t, "the last error", []any{id, "code_failed", "KeyError: 'nope' (line 2, in judge)"}, []any{last["judged_log_id"], last["reason"], last["message"]})
}
