package main_test

import (
	"cmp"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the databases, to look into them and to break them
	_ "modernc.org/sqlite"

	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm/llmtest/standin"
	"github.com/openloop-server/openloop/internal/sandbox/sandboxtest"
)

type object = map[string]any

// site is an installation: a database, and the settings that the processes share which use it.
type site struct {
	bin      string
	database string // "SQLite" or "PostgreSQL"
	environ  []string
	db       *sql.DB
}

// newSite returns one on an empty database.
func newSite(t *testing.T, bin, database string) *site {
	t.Helper()
	data := t.TempDir()
	sharePython(t, data)
	s := &site{bin: bin, database: database, environ: []string{"OPENLOOP_DATA_DIR=" + data}}
	driver, source := "sqlite", filepath.Join(data, "openloop.db")+"?_pragma=busy_timeout(10000)"
	if database == "PostgreSQL" {
		driver, source = "pgx", postgres.URL(t)
		s.environ = append(s.environ, "OPENLOOP_DATABASE_URL="+source)
	}
	var err error
	if s.db, err = sql.Open(driver, source); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.db.Close() })
	return s
}

// sharePython has a server with this folder use the Python that was compiled for all tests.
func sharePython(t *testing.T, data string) {
	t.Helper()
	shared := filepath.Join(sandboxtest.Options(t).Dir, "cache")
	if err := errors.Join(os.MkdirAll(shared, 0o700), os.Symlink(shared, filepath.Join(data, "cache"))); err != nil {
		t.Fatal(err)
	}
}

// proofs runs tests on each database that take too long for every day. `make prove` runs them.
func proofs(t *testing.T, test func(*testing.T, *site)) {
	t.Helper()
	if os.Getenv("PROVE") == "" {
		t.Skip("PROVE is not set; make prove sets it")
	}
	bin := build(t)
	for _, database := range []string{"SQLite", "PostgreSQL"} {
		t.Run(database, func(t *testing.T) { test(t, newSite(t, bin, database)) })
	}
}

// serve starts a process of the site.
func (s *site) serve(t *testing.T, environ ...string) *process {
	t.Helper()
	return serve(t, s.bin, append(s.environ, environ...)...)
}

// count is the one number that a query finds.
func (s *site) count(t *testing.T, query string) (n int) {
	t.Helper()
	if err := s.db.QueryRowContext(t.Context(), query).Scan(&n); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return n
}

func (s *site) exec(t *testing.T, text string) {
	t.Helper()
	if _, err := s.db.ExecContext(t.Context(), text); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
}

// kill ends a process as a crash of the machine does.
func kill(t *testing.T, p *process) {
	t.Helper()
	if err := p.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := <-p.done; err == nil {
		t.Fatal("it ended by itself")
	}
}

// letLeasesRunOut does in a moment what takes a minute otherwise. No process runs.
func (s *site) letLeasesRunOut(t *testing.T) {
	t.Helper()
	s.exec(t, `UPDATE task SET lease_us = 1 WHERE lease_us > 0`)
}

// asks has the processes of the site take a stand-in for OpenAI, and for a provider that speaks like it.
func (s *site) asks(u *standin.Provider) {
	s.environ = append(s.environ, "OPENAI_API_KEY=sk-test-0123456789", "OPENAI_BASE_URL="+u.URL,
		"OPENAI_COMPATIBLE_API_KEY=sk-test-0123456789", "OPENAI_COMPATIBLE_BASE_URL="+u.URL)
}

// must sends a request that succeeds, and reads its answer.
func (p *process) must(t *testing.T, method, path string, body, out any) {
	t.Helper()
	var raw []byte
	if body != nil {
		var err error
		if raw, err = json.Marshal(body); err != nil {
			t.Fatal(err)
		}
	}
	status, text, err := p.send(t.Context(), method, path, string(raw))
	if err != nil || status >= http.StatusMultipleChoices {
		t.Fatalf("%s %s: %d %s %v", method, path, status, text, err)
	}
	if out == nil {
		return
	}
	if err := json.UnmarshalForeign([]byte(text), out); err != nil {
		t.Fatal(err)
	}
}

// identified is what answers name by an id.
type identified struct {
	ID        string `json:"id"`
	VersionID string `json:"version_id"`
}

// notNull is an Evaluator in Python, whose name keeps it from being computed without.
const notNull = "def not_null(log):\n    return log['output'] is not None\n"

// exam is an Evaluation of the Prompt p.
type exam struct {
	*process
	id         string
	evaluators int
}

