package cli_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/cli"
	"github.com/openloop-server/openloop/internal/json"
)

const evalPoints = 8

// evalWorld is a server with a Flow of two versions, of which the first is deployed, a Dataset, and two external Evaluators: one is right or
// wrong, and of the other less is better.
type evalWorld struct {
	*testing.T
	url           string
	first, second string // versions of the Flow
	datapoints    []string
}

func newEvalWorld(t *testing.T) *evalWorld {
	t.Helper()
	w := &evalWorld{T: t, url: startServer(t).URL}
	w.first = w.api("POST", "/flows", `{"path": "answer", "attributes": {"v": 1}}`)["version_id"].(string)
	w.second = w.api("POST", "/flows", `{"path": "answer", "attributes": {"v": 2}}`)["version_id"].(string)
	points := make([]string, evalPoints)
	for i := range points {
		points[i] = fmt.Sprintf(`{"inputs": {"q": "%d"}}`, i)
	}
	dataset := w.api("POST", "/datasets", `{"path": "cases", "action": "set", "datapoints": [`+strings.Join(points, ",")+`]}`)
	for _, d := range w.api("GET", "/datasets/"+dataset["id"].(string)+"/datapoints?size=100", "")["records"].([]any) {
		w.datapoints = append(w.datapoints, d.(map[string]any)["id"].(string))
	}
	w.api("POST", "/evaluators", `{"path": "checks/exact", "spec": {"evaluator_type": "external", "arguments_type": "target_free", "return_type": "boolean"}}`)
	w.api("POST", "/evaluators", `{"path": "size", "spec": {"evaluator_type": "external", "arguments_type": "target_free", "return_type": "number", "number_valence": "negative"}}`)
	return w
}

func (w *evalWorld) api(method, path, body string) map[string]any {
	req, err := http.NewRequestWithContext(w.Context(), method, w.url+"/v5"+path, strings.NewReader(body))
	if err != nil {
		w.Error(err)
		return nil
	}
	req.Header.Set("X-API-KEY", syncKey)
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		w.Error(err)
		return nil
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode > 299 {
		w.Errorf("%s %s: %d %s %v", method, path, resp.StatusCode, raw, err)
		return nil
	}
	out := map[string]any{}
	if len(raw) > 0 && raw[0] == '{' {
		if err := json.Unmarshal(raw, &out); err != nil {
			w.Error(err)
		}
	}
	return out
}

// judged is what both Evaluators say of a Log; an empty exact is a failure of the Evaluator.
type judged struct {
	exact string
	size  float64
	fails bool // the Log
}

// submit makes the Logs of a Run and judges them, as a client of the API does. of says how the Log of a version for the i-th datapoint turned out.
func (w *evalWorld) submit(runID, versionID string, of func(versionID string, i int) judged) {
	for i, datapoint := range w.datapoints {
		j := of(versionID, i)
		outcome := `"output": "x"`
		if j.fails {
			outcome = `"error": "it broke"`
		}
		path, file, status := "/flows", `"path": "answer"`, `, "log_status": "complete"`
		if strings.HasPrefix(versionID, "prv_") {
			path, file, status = "/prompts", `"path": "greet"`, ""
		}
		log := w.api("POST", path+"/log?version_id="+versionID, fmt.Sprintf(`{%s, "run_id": %q, "source_datapoint_id": %q, "inputs": {"q": "x"}, %s}`, file, runID, datapoint, outcome+status))
		id, _ := log["id"].(string)
		exact := `"judgment": ` + j.exact
		if j.exact == "" {
			exact = `"error": "it broke"`
		}
		w.api("POST", "/evaluators/log", fmt.Sprintf(`{"parent_id": %q, "path": "checks/exact", %s}`, id, exact))
		w.api("POST", "/evaluators/log", fmt.Sprintf(`{"parent_id": %q, "path": "size", "judgment": %v}`, id, j.size))
	}
}

// begun finds the ids in the first line that a run prints.
var begun = regexp.MustCompile(`Evaluation (evr_\w+), Run (rn_\w+)\n`)

// output is what a command prints. It calls begin once, with the ids of the Evaluation and the Run.
type output struct {
	mu    sync.Mutex
	text  bytes.Buffer
	begin func(evaluationID, runID string)
	done  sync.WaitGroup
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.text.Write(p)
	if ids := begun.FindStringSubmatch(o.text.String()); ids != nil && o.begin != nil {
		begin := o.begin
		o.begin = nil
		o.done.Go(func() { begin(ids[1], ids[2]) })
	}
	return len(p), nil
}

