package main_test

import (
	"database/sql"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	_ "modernc.org/sqlite" // the database, to look into it and to have leases run out

	"github.com/openloop-server/openloop/internal/json"
)

const (
	cases = 200
	kills = 4
)

// must sends a request that succeeds, and reads its answer.
func (p *process) must(t *testing.T, method, path, body string, out any) {
	t.Helper()
	status, text, err := p.send(t.Context(), method, path, body)
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

// runProgress is what is known of a Run.
type runProgress struct {
	Status   string `json:"status"`
	Progress struct {
		Logs   int `json:"logs"`
		Judged int `json:"judged"`
		Failed int `json:"failed"`
	} `json:"progress"`
}

func (p *process) progress(t *testing.T, evaluation string) runProgress {
	t.Helper()
	var list struct {
		Runs []runProgress `json:"runs"`
	}
	p.must(t, http.MethodGet, "/v5/evaluations/"+evaluation+"/runs", "", &list)
	return list.Runs[0]
}

// evaluate makes an Evaluation with a Run of some cases, each of which takes a while, and judges in code that needs no Python.
func (p *process) evaluate(t *testing.T) (evaluation string) {
	t.Helper()
	p.must(t, http.MethodPost, "/v5/prompts", `{"path":"p","provider":"mock","model":"lorem/5/4ms","template":[{"role":"user","content":"{{n}}"}]}`, nil)
	points := make([]string, cases)
	for i := range points {
		points[i] = fmt.Sprintf(`{"inputs":{"n":"%d"}}`, i)
	}
	p.must(t, http.MethodPost, "/v5/datasets", `{"path":"d","datapoints":[`+strings.Join(points, ",")+`]}`, nil)
	var made struct {
		ID string `json:"id"`
	}
	p.must(t, http.MethodPost, "/v5/evaluations", `{"evaluators":[{"path":"Latency"}]}`, &made)
	p.must(t, http.MethodPost, "/v5/evaluations/"+made.ID+"/runs", `{"dataset":{"path":"d"},"version":{"path":"p"},"orchestrated":true}`, nil)
	return made.ID
}

// TestAKilledServerEndsItsRun kills the process several times during a Run, and starts it again. In the end there is one Log for each case,
// and one judgment of each.
func TestAKilledServerEndsItsRun(t *testing.T) {
	bin, data := build(t), t.TempDir()
	p := serve(t, bin, "OPENLOOP_DATA_DIR="+data)
	evaluation := p.evaluate(t)
	for n := range kills {
		for p.progress(t, evaluation).Progress.Logs < (n+1)*cases/(kills+2) {
			time.Sleep(5 * time.Millisecond)
		}
		if err := p.cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		if err := <-p.done; err == nil {
			t.Fatal("it ended by itself")
		}
		letLeasesRunOut(t, data)
		p = serve(t, bin, "OPENLOOP_DATA_DIR="+data)
	}
	deadline := time.Now().Add(time.Minute)
	for p.progress(t, evaluation).Status != "completed" {
		if time.Now().After(deadline) {
			t.Fatalf("it does not end: %+v", p.progress(t, evaluation))
		}
		time.Sleep(20 * time.Millisecond)
	}
	got := p.progress(t, evaluation)
	if got.Progress.Logs != cases || got.Progress.Judged != cases || got.Progress.Failed != 0 {
		t.Errorf("%+v", got)
	}
	stop(t, p)
	db := opened(t, data)
	for what, query := range map[string]string{
		"Logs of the Run":    `SELECT COUNT(*) FROM run_log WHERE log IS NOT NULL`,
		"Logs of the Prompt": `SELECT COUNT(*) FROM log l JOIN file f ON f.seq = l.file WHERE f.path = 'p'`,
		"judgments":          `SELECT COUNT(*) FROM judgment`,
		"Logs that judge":    `SELECT COUNT(*) FROM log l JOIN file f ON f.seq = l.file WHERE f.path = 'Latency'`,
	} {
		var n int
		if err := db.QueryRowContext(t.Context(), query).Scan(&n); err != nil || n != cases {
			t.Errorf("%d %s, %v", n, what, err)
		}
	}
}

func opened(t *testing.T, data string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(data, "openloop.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// letLeasesRunOut does in a moment what takes a minute otherwise.
func letLeasesRunOut(t *testing.T, data string) {
	t.Helper()
	db := opened(t, data)
	defer db.Close()
	if _, err := db.ExecContext(t.Context(), `UPDATE task SET lease_us = 1 WHERE lease_us > 0`); err != nil {
		t.Fatal(err)
	}
}
