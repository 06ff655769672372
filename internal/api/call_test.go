package api_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/store"
)

// openAICall asks for a call of the provider at the test's upstream.
const openAICall = `{"path": "a", "prompt": {"model": "gpt-4o"}, "messages": [{"role": "user", "content": "hi"}], "provider_api_keys": {"openai": "k"}`

const sseDelta = `data: {"id":"c","object":"chat.completion.chunk","model":"gpt-4o","choices":[{"index":0,"delta":{"content":"Hel"},"finish_reason":null}]}` + "\n\n"

const sseEnd = `data: {"id":"c","object":"chat.completion.chunk","model":"gpt-4o","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}` + "\n\ndata: [DONE]\n\n"

// hanging is a provider that never answers a call, or a stream after its first words.
type hanging struct {
	reached chan struct{} // a call has arrived, and the first words of a stream are sent
	left    chan struct{} // its connection was closed
}

func newHanging() *hanging { return &hanging{make(chan struct{}, 10), make(chan struct{}, 10)} }

func (h *hanging) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	if strings.Contains(string(body), `"stream":true`) {
		w.Header().Set("Content-Type", "text/event-stream")
		_, _ = io.WriteString(w, sseDelta)
		_ = http.NewResponseController(w).Flush()
	}
	h.reached <- struct{}{}
	<-r.Context().Done()
	h.left <- struct{}{}
}

// TestALeavingClientEndsTheCall cancels requests in flight: the provider's connection is closed, and the Log is kept.
func TestALeavingClientEndsTheCall(t *testing.T) {
	for _, test := range []struct {
		name, more string
		samples    int
		output     string // on the Log
	}{
		{"at once", `, "log_id": "l"}`, 1, ""},
		{"several samples", `, "log_id": "l", "num_samples": 3}`, 3, ""},
		{"stream", `, "log_id": "l", "stream": true}`, 1, `"output":"Hel"`},
		{"stream of several samples", `, "log_id": "l", "stream": true, "num_samples": 2}`, 2, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			provider := newHanging()
			s := start(t, provider)
			ctx, leave := context.WithCancel(t.Context())
			ended, begun := make(chan error, 1), make(chan struct{})
			go func() { ended <- s.read(ctx, openAICall+test.more, begun) }()
			receive(provider.reached, test.samples)
			if strings.Contains(test.more, "stream") {
				<-begun
			}
			leave()
			receive(provider.left, test.samples)
			if err := <-ended; err == nil {
				t.Error("the client got an answer")
			}
			for range test.samples {
				if o := <-s.observed; !o.Cancelled || o.Err != nil || o.Provider != "openai" {
					t.Errorf("observed %+v", o)
				}
			}
			log := s.call(t, http.MethodGet, "/v5/logs/l", "")
			const why = `"error":"The caller ended the connection before the answer was complete."`
			if log.status != http.StatusOK || !strings.Contains(log.body, why) || strings.Contains(log.body, `"detail"`) || !strings.Contains(log.body, test.output) {
				t.Errorf("the Log is %d %s", log.status, log.body)
			}
		})
	}
}

func receive(c <-chan struct{}, n int) {
	for range n {
		<-c
	}
}

// read calls, and reads the answer to its end. It closes begun after the first line.
func (s *server) read(ctx context.Context, body string, begun chan<- struct{}) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, s.URL+"/v5/prompts/call", strings.NewReader(body))
	if err != nil {
		return err
	}
	r.Header.Set("X-API-KEY", adminKey)
	resp, err := s.Client().Do(r)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	lines := bufio.NewScanner(resp.Body)
	lines.Scan()
	close(begun)
	for lines.Scan() {
	}
	return lines.Err()
}