// run runs a command to its end. of says how Logs turn out that it waits for; nil submits none.
func (w *evalWorld) run(of func(versionID string, i int) judged, args ...string) (code int, stdout, stderr string) {
	w.Helper()
	submit := func(evaluationID, _ string) {
		for _, r := range w.api("GET", "/evaluations/"+evaluationID+"/runs", "")["runs"].([]any) {
			run := r.(map[string]any)
			if run["status"] == "pending" {
				w.submit(run["id"].(string), run["version"].(map[string]any)["version_id"].(string), of)
			}
		}
	}
	if of == nil {
		submit = nil
	} else {
		args = append([]string{args[0], "-timeout", "1m"}, args[1:]...)
	}
	return w.begin(submit, args...)
}

func (w *evalWorld) begin(begin func(evaluationID, runID string), args ...string) (code int, stdout, stderr string) {
	w.Helper()
	out := &output{begin: begin}
	var errors bytes.Buffer
	code = cli.Run(w.Context(), &cli.Env{
		Args: append([]string{"eval"}, args...), Environ: []string{"OPENLOOP_URL=" + w.url, "OPENLOOP_API_KEY=" + syncKey}, Stdout: out, Stderr: &errors,
	})
	out.done.Wait()
	return code, out.text.String(), errors.String()
}

func constant(exact string, size float64) func(string, int) judged {
	return func(_ string, i int) judged { return judged{exact: exact, size: size + float64(i)} }
}

// worse has the second version fail where the first does not.
func (w *evalWorld) worse(versionID string, i int) judged {
	if versionID == w.first {
		return judged{exact: "true", size: float64(i)}
	}
	return judged{exact: "false", size: float64(2 * i)}
}

