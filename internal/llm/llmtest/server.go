package llmtest

import (
	"bytes"
	"context"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/llm/llmhttp"
)

// server is a provider that gives one answer to every request, over real HTTP.
type server struct {
	url string
	mu  sync.Mutex
	got []request
}

type request struct {
	head string // method, path and the headers that matter
	body []byte
}

func serve(t *testing.T, a answer) *server {
	t.Helper()
	s := &server{}
	started := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.record(r)
		a.write(w)
	}))
	t.Cleanup(started.Close)
	s.url = started.URL
	return s
}

// client returns a client for s, without clocks.
func (s *server) client(t *testing.T) *llmhttp.Client {
	t.Helper()
	transport := llmhttp.NewTransport()
	t.Cleanup(transport.CloseIdleConnections)
	return &llmhttp.Client{Transport: transport}
}

func (s *server) record(r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.got = append(s.got, request{head: head(r), body: body})
}

func (s *server) requests() []request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.got)
}

// head writes down a request without the headers that every HTTP client sends.
func head(r *http.Request) string {
	lines := []string{}
	for name, values := range r.Header {
		switch name {
		case "User-Agent", "Content-Length", "Accept-Encoding":
		default:
			lines = append(lines, name+": "+strings.Join(values, ", "))
		}
	}
	slices.Sort(lines)
	return r.Method + " " + r.URL.RequestURI() + "\n" + strings.Join(lines, "\n") + "\n"
}

func (a *answer) write(w http.ResponseWriter) {
	maps.Copy(w.Header(), a.header)
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body)
}

// pieces is a transport without a network. It answers with a body that arrives in the given pieces.
type pieces [][]byte

// RoundTrip implements [http.RoundTripper].
func (p pieces) RoundTrip(r *http.Request) (*http.Response, error) {
	readers := make([]io.Reader, len(p))
	for i := range p {
		readers[i] = bytes.NewReader(p[i])
	}
	return &http.Response{
		StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"text/event-stream"}},
		Body: io.NopCloser(io.MultiReader(readers...)), ContentLength: -1, Request: r,
	}, nil
}

// run makes a call. For a stream it returns the fold of what was delivered, which is nil if nothing was.
func run(ctx context.Context, d llm.Driver, r *llm.Request, stream bool) (*llm.Response, error) {
	if !stream {
		return d.Generate(ctx, r)
	}
	var fold llm.Fold
	for e, err := range d.Stream(ctx, r) {
		if err != nil {
			return fold.Response(), err
		}
		fold.Add(&e)
	}
	return fold.Response(), nil
}
