package cli_test

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"go.uber.org/goleak"

	"github.com/openloop-server/openloop/internal/cli"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"openloop": func() {
			os.Exit(cli.Run(context.Background(), &cli.Env{
				Args: os.Args[1:], Environ: os.Environ(), Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr,
			}))
		},
	})
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/scripts",
		Setup: func(e *testscript.Env) error {
			e.Setenv("OPENLOOP_DATA_DIR", e.WorkDir+"/data")
			return nil
		},
	})
}

// TestServeGreetsAndStops starts a server, calls it as its greeting says, and ends it.
func TestServeGreetsAndStops(t *testing.T) {
	defer goleak.VerifyNone(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	greeting, out := io.Pipe()
	var logs bytes.Buffer
	code := make(chan int, 1)
	dir := t.TempDir()
	go func() {
		defer out.Close()
		code <- cli.Run(ctx, &cli.Env{
			Args: []string{"serve", "-addr", "127.0.0.1:0", "-data", dir + "/deep/data"}, Environ: []string{"OPENLOOP_ADDR=127.0.0.1:1"},
			Stdout: out, Stderr: &logs,
		})
	}()
	url, key := readGreeting(t, greeting)
	if status := call(t, url, key); status != http.StatusOK {
		t.Errorf("the curl line of the greeting answers %d", status)
	}
	cancel()
	if got := <-code; got != 0 {
		t.Errorf("the exit code is %d, the log %s", got, logs.String())
	}
}

func readGreeting(t *testing.T, r io.Reader) (url, key string) {
	t.Helper()
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		line := strings.TrimSpace(lines.Text())
		if _, after, ok := strings.Cut(line, "is listening on "); ok {
			url, _, _ = strings.Cut(after, " ")
		}
		if strings.HasPrefix(line, "hl_sk_") {
			key = line
		}
		if strings.HasPrefix(line, "curl ") && !strings.Contains(line, "-H 'Content-Type: application/json'") {
			t.Errorf("curl would send a form: %s", line)
		}
		if strings.HasPrefix(line, "TypeScript:") { // the last line
			go func() { _, _ = io.Copy(io.Discard, r) }()
			return url, key
		}
	}
	t.Fatalf("the greeting ended early: %v", lines.Err())
	return "", ""
}

func call(t *testing.T, url, key string) int {
	t.Helper()
	body := strings.NewReader(`{"path":"hello","prompt":{"model":"echo","provider":"mock"},"messages":[{"role":"user","content":"Hello!"}]}`)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url+"/v5/prompts/call", body)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("X-API-KEY", key)
	r.Header.Set("Content-Type", "application/json")
	transport := &http.Transport{DisableKeepAlives: true}
	resp, err := transport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, resp.Body)
	return resp.StatusCode
}
