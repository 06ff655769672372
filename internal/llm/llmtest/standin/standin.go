// Package standin is a provider of OpenAI's wire format that stands in for a real one, and answers as a test says.
package standin

import (
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/openloop-server/openloop/internal/json"
)

// Cut is the status of an answer that breaks off: the connection is closed in its middle.
const Cut = -1

// Answer says how a call is answered: the first has the number 1, and question is the last message. 200 answers "re: " and the question; any other status
// refuses.
type Answer func(call int, question string) (status int, header http.Header)

// Always answers every call alike.
func Always(status int) Answer {
	return func(int, string) (int, http.Header) { return status, nil }
}

// After answers every call with success after a time.
func After(latency time.Duration) Answer {
	return func(int, string) (int, http.Header) {
		time.Sleep(latency)
		return http.StatusOK, nil
	}
}

// Provider is a running stand-in. It is safe for concurrent use.
type Provider struct {
	*httptest.Server

	mu       sync.Mutex
	answer   Answer
	calls    []time.Time
	answered map[string]int
}

// New starts a stand-in that lasts as long as the test.
func New(t testing.TB, answer Answer) *Provider {
	t.Helper()
	p := &Provider{answer: answer, answered: map[string]int{}}
	p.Server = httptest.NewServer(http.HandlerFunc(p.serve))
	t.Cleanup(p.Close)
	return p
}

func (p *Provider) serve(w http.ResponseWriter, r *http.Request) {
	var body struct {
		Messages []struct {
			Content string `json:"content"`
		} `json:"messages"`
	}
	raw, err := io.ReadAll(r.Body)
	if err != nil || json.UnmarshalForeign(raw, &body) != nil || len(body.Messages) == 0 {
		http.Error(w, "what?", http.StatusBadRequest)
		return
	}
	question := body.Messages[len(body.Messages)-1].Content
	p.mu.Lock()
	p.calls = append(p.calls, time.Now())
	answer, n := p.answer, len(p.calls)
	p.mu.Unlock()
	status, header := answer(n, question)
	maps.Copy(w.Header(), header)
	w.Header().Set("Content-Type", "application/json")
	text := fmt.Sprintf(`{"id":"x","object":"chat.completion","created":1,"model":"gpt-4o","choices":[{"index":0,"message":{"role":"assistant","content":%q},
		"finish_reason":"stop"}],"usage":{"prompt_tokens":1000,"completion_tokens":1000,"total_tokens":2000}}`, "re: "+question)
	switch status {
	case http.StatusOK:
		p.mu.Lock()
		p.answered[question]++
		p.mu.Unlock()
		_, _ = io.WriteString(w, text)
	case Cut:
		_, _ = io.WriteString(w, text[:len(text)/2])
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler) // which closes the connection
	default:
		w.WriteHeader(status)
		_, _ = fmt.Fprintf(w, `{"error":{"message":"refused","type":"x","code":%q}}`, map[int]string{401: "invalid_api_key", 429: "rate_limit_exceeded"}[status])
	}
}

// Answer changes how calls are answered from now on.
func (p *Provider) Answer(answer Answer) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.answer = answer
}

// Called is how many calls have begun.
func (p *Provider) Called() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.calls)
}

// Last is when the last call began.
func (p *Provider) Last() time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.calls[len(p.calls)-1]
}

// Answered is how often each question was answered with success.
func (p *Provider) Answered() map[string]int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return maps.Clone(p.answered)
}
