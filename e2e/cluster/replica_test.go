// Package cluster runs several servers on one PostgreSQL, and disturbs them. The servers are the built program; between each of them and the database stands a proxy.
package cluster

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/store/pgtest"
)

const adminKey = "hl_sk_cluster_0123456789abcdef"

var postgres pgtest.Server

func TestMain(m *testing.M) {
	code := m.Run()
	postgres.Stop()
	os.Exit(code)
}

// database makes an empty database, and returns its URL.
func database(t *testing.T) string {
	t.Helper()
	return databaseOf(t, &postgres)
}

// databaseOf is database on another server.
func databaseOf(t *testing.T, postgres *pgtest.Server) string {
	t.Helper()
	if program == "" {
		t.Skip("E2E_CLUSTER does not name the built server, as make e2e does")
	}
	return postgres.URL(t)
}

// program is the path of the server. Where it is not set, all tests are skipped: `make e2e` runs them, and `make test` would a second time.
var program = os.Getenv("E2E_CLUSTER")

// replica is a running server with its own way to the database.
type replica struct {
	*proxy
	cmd  *exec.Cmd
	url  string
	said *lockedBuffer
	done chan struct{}
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

var listening = regexp.MustCompile(`listening on (http://\S+)`)

// newReplica starts a server on the database with a URL of pgtest.
func newReplica(t *testing.T, database string) *replica {
	t.Helper()
	r := &replica{proxy: newProxy(t, database)}
	r.start(t)
	return r
}

// start starts the server anew, and returns when it listens.
func (r *replica) start(t *testing.T) {
	t.Helper()
	if err := r.try(t); err != nil {
		t.Fatal(err)
	}
}

// try is start, and returns what the server says if it does not.
func (r *replica) try(t *testing.T) error {
	t.Helper()
	cmd := exec.Command(program, "serve")
	cmd.Env = append(os.Environ(), "OPENLOOP_ADDR=127.0.0.1:0", "OPENLOOP_API_KEY="+adminKey, "OPENLOOP_DATABASE_URL="+r.proxy.url(),
		"OPENLOOP_DATA_DIR="+t.TempDir(), "OPENLOOP_SHUTDOWN_TIMEOUT=60s", "OPENLOOP_DRAIN_DELAY=1s", "OPENLOOP_ENCRYPTION_KEY="+strings.Repeat("0a", 32), "OPENLOOP_LOG_LEVEL=warn")
	r.said = new(lockedBuffer)
	cmd.Stderr = r.said
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	r.cmd, r.url, r.done = cmd, "", make(chan struct{})
	t.Cleanup(func() { r.kill() })
	lines := bufio.NewScanner(stdout)
	for r.url == "" && lines.Scan() {
		if m := listening.FindStringSubmatch(lines.Text()); m != nil {
			r.url = m[1]
		}
	}
	go func() {
		defer close(r.done)
		_, _ = io.Copy(io.Discard, stdout)
		_ = cmd.Wait()
	}()
	if r.url == "" {
		<-r.done
		return fmt.Errorf("the server did not start: %s", r.said)
	}
	return nil
}

func (r *replica) kill() {
	_ = r.cmd.Process.Kill()
	<-r.done
}

// stop ends the server as its supervisor does.
func (r *replica) stop(t *testing.T) {
	t.Helper()
	if err := r.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	<-r.done
	if code := r.cmd.ProcessState.ExitCode(); code != 0 {
		t.Errorf("the server ended with %d: %s", code, r.said)
	}
}

// answer is what a server says.
type answer struct {
	status int
	body   string
}

// send sends a request with a key, and gives up when ctx ends.
func send(ctx context.Context, base, key, method, path, body string) (answer, error) {
	req, err := http.NewRequestWithContext(ctx, method, base+path, strings.NewReader(body))
	if err != nil {
		return answer{}, err
	}
	req.Header.Set("X-API-KEY", key)
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return answer{}, err
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	return answer{resp.StatusCode, string(raw)}, err
}

// must sends a request that is answered with a status, or with any of success if that is 0, and returns the body.
func (r *replica) must(t *testing.T, status int, method, path, body string) string {
	t.Helper()
	got, err := send(t.Context(), r.url, adminKey, method, path, body)
	if well := got.status == status || status == 0 && got.status/100 == 2; err != nil || !well {
		t.Fatalf("%s %s: %d %s, %v; want %d", method, path, got.status, got.body, err, status)
	}
	return got.body
}

// text is a member of a JSON object.
func text(t *testing.T, body, name string) string {
	t.Helper()
	var members map[string]any
	if err := json.Unmarshal([]byte(body), &members); err != nil {
		t.Fatalf("%v: %s", err, body)
	}
	value, ok := members[name].(string)
	if !ok {
		t.Fatalf("no text %s in %s", name, body)
	}
	return value
}

// soon returns how long it takes until ok says so. It fails the test when that takes too long for any machine.
func soon(t *testing.T, what string, ok func() bool) time.Duration {
	t.Helper()
	began := time.Now()
	for !ok() {
		if time.Since(began) > 30*time.Second {
			t.Fatalf("%s: not after %v", what, time.Since(began))
		}
		<-time.After(20 * time.Millisecond)
	}
	took := time.Since(began)
	t.Logf("%s: after %v", what, took.Round(time.Millisecond))
	return took
}