func TestEvalExitCodes(t *testing.T) {
	w := newEvalWorld(t)
	ask := func(more ...string) []string {
		return append([]string{"run", "answer", "-submitted", "-version", w.second, "-dataset", "cases"}, more...)
	}
	failing := func(_ string, i int) judged { return judged{exact: "true", fails: i == 0} }
	abstaining := func(string, int) judged { return judged{exact: "null"} }
	broken := func(_ string, i int) judged {
		if i == 0 {
			return judged{exact: ""}
		}
		return judged{exact: "true"}
	}
	for name, test := range map[string]struct {
		of   func(string, int) judged
		args []string
		code int
		says string
	}{
		"thresholds met":              {constant("true", 1), ask("-evaluator", "checks/exact:0.8", "-evaluator", "size:6"), 0, "\npassed\n"},
		"no threshold":                {constant("false", 1), ask("-evaluator", "checks/exact"), 0, "\npassed\n"},
		"a threshold missed":          {constant("false", 1), ask("-evaluator", "checks/exact:0.8"), 2, "\nchecks/exact is 0, and must be 0.8 or more.\nfailed\n"},
		"too large":                   {constant("true", 9), ask("-evaluator", "size:6"), 2, "\nsize is 12.5, and must be 6 or less.\nfailed\n"},
		"worse than in production":    {w.worse, ask("-evaluator", "checks/exact", "-against", "production"), 2, "\nchecks/exact is worse.\nfailed\n"},
		"worse than a version":        {w.worse, ask("-evaluator", "checks/exact", "-against", w.first), 2, "\nchecks/exact is worse.\nfailed\n"},
		"as good as in production":    {constant("true", 1), ask("-evaluator", "checks/exact:1", "-against", "production"), 0, "\npassed\n"},
		"beside itself":               {constant("true", 1), ask("-evaluator", "checks/exact", "-against", w.second), 0, "so there is nothing to compare it with.\npassed\n"},
		"no Run before it":            {constant("true", 1), ask("-evaluator", "checks/exact", "-against", "previous", "-name", "first"), 0, "There is no previous Run to compare with yet.\npassed\n"},
		"a Log failed":                {failing, ask("-evaluator", "checks/exact:0.1"), 3, "\n1 of 8 Logs failed.\nno verdict\n"},
		"a Log may fail":              {failing, ask("-evaluator", "checks/exact:0.1", "-max-errors", "1"), 0, "\npassed\n"},
		"an Evaluator failed":         {broken, ask("-evaluator", "checks/exact:0.1"), 3, "\nchecks/exact failed on 1 of 8 Logs.\nno verdict\n"},
		"an Evaluator may fail":       {broken, ask("-evaluator", "checks/exact:0.1", "-max-errors", "20%"), 0, "\npassed\n"},
		"nothing but abstentions":     {abstaining, ask("-evaluator", "checks/exact:0.1"), 3, "\nchecks/exact gave no score.\nno verdict\n"},
		"not in time":                 {nil, ask("-evaluator", "checks/exact", "-timeout", "1ms"), 3, ""},
		"an unknown Dataset":          {nil, []string{"run", "answer", "-submitted", "-dataset", "nope", "-evaluator", "checks/exact"}, 1, ""},
		"an unknown File":             {nil, []string{"run", "nope", "-dataset", "cases", "-evaluator", "checks/exact"}, 1, ""},
		"an unknown Evaluator":        {nil, ask("-evaluator", "nope"), 1, ""},
		"an unknown version":          {nil, []string{"run", "answer", "-submitted", "-version", "flv_x", "-dataset", "cases", "-evaluator", "checks/exact"}, 1, ""},
		"where nothing is deployed":   {nil, ask("-evaluator", "checks/exact", "-against", "staging"), 1, ""},
		"a server that is away":       {nil, ask("-evaluator", "checks/exact", "-url", "http://127.0.0.1:1"), 1, ""},
		"a wrong key":                 {nil, ask("-evaluator", "checks/exact", "-api-key", "hl_sk_x"), 1, ""},
		"no Evaluator":                {nil, ask(), 1, ""},
		"no File":                     {nil, []string{"run", "-dataset", "cases", "-evaluator", "checks/exact"}, 1, ""},
		"two Files":                   {nil, ask("-evaluator", "checks/exact", "other"), 1, ""},
		"a threshold that is none":    {nil, ask("-evaluator", "checks/exact:high"), 1, ""},
		"an infinite threshold":       {nil, ask("-evaluator", "checks/exact:inf"), 1, ""},
		"a wrong share":               {nil, ask("-evaluator", "checks/exact", "-max-errors", "120%"), 1, ""},
		"previous without a name":     {nil, ask("-evaluator", "checks/exact", "-against", "previous"), 1, ""},
		"a version and a file":        {nil, ask("-evaluator", "checks/exact", "-prompt", "x.flow"), 1, ""},
		"a file that is not there":    {nil, []string{"run", "answer", "-dataset", "cases", "-evaluator", "checks/exact", "-prompt", "nope.flow"}, 1, ""},
		"an unknown flag":             {nil, ask("-nope"), 1, ""},
		"an unknown subcommand":       {nil, []string{"nope"}, 1, ""},
		"no subcommand":               {nil, nil, 1, ""},
		"a report of nothing":         {nil, []string{"report", "evr_x"}, 1, ""},
		"the report of a lost Run":    {nil, []string{"report", "rn_x"}, 1, ""},
		"a Run that is not there":     {nil, []string{"watch", "rn_x"}, 1, ""},
		"an Evaluation without a Run": {nil, []string{"watch", "evr_x"}, 1, ""},
		"help":                        {nil, []string{"run", "-h"}, 0, "Exit codes: 0 the thresholds are met"},
	} {
		t.Run(name, func(t *testing.T) {
			w := &evalWorld{t, w.url, w.first, w.second, w.datapoints}
			code, stdout, stderr := w.run(test.of, test.args...)
			if code != test.code || !strings.Contains(stdout, test.says) {
				t.Errorf("the exit code is %d, want %d\n%s\n%s", code, test.code, stdout, stderr)
			}
			if code == 1 && stderr == "" {
				t.Error("it does not say why")
			}
		})
	}
}

// TestEvalCancelled has somebody cancel the Run.
func TestEvalCancelled(t *testing.T) {
	w := newEvalWorld(t)
	code, stdout, _ := w.begin(func(evaluationID, runID string) {
		w.api("PATCH", "/evaluations/"+evaluationID+"/runs/"+runID, `{"status": "cancelled"}`)
	}, "run", "answer", "-submitted", "-dataset", "cases", "-evaluator", "checks/exact:0.5")
	if code != 3 || !strings.Contains(stdout, "was cancelled.\n") || !strings.HasSuffix(stdout, "no verdict\n") {
		t.Errorf("the exit code is %d\n%s", code, stdout)
	}
}

