package evaluations_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/openloop-server/openloop/bench/internal/process"
	"github.com/openloop-server/openloop/bench/internal/upstream"
	"github.com/openloop-server/openloop/internal/json"
)

const apiKey = "hl_sk_bench_0123456789abcdef"

// server is a running Openloop whose provider is an upstream that answers each call after the same time.
type server struct {
	url  string
	http *http.Client
	p    *process.Process
}

// start starts the program named by OPENLOOP with settings. It ends with the benchmark.
func start(b *testing.B, latency time.Duration, settings ...string) *server {
	b.Helper()
	program, err := filepath.Abs(os.Getenv("OPENLOOP"))
	if err != nil {
		b.Fatal(err)
	}
	provider, address := provider(b, latency), freeAddress(b)
	p, err := process.Start(context.WithoutCancel(b.Context()), process.Spec{
		Name: "openloop", Path: program, Args: []string{"serve"}, Log: filepath.Join(b.TempDir(), "server.log"),
		Env: append([]string{
			"OPENLOOP_API_KEY=" + apiKey, "OPENLOOP_ADDR=" + address, "OPENLOOP_DATA_DIR=" + b.TempDir(),
			"OPENAI_API_KEY=sk-bench", "OPENAI_BASE_URL=" + provider,
		}, settings...),
	})
	if err != nil {
		b.Fatal(err)
	}
	s := &server{url: "http://" + address, http: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 256}}, p: p}
	b.Cleanup(func() {
		if err := p.Stop(); err != nil {
			b.Error(err)
		}
	})
	if _, err := p.Ready(b.Context(), s.ready); err != nil {
		b.Fatal(err)
	}
	return s
}

// provider starts an imitation of OpenAI's chat completions, and returns its base URL. It ends with the benchmark.
func provider(b *testing.B, latency time.Duration) string {
	b.Helper()
	l := listen(b)
	ctx, stop := context.WithCancel(context.WithoutCancel(b.Context()))
	served := make(chan error, 1)
	go func() { served <- upstream.Serve(ctx, l, upstream.Config{Latency: latency}) }()
	b.Cleanup(func() {
		stop()
		if err := <-served; err != nil {
			b.Error(err)
		}
	})
	return "http://" + l.Addr().String() + "/v1"
}

func listen(b *testing.B) net.Listener {
	b.Helper()
	l, err := (&net.ListenConfig{}).Listen(b.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	return l
}

func freeAddress(b *testing.B) string {
	b.Helper()
	l := listen(b)
	address := l.Addr().String()
	if err := l.Close(); err != nil {
		b.Fatal(err)
	}
	return address
}

func (s *server) ready(ctx context.Context) error { return s.do(ctx, "GET", "/ready", nil, nil) }

// do sends body as JSON and decodes the answer into out; nil stands for none.
func (s *server) do(ctx context.Context, method, path string, body, out any) error {
	var sent io.Reader
	if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			return err
		}
		sent = bytes.NewReader(raw)
	}
	r, err := http.NewRequestWithContext(ctx, method, s.url+path, sent)
	if err != nil {
		return err
	}
	r.Header.Set("X-Api-Key", apiKey)
	r.Header.Set("Content-Type", "application/json")
	resp, err := s.http.Do(r)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	switch {
	case err != nil:
		return err
	case resp.StatusCode >= http.StatusBadRequest:
		return fmt.Errorf("%s %s: %d %s", method, path, resp.StatusCode, raw)
	case out == nil:
		return nil
	}
	return json.Unmarshal(raw, out)
}

// must is do for a benchmark that cannot go on after a failure.
func (s *server) must(b *testing.B, method, path string, body, out any) {
	b.Helper()
	if err := s.do(b.Context(), method, path, body, out); err != nil {
		b.Fatal(err)
	}
}

// cpu is the processor time that the server has used.
func (s *server) cpu(b *testing.B) time.Duration {
	b.Helper()
	used, err := s.p.CPU()
	if err != nil {
		b.Fatal(err)
	}
	return used
}