// exam makes one by some of the Evaluators Latency, which needs no Python, and e, which does. The model is as "openai:gpt-4o".
func (p *process) exam(t *testing.T, model string, evaluators ...string) *exam {
	t.Helper()
	provider, name, _ := strings.Cut(model, ":")
	p.must(t, http.MethodPost, "/v5/prompts", object{"path": "p", "provider": provider, "model": name, "template": []object{{"role": "user", "content": "Say {{n}}"}}}, nil)
	p.must(t, http.MethodPost, "/v5/evaluators", object{"path": "e", "spec": object{
		"evaluator_type": "python", "arguments_type": "target_free", "return_type": "boolean", "code": notNull,
	}}, nil)
	list := make([]object, len(evaluators))
	for i, path := range evaluators {
		list[i] = object{"path": path}
	}
	var made identified
	p.must(t, http.MethodPost, "/v5/evaluations", object{"evaluators": list}, &made)
	return &exam{p, made.ID, len(evaluators)}
}

// dataset makes a Dataset with so many cases.
func (p *process) dataset(t *testing.T, path string, size int) {
	t.Helper()
	list := make([]object, size)
	for i := range list {
		list[i] = object{"inputs": object{"n": fmt.Sprint(path, " ", i)}}
	}
	p.must(t, http.MethodPost, "/v5/datasets", object{"path": path, "datapoints": list}, nil)
}

// run makes a Run of the Prompt over a Dataset.
func (e *exam) run(t *testing.T, dataset string, more ...object) (id string) {
	t.Helper()
	body := object{"dataset": object{"path": dataset}, "version": object{"path": "p"}, "orchestrated": true}
	for _, m := range more {
		maps.Copy(body, m)
	}
	var made identified
	e.must(t, http.MethodPost, "/v5/evaluations/"+e.id+"/runs", body, &made)
	return made.ID
}

// progress is what is known of a Run.
type progress struct {
	ID       string `json:"id"`
	Status   string `json:"status"`
	Progress struct {
		Logs    int     `json:"logs"`
		Judged  int     `json:"judged"`
		Failed  int     `json:"failed"`
		Cost    float64 `json:"cost"`
		Stopped string  `json:"stopped"`
	} `json:"progress"`
}

func (e *exam) progress(t *testing.T, run string) progress {
	t.Helper()
	var list struct {
		Runs []progress `json:"runs"`
	}
	e.must(t, http.MethodGet, "/v5/evaluations/"+e.id+"/runs", nil, &list)
	for _, r := range list.Runs {
		if cmp.Or(run, r.ID) == r.ID {
			return r
		}
	}
	t.Fatalf("there is no Run %s", run)
	return progress{}
}

// until waits until a Run has come so far, and returns how long that took.
func (e *exam) until(t *testing.T, run string, within time.Duration, enough func(progress) bool) (progress, time.Duration) {
	t.Helper()
	for began := time.Now(); ; time.Sleep(50 * time.Millisecond) {
		got := e.progress(t, run)
		if took := time.Since(began); enough(got) || took > within {
			if took > within {
				t.Errorf("after %s: %+v", took, got)
			}
			return got, took
		}
	}
}

func complete(p progress) bool { return p.Status == "completed" }

// whole checks that the only Run of a site is completed with a Log of each of so many cases and a judgment of each Log by every Evaluator, that none
// failed, and that nothing was made twice.
func (s *site) whole(t *testing.T, e *exam, size int) {
	t.Helper()
	got, judged := e.progress(t, ""), size*e.evaluators
	if got.Status != "completed" || got.Progress.Logs != size || got.Progress.Failed != 0 || got.Progress.Judged != judged {
		t.Errorf("%+v", got)
	}
	const logs = `SELECT COUNT(*) FROM log l JOIN version v ON v.seq = l.version JOIN file f ON f.seq = v.file WHERE f.kind = `
	for query, want := range map[string]int{
		`SELECT COUNT(*) FROM run_log WHERE log IS NOT NULL`: size,
		logs + `'prompt'`:               size,
		logs + `'evaluator'`:            judged,
		`SELECT COUNT(*) FROM judgment`: judged,
		`SELECT COUNT(*) FROM (SELECT DISTINCT log, version FROM judgment) x`: judged,
		`SELECT COUNT(*) FROM log WHERE error_reason IS NOT NULL`:             0,
	} {
		if n := s.count(t, query); n != want {
			t.Errorf("%s: %d, want %d", query, n, want)
		}
	}
}
