package app_test

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/openloop-server/openloop/internal/app"
	"github.com/openloop-server/openloop/internal/config"
)

// TestProfiles runs a server that serves profiles at an address of their own, reads them there and nowhere else, and stops it.
func TestProfiles(t *testing.T) {
	t.Parallel()
	cfg, err := config.Read([]string{"OPENLOOP_DATA_DIR=" + t.TempDir(), "OPENLOOP_API_KEY=" + testKey, "OPENLOOP_ADDR=127.0.0.1:0", "OPENLOOP_PPROF_ADDRESS=127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	logs, sink := io.Pipe()
	a, err := app.New(t.Context(), cfg, sink)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	ended, greeted := make(chan error, 1), make(chan string, 1)
	go func() { ended <- a.Run(ctx, nil, greeter(greeted)) }()
	private, public := urlIn(t, logs), regexp.MustCompile(`http://127\.0\.0\.1:\d+`).FindString(<-greeted)

	for _, c := range []struct {
		url, host string
		status    int
		has       string
	}{
		{private + "/debug/pprof/", "", http.StatusOK, "goroutine"},
		{private + "/debug/pprof/goroutine?debug=1", "", http.StatusOK, "app.(*App).Run"},
		{private + "/debug/pprof/heap", "", http.StatusOK, ""},
		{private + "/debug/pprof/cmdline", "", http.StatusOK, "test"},
		{private + "/debug/pprof/profile?seconds=1", "", http.StatusOK, ""},
		{private + "/debug/pprof/goroutine?debug=1", "localhost:1", http.StatusOK, "app.(*App).Run"},
		{private + "/debug/pprof/goroutine?debug=1", "[::1]", http.StatusOK, "app.(*App).Run"},
		{private + "/debug/pprof/goroutine?debug=1", "attacker.example", http.StatusMisdirectedRequest, "Ask for an IP address"},
		{private + "/debug/pprof/goroutine?debug=1", "127.0.0.1.attacker.example:6060", http.StatusMisdirectedRequest, "Ask for an IP address"},
		{private + "/v5/prompts", "", http.StatusNotFound, ""},
		{private + "/metrics", "", http.StatusNotFound, ""},
		{public + "/debug/pprof/", "", http.StatusNotFound, "route_not_found"},
		{public + "/debug/pprof/goroutine?debug=1", "", http.StatusNotFound, "route_not_found"},
	} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, c.url, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Host = c.host
		resp, err := http.DefaultClient.Do(req)
		got := read(t, resp, err)
		if got.status != c.status || !strings.Contains(got.body, c.has) {
			t.Errorf("%s (host %q) is answered %d %s", c.url, c.host, got.status, got.body)
		}
	}

	stop()
	if err := <-ended; err != nil {
		t.Errorf("the server ended with %v", err)
	}
	if conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", strings.TrimPrefix(private, "http://")); err == nil {
		_ = conn.Close()
		t.Error("profiles are still served")
	}
}

// urlIn is the address of the profiles in the operator's log, of which the rest is read and forgotten.
func urlIn(t *testing.T, logs io.Reader) string {
	t.Helper()
	lines := bufio.NewScanner(logs)
	for lines.Scan() {
		if m := regexp.MustCompile(`msg="profiles are served" url=(http://127\.0\.0\.1:\d+)/debug/pprof/`).FindStringSubmatch(lines.Text()); m != nil {
			go func() { _, _ = io.Copy(io.Discard, logs) }()
			return m[1]
		}
	}
	t.Fatalf("the log names no address: %v", lines.Err())
	return ""
}

// TestProfilesAreOffByDefault asks a server without the setting.
func TestProfilesAreOffByDefault(t *testing.T) {
	if got := start(t).get(t, "/debug/pprof/"); got.status != http.StatusNotFound {
		t.Errorf("it is answered %d %s", got.status, got.body)
	}
}
