package main_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/store/pgtest"
)

const key = "hl_sk_process_0123456789abcdef"

// postgres is started by the first test that asks for it.
var postgres pgtest.Server

// folder is where the program lies that the tests run.
var folder string

// compile builds the program, static as it is published, for the first test that asks for it.
var compile = sync.OnceValues(func() (string, error) {
	bin := filepath.Join(folder, "openloop")
	build := exec.Command("go", "build", "-o", bin, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	out, err := build.CombinedOutput()
	if err != nil {
		err = fmt.Errorf("go build: %w\n%s", err, out)
	}
	return bin, err
})

func TestMain(m *testing.M) {
	var err error
	if folder, err = os.MkdirTemp("", "openloop-test"); err != nil {
		panic(err)
	}
	code := m.Run()
	postgres.Stop()
	_ = os.RemoveAll(folder)
	os.Exit(code)
}

// build is the path of the program.
func build(t *testing.T) string {
	t.Helper()
	bin, err := compile()
	if err != nil {
		t.Fatal(err)
	}
	return bin
}

// process is a running server.
type process struct {
	cmd  *exec.Cmd
	url  string
	said bytes.Buffer // to standard output, until done
	done chan error
}

var listening = regexp.MustCompile(`listening on (http://\S+)`)

// serve starts the program on a free port and returns when it listens.
func serve(t *testing.T, bin string, environ ...string) *process {
	t.Helper()
	cmd := exec.Command(bin, "serve")
	cmd.Env = append(os.Environ(), append([]string{"OPENLOOP_ADDR=127.0.0.1:0", "OPENLOOP_DRAIN_DELAY=0", "OPENLOOP_API_KEY=" + key}, environ...)...)
	var log bytes.Buffer
	cmd.Stderr = &log
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p := &process{cmd: cmd, done: make(chan error, 1)}
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	lines := bufio.NewScanner(io.TeeReader(stdout, &p.said))
	for p.url == "" && lines.Scan() {
		if m := listening.FindStringSubmatch(lines.Text()); m != nil {
			p.url = m[1]
		}
	}
	if p.url == "" {
		t.Fatalf("the server did not start: %v\n%s", cmd.Wait(), log.String())
	}
	go func() {
		_, _ = io.Copy(&p.said, stdout)
		p.done <- cmd.Wait()
	}()
	return p
}

func (p *process) send(ctx context.Context, method, path, body string) (int, string, error) {
	req, err := http.NewRequestWithContext(ctx, method, p.url+path, strings.NewReader(body))
	if err != nil {
		return 0, "", err
	}
	req.Header.Set("X-API-KEY", key)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, "", err
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	return resp.StatusCode, string(raw), err
}

const (
	plainCall  = `{"path":"crash/plain","prompt":{"provider":"mock","model":"echo"},"messages":[{"role":"user","content":"hello"}]}`
	streamCall = `{"path":"crash/stream","prompt":{"provider":"mock","model":"lorem/5"},"messages":[{"role":"user","content":"hello"}],"stream":true}`
)

// TestKilledServerLosesNoAcknowledgedLog kills the process under load, starts it again on the same database, and asks for each Log whose
// id had been handed out with a whole answer.
func TestKilledServerLosesNoAcknowledgedLog(t *testing.T) {
	bin := build(t)
	t.Run("SQLite", func(t *testing.T) { killAndCompare(t, bin, "OPENLOOP_DATA_DIR="+t.TempDir()) })
	t.Run("PostgreSQL", func(t *testing.T) {
		killAndCompare(t, bin, "OPENLOOP_DATABASE_URL="+postgres.URL(t))
	})
}

func killAndCompare(t *testing.T, bin string, environ ...string) {
	p := serve(t, bin, environ...)
	seen := acknowledged(t, p, 300)
	again := serve(t, bin, environ...)
	for id := range seen {
		if status, body, err := again.send(t.Context(), http.MethodGet, "/v5/logs/"+id, ""); err != nil || status != http.StatusOK {
			t.Errorf("the Log %s was acknowledged, and now is %d %s %v", id, status, body, err)
		}
	}
	stop(t, again)
}

// acknowledged calls p from many sides until enough answers have come, kills it, and returns the ids of the Logs in whole answers.
func acknowledged(t *testing.T, p *process, enough int) map[string]bool {
	t.Helper()
	var mu sync.Mutex
	seen := map[string]bool{}
	var callers sync.WaitGroup
	for i := range 16 {
		body, idOf := plainCall, plainID
		if i%2 == 1 {
			body, idOf = streamCall, streamID
		}
		callers.Go(func() {
			for {
				status, answer, err := p.send(t.Context(), http.MethodPost, "/v5/prompts/call", body)
				if err != nil {
					return // the process is gone
				}
				id := idOf(answer)
				if status != http.StatusOK || id == "" {
					t.Errorf("a call was answered with %d %s", status, answer)
					return
				}
				mu.Lock()
				seen[id] = true
				if len(seen) == enough {
					_ = p.cmd.Process.Kill()
				}
				mu.Unlock()
			}
		})
	}
	callers.Wait()
	if err := <-p.done; err == nil {
		t.Error("the server ended by itself")
	}
	if len(seen) < enough {
		t.Fatalf("only %d calls were answered", len(seen))
	}
	return seen
}

func plainID(answer string) string {
	var doc struct {
		ID string `json:"id"`
	}
	if json.Unmarshal([]byte(answer), &doc) != nil {
		return ""
	}
	return doc.ID
}

// streamID is the id in the last event of a stream that came whole.
func streamID(answer string) string {
	events := strings.Split(strings.TrimSpace(answer), "\n\n")
	last := strings.TrimPrefix(events[len(events)-1], "data: ")
	if !strings.Contains(last, `"finish_reason":"stop"`) {
		return ""
	}
	return plainID(last)
}

// stop ends p in order.
func stop(t *testing.T, p *process) {
	t.Helper()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := <-p.done; err != nil {
		t.Errorf("the server ended with %v", err)
	}
}

// TestStopFinishesStreamsInFlight asks the process to stop while a stream runs, and reads the stream to its end.
func TestStopFinishesStreamsInFlight(t *testing.T) {
	t.Parallel()
	p := serve(t, build(t), "OPENLOOP_DATA_DIR="+t.TempDir())
	body := `{"path":"stop","prompt":{"provider":"mock","model":"lorem/40/10ms"},"messages":[{"role":"user","content":"x"}],"stream":true}`
	r := bufio.NewReader(p.open(t, "/v5/prompts/call", body).Body)
	if _, err := r.ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	rest, err := io.ReadAll(r)
	if err != nil || !strings.Contains(string(rest), `"finish_reason":"stop"`) {
		t.Errorf("the stream ended with %q, %v", rest[max(0, len(rest)-300):], err)
	}
	if err := <-p.done; err != nil {
		t.Errorf("the server ended with %v", err)
	}
}