// TestEvalInterrupted ends the command while the Run goes on.
func TestEvalInterrupted(t *testing.T) {
	w := newEvalWorld(t)
	ctx, cancel := context.WithCancel(t.Context())
	out := &output{begin: func(string, string) { cancel() }}
	var stderr bytes.Buffer
	code := cli.Run(ctx, &cli.Env{
		Args:    []string{"eval", "run", "answer", "-submitted", "-dataset", "cases", "-evaluator", "checks/exact"},
		Environ: []string{"OPENLOOP_URL=" + w.url, "OPENLOOP_API_KEY=" + syncKey}, Stdout: out, Stderr: &stderr,
	})
	out.done.Wait()
	if code != 3 || !strings.Contains(stderr.String(), "the Run goes on, and openloop eval watch rn_") {
		t.Errorf("the exit code is %d\n%s", code, stderr.String())
	}
}

// TestEvalFiles reads what is written for CI, and what watch and report say of the same Run.
func TestEvalFiles(t *testing.T) {
	w := newEvalWorld(t)
	dir := t.TempDir()
	junit, result := filepath.Join(dir, "junit.xml"), filepath.Join(dir, "result.json")
	code, stdout, stderr := w.run(w.worse, "run", "answer", "-submitted", "-version", w.second, "-dataset", "cases", "-evaluator", "checks/exact:0.8", "-evaluator", "size:4",
		"-against", "production", "-json", result, "-junit", junit)
	if code != 2 {
		t.Fatalf("the exit code is %d\n%s\n%s", code, stdout, stderr)
	}
	ids := begun.FindStringSubmatch(stdout)
	var got struct {
		Verdict      string   `json:"verdict"`
		Reasons      []string `json:"reasons"`
		EvaluationID string   `json:"evaluation_id"`
		RunID        string   `json:"run_id"`
		Checks       []struct {
			Path     string  `json:"path"`
			Score    float64 `json:"score"`
			Met      bool    `json:"met"`
			Compared string  `json:"compared"`
		} `json:"checks"`
	}
	want := got
	want.Verdict, want.EvaluationID, want.RunID = "failed", ids[1], ids[2]
	want.Reasons = []string{"checks/exact is 0, and must be 0.8 or more", "checks/exact is worse", "size is 7, and must be 4 or less", "size is worse"}
	want.Checks = append(want.Checks, struct {
		Path     string  `json:"path"`
		Score    float64 `json:"score"`
		Met      bool    `json:"met"`
		Compared string  `json:"compared"`
	}{"checks/exact", 0, false, "worse"}, struct {
		Path     string  `json:"path"`
		Score    float64 `json:"score"`
		Met      bool    `json:"met"`
		Compared string  `json:"compared"`
	}{"size", 7, false, "worse"})
	raw, err := os.ReadFile(result)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the result (-want +got):\n%s", diff)
	}
	raw, err = os.ReadFile(junit)
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{
		`<testsuite name="answer" tests="17" failures="17" errors="0" skipped="0">`,
		`<testcase name="checks/exact" classname="answer">`, `<failure message="checks/exact is 0, and must be 0.8 or more; checks/exact is worse"></failure>`,
		`<testcase name="` + w.datapoints[3] + `" classname="answer.checks/exact">`,
	} {
		if !strings.Contains(string(raw), part) {
			t.Errorf("%s is not in %s", part, raw)
		}
	}
	for _, args := range [][]string{{"watch", ids[2]}, {"watch", ids[1]}, {"report", ids[1]}, {"report", ids[2]}} {
		code, stdout, stderr := w.run(nil, args...)
		if code != 0 || !strings.Contains(stdout, "Run "+ids[2]+" completed") || !strings.Contains(stdout, "worse (p 0.0") {
			t.Errorf("%v: the exit code is %d\n%s\n%s", args, code, stdout, stderr)
		}
	}
}

// TestEvalOfAFile saves a file as a version, which is evaluated twice under one name.
func TestEvalOfAFile(t *testing.T) {
	w := newEvalWorld(t)
	name := filepath.Join(t.TempDir(), "greet.prompt")
	for i, model := range []string{"echo", "other"} {
		if err := os.WriteFile(name, []byte("---\nmodel: "+model+"\nprovider: mock\n---\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		of := constant([]string{"true", "false"}[i], 1)
		code, stdout, stderr := w.run(of, "run", "greet", "-submitted", "-prompt", name, "-dataset", "cases", "-evaluator", "checks/exact", "-against", "previous", "-name", "ci")
		if code != 2*i || !strings.Contains(stdout, []string{"There is no previous Run", "checks/exact is worse."}[i]) {
			t.Errorf("the exit code is %d\n%s\n%s", code, stdout, stderr)
		}
	}
}