// TestTheLogComesBeforeTheLastEvent holds a stream back: its Log is not there while it goes on, and is when its last event is read.
func TestTheLogComesBeforeTheLastEvent(t *testing.T) {
	goOn := make(chan struct{})
	s := start(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		_, _ = io.WriteString(w, sseDelta)
		_ = http.NewResponseController(w).Flush()
		<-goOn
		_, _ = io.WriteString(w, sseEnd)
	}))
	r := s.request(t, http.MethodPost, "/v5/prompts/call", openAICall+`, "stream": true, "log_id": "l"}`)
	resp, err := s.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	logStatus := func() int { return s.call(t, http.MethodGet, "/v5/logs/l", "").status }
	var got []string
	lines := bufio.NewScanner(resp.Body)
	for lines.Scan() {
		line := lines.Text()
		switch {
		case strings.Contains(line, `"finish_reason"`):
			got = append(got, fmt.Sprint("end ", logStatus()))
		case strings.Contains(line, "data: "):
			got = append(got, fmt.Sprint("delta ", logStatus()))
			close(goOn)
		}
	}
	if d := cmp.Diff([]string{"delta 404", "end 200"}, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

// TestOneVersionOfManyCalls brings the same new Prompt along many times at once.
func TestOneVersionOfManyCalls(t *testing.T) {
	s := start(t, nil)
	const calls = 50
	var wrong atomic.Int64
	var all sync.WaitGroup
	for range calls {
		all.Go(func() {
			a := s.call(t, http.MethodPost, "/v5/prompts/call",
				`{"path": "new/one", "prompt": {"provider": "mock", "model": "echo", "temperature": 0.3}, "messages": [{"role": "user", "content": "hi"}]}`)
			if a.status != http.StatusOK {
				wrong.Add(1)
			}
		})
	}
	all.Wait()
	prompts := s.call(t, http.MethodGet, "/v5/prompts", "")
	if wrong.Load() != 0 || !strings.Contains(prompts.body, `"total":1`) || !strings.Contains(prompts.body, `"version_logs_count":50,"total_logs_count":50`) {
		t.Errorf("%d calls failed; Prompts: %s", wrong.Load(), prompts.body)
	}
	if n := len(regexpVersion.FindAllString(s.call(t, http.MethodGet, "/v5/prompts/"+regexpPrompt.FindString(prompts.body)+"/versions", "").body, -1)); n != 1 {
		t.Errorf("there are %d versions", n)
	}
}

// TestSomeSamplesFail lets the provider refuse one of two samples.
func TestSomeSamplesFail(t *testing.T) {
	var n atomic.Int64
	s := start(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if n.Add(1) == 1 {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		keyEcho(w, r)
	}))
	a := s.call(t, http.MethodPost, "/v5/prompts/call", openAICall+`, "num_samples": 2, "log_id": "l"}`)
	if a.status != http.StatusOK || strings.Count(a.body, `"reason":"provider_internal"`) != 1 || strings.Count(a.body, `"output":"Bearer k"`) != 1 ||
		strings.Count(a.body, `"error":`) != 1 || !strings.Contains(a.body, `"index":1`) {
		t.Errorf("the answer is %d %s", a.status, a.body)
	}
}

// TestPathsAreSharedByAllKinds makes a Tool, and asks for a Prompt in its place.
func TestPathsAreSharedByAllKinds(t *testing.T) {
	s := start(t, nil)
	tool, _, err := s.db.SaveVersion(t.Context(), store.Save{Kind: file.ToolKind, Path: "tools/t", Content: []byte(`{"function":{"name":"f","description":"d"}}`), Hash: "h"})
	if err != nil {
		t.Fatal(err)
	}
	for body, want := range map[string]errs.Reason{
		`{"path": "tools/t", "prompt": {"model": "echo", "provider": "mock"}, "messages": [{"role": "user", "content": "hi"}]}`: errs.AlreadyExists,
		`{"path": "tools/t"}`:            errs.PromptNotFound,
		`{"id": "` + tool.File.ID + `"}`: errs.PromptNotFound,
	} {
		expect(t, s.call(t, http.MethodPost, "/v5/prompts/call", body), want)
	}
	expect(t, s.call(t, http.MethodPost, "/v5/prompts", `{"path": "tools/t", "model": "m"}`), errs.AlreadyExists)
	expect(t, s.call(t, http.MethodDelete, "/v5/prompts/"+tool.File.ID, ""), errs.PromptNotFound)
	linked := s.call(t, http.MethodPost, "/v5/prompts", `{"path": "p", "model": "m", "linked_tools": ["`+tool.File.ID+`"]}`)
	if linked.status != http.StatusOK {
		t.Errorf("a link to the Tool is refused: %d %s", linked.status, linked.body)
	}
	if logs := s.call(t, http.MethodGet, "/v5/logs?file_id="+tool.File.ID, ""); logs.body != `{"records":[],"page":1,"size":10,"total":0}` {
		t.Errorf("the Tool's Logs are %d %s", logs.status, logs.body)
	}
}
