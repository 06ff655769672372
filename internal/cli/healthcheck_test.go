package cli_test

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/openloop-server/openloop/internal/app"
	"github.com/openloop-server/openloop/internal/cli"
	"github.com/openloop-server/openloop/internal/config"
)

// TestHealthcheck asks a real server before and after it was closed, and others that are no good.
func TestHealthcheck(t *testing.T) {
	cfg, err := config.Read([]string{"OPENLOOP_DATA_DIR=" + t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	a, err := app.New(t.Context(), cfg, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(a.Handler())
	defer server.Close()
	address := strings.TrimPrefix(server.URL, "http://")
	if code, said := healthcheck(t, address); code != 0 || said != "" {
		t.Errorf("a server that is ready: %d, %q", code, said)
	}
	if code, said := healthcheck(t, "127.0.0.1:1", "-url", server.URL+"/"); code != 0 || said != "" {
		t.Errorf("a server that is ready, by its URL: %d, %q", code, said)
	}
	if err := a.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	want := "openloop: " + server.URL + "/ready answers 503 Service Unavailable: The server is shutting down.\n"
	if code, said := healthcheck(t, address); code != 1 || said != want {
		t.Errorf("a closed server: %d, %q, want %q", code, said, want)
	}
}

func TestHealthcheckSaysWhyNot(t *testing.T) {
	left := make(chan struct{})
	slow := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-r.Context().Done():
		case <-left:
		}
	}))
	defer slow.Close()
	defer close(left)
	other := httptest.NewServer(http.NotFoundHandler())
	defer other.Close()
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody := free.Addr().String()
	_ = free.Close()
	for _, c := range []struct {
		addr string
		args []string
		code int
		want string
	}{
		{nobody, nil, 1, "openloop: http://" + nobody + "/ready cannot be asked: dial tcp " + nobody + ": connect: connection refused\n"},
		{nobody, []string{"-url", slow.URL, "-timeout", "20ms"}, 1, "openloop: " + slow.URL + "/ready did not answer within 20ms\n"},
		{nobody, []string{"-url", other.URL}, 1, "openloop: " + other.URL + "/ready answers 404 Not Found\n"},
		{nobody, []string{"-url", "here"}, 1, "openloop: \"here\" is no URL of a server, as http://127.0.0.1:8080\n"},
		{"nowhere", nil, 1, "openloop: OPENLOOP_ADDR must be host:port, as 127.0.0.1:8080\n"},
	} {
		if code, said := healthcheck(t, c.addr, c.args...); code != c.code || said != c.want {
			t.Errorf("%s %q: %d, %q, want %d, %q", c.addr, c.args, code, said, c.code, c.want)
		}
	}
}

// healthcheck runs the command for a server at an address. It returns the exit code and what was said.
func healthcheck(t *testing.T, addr string, args ...string) (code int, said string) {
	t.Helper()
	var out bytes.Buffer
	code = cli.Run(context.Background(), &cli.Env{
		Args: append([]string{"healthcheck"}, args...), Environ: []string{"OPENLOOP_ADDR=" + addr, "HTTP_PROXY=http://127.0.0.1:1"},
		Stdout: &out, Stderr: &out,
	})
	return code, out.String()
}
