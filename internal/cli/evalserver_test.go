package cli_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/cli"
)

// sure is an Evaluator whose model says what the Log says: the mock calls its tool with the message.
const sure = `---
evaluator_type: llm
arguments_type: target_free
return_type: boolean
prompt: {model: echo, provider: mock}
---

<user>
  {"reasoning": "It says so.", "judgment": {{log.output}}}
</user>
`

// newServedWorld is a server that also works in the background, with a Prompt of two versions, of which the second fails, a Dataset with 40 datapoints,
// and an Evaluator.
func newServedWorld(t *testing.T) *evalWorld {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	greeting, out := io.Pipe()
	code := make(chan int, 1)
	go func() {
		defer out.Close()
		code <- cli.Run(ctx, &cli.Env{
			Args: []string{"serve", "-addr", "127.0.0.1:0", "-data", t.TempDir()}, Environ: []string{"OPENLOOP_API_KEY=" + syncKey}, Stdout: out, Stderr: io.Discard,
		})
	}()
	t.Cleanup(func() {
		cancel()
		if got := <-code; got != 0 {
			t.Errorf("the exit code of serve is %d", got)
		}
	})
	w := &evalWorld{T: t}
	lines := bufio.NewReader(greeting)
	for w.url == "" {
		line, err := lines.ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		w.url = regexp.MustCompile(`http://127\.0\.0\.1:\d+`).FindString(line)
	}
	go io.Copy(io.Discard, lines) //nolint:errcheck // until serve ends

	const template = `"provider": "mock", "template": [{"role": "user", "content": "{{says}}"}]`
	w.first = w.api("POST", "/prompts", `{"path": "answer", "model": "echo", `+template+`}`)["version_id"].(string)
	w.second = w.api("POST", "/prompts", `{"path": "answer", "model": "error/invalid_request", `+template+`}`)["version_id"].(string)
	points := make([]string, 40)
	for i := range points {
		points[i] = fmt.Sprintf(`{"inputs": {"says": "%t", "n": "%d"}}`, i%4 > 0, i)
	}
	w.api("POST", "/datasets", `{"path": "cases", "datapoints": [`+strings.Join(points, ",")+`]}`)
	w.api("POST", "/evaluators", `{"path": "sure", "spec": {"evaluator_type": "llm", "arguments_type": "target_free", "return_type": "boolean", "prompt": {
		"provider": "mock", "model": "echo", "template": [{"role": "user", "content": "{\"reasoning\": \"-\", \"judgment\": {{log.output}}}"}]}}}`)
	return w
}

// limits are what the server was told, and what came of it.
type limits struct {
	code               int
	maxErrors, maxCost any
	stopped            any
}

// TestEvalOfServerMadeLogs runs versions that the server runs and judges, within the limits that it is told.
func TestEvalOfServerMadeLogs(t *testing.T) {
	w := newServedWorld(t)
	for name, test := range map[string]struct {
		version, threshold string
		args               []string
		want               limits
	}{
		"good enough":              {w.first, "0.75", nil, limits{0, 2.0, nil, nil}},
		"a threshold missed":       {w.first, "0.8", nil, limits{2, 2.0, nil, nil}},
		"within a budget":          {w.first, "0.75", []string{"-max-cost", "1.5"}, limits{0, 2.0, 1.5, nil}},
		"too many errors":          {w.second, "0.1", nil, limits{3, 2.0, nil, "too_many_errors"}},
		"more errors than allowed": {w.second, "0.1", []string{"-max-errors", "7"}, limits{3, 7.0, nil, "too_many_errors"}},
		"more than the share":      {w.second, "0.1", []string{"-max-errors", "50%"}, limits{3, 20.0, nil, "too_many_errors"}},
		"no error allowed":         {w.second, "0.1", []string{"-max-errors", "0"}, limits{3, 0.0, nil, "too_many_errors"}},
	} {
		t.Run(name, func(t *testing.T) {
			w := &evalWorld{T: t, url: w.url}
			args := append([]string{"run", "answer", "-version", test.version, "-dataset", "cases", "-evaluator", "sure:" + test.threshold}, test.args...)
			code, stdout, stderr := w.run(nil, args...)
			ids := begun.FindStringSubmatch(stdout)
			if ids == nil {
				t.Fatalf("the exit code is %d\n%s\n%s", code, stdout, stderr)
			}
			run := w.api("GET", "/evaluations/"+ids[1]+"/runs", "")["runs"].([]any)[0].(map[string]any)
			progress := run["progress"].(map[string]any)
			got := limits{code, progress["max_errors"], progress["max_cost"], progress["stopped"]}
			if diff := cmp.Diff(test.want, got, cmp.AllowUnexported(limits{})); diff != "" {
				t.Errorf("(-want +got):\n%s\n%s\n%s", diff, stdout, stderr)
			}
		})
	}
}

// TestEvalTry has an Evaluator in a file judge Logs.
func TestEvalTry(t *testing.T) {
	w := newServedWorld(t)
	log := func(output string) string {
		return w.api("POST", "/prompts/log", `{"path": "answer", "output": "`+output+`"}`)["id"].(string)
	}
	good, bad, odd := log("true"), log("false"), log("odd")
	name := filepath.Join(t.TempDir(), "sure.evaluator")
	if err := os.WriteFile(name, []byte(sure), 0o600); err != nil {
		t.Fatal(err)
	}
	took := regexp.MustCompile(`\(\d+ ms\)`)
	for about, test := range map[string]struct {
		args []string
		code int
		want string
	}{
		"judged":           {[]string{name, "-log", good, "-log", bad}, 0, good + "  true  (…)\n    It says so.\n" + bad + "  false  (…)\n    It says so.\n"},
		"failed":           {[]string{"-log", odd, name}, 2, odd + "  failed: "},
		"no Log":           {[]string{name}, 1, ""},
		"an unknown Log":   {[]string{name, "-log", "log_x"}, 1, ""},
		"no such file":     {[]string{name + "x", "-log", good}, 1, ""},
		"no Evaluator":     {[]string{"-log", good}, 1, ""},
		"a server is away": {[]string{name, "-log", good, "-url", "http://127.0.0.1:1"}, 1, ""},
	} {
		code, stdout, stderr := w.run(nil, append([]string{"try"}, test.args...)...)
		got := took.ReplaceAllString(stdout, "(…)")
		if code != test.code || got != test.want && (test.code == 0 || !strings.HasPrefix(got, test.want)) {
			t.Errorf("%s: the exit code is %d\n%s\n%s", about, code, stdout, stderr)
		}
	}
}
