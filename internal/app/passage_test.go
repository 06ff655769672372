package app_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/rogpeppe/go-internal/diff"

	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/llm/llmhttp"
	"github.com/openloop-server/openloop/internal/llm/llmtest"
	"github.com/openloop-server/openloop/internal/provider/anthropic"
	"github.com/openloop-server/openloop/internal/provider/openai"
	"github.com/openloop-server/openloop/internal/vendor"
)

// passages is a provider that answers with the exchange at hand, and remembers what it was asked.
type passages struct {
	mu   sync.Mutex
	now  *llmtest.Exchange
	sent json.Value
}

func (p *passages) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.sent = body
	p.now.ServeHTTP(w, r)
}

// ask makes the call of an exchange through a server. It returns what the provider got and what the client read.
func (p *passages) ask(t *testing.T, e *llmtest.Exchange, client llm.Driver, change func(*llm.Request)) (json.Value, llmtest.Want) {
	t.Helper()
	p.mu.Lock()
	p.now, p.sent = e, nil
	p.mu.Unlock()
	want := e.Ask(t.Context(), client, change)
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.sent, want
}

// clientsOf are drivers that call a server in each dialect: they read and write the formats from the other side.
func clientsOf(t *testing.T, url string) map[string]llm.Driver {
	t.Helper()
	hc := &llmhttp.Client{Transport: llmhttp.NewTransport()}
	out := map[string]llm.Driver{}
	for name, v := range map[string]vendor.Vendor{
		"chat":      {Slug: "openai", Display: "Client", BaseURL: url + "/v1", Dialect: vendor.Dialect{TokenLimit: vendor.MaxCompletionTokens, Reasoning: vendor.ReasoningText}},
		"responses": {Slug: "openai", Display: "Client", BaseURL: url + "/v1", Dialect: vendor.Dialect{Encrypts: true}},
		"messages":  {Slug: "anthropic", Display: "Client", BaseURL: url},
	} {
		open := openai.Provider.Open
		if name == "messages" {
			open = anthropic.Provider.Open
		}
		d, err := open(t.Context(), hc, v, vendor.Access{})
		if err != nil {
			t.Fatal(err)
		}
		out[name] = d
	}
	return out
}

// passageWires are the fixtures of wire formats, the provider that has them, and the dialects that lead there. Messages for Claude on Bedrock go on as they
// are, to another operation than that of the fixtures.
var passageWires = []struct {
	fixtures, slug string
	dialects       []string
}{
	{"anthropic/testdata", "anthropic", []string{"chat", "responses", "messages"}},
	{"gemini/testdata", "google", []string{"chat", "responses", "messages"}},
	{"cohere/testdata", "cohere", []string{"chat", "responses", "messages"}},
	{"bedrock/testdata", "bedrock", []string{"chat", "responses"}},
	{"openai/testdata/chat", "openai", []string{"chat", "messages"}},
	{"openai/testdata/responses", "openai", []string{"responses"}},
}

// TestPassages makes the calls of the fixtures of each provider in each dialect, through a server, with the drivers of this project as clients. What
// the provider gets, and what the client reads, is compared with a call without a server between. The lines that differ are in testdata/passages.
func TestPassages(t *testing.T) {
	t.Parallel()
	p := new(passages)
	stub := httptest.NewServer(p)
	t.Cleanup(stub.Close)
	s := start(t, at(stub.URL)...)
	clients := clientsOf(t, s.URL)
	for _, w := range passageWires {
		all := llmtest.Exchanges(t, filepath.Join("../provider", w.fixtures))
		for _, dialect := range w.dialects {
			var differ strings.Builder
			for i := range all {
				differ.WriteString(p.differs(t, &all[i], clients[dialect], w.slug, dialect))
			}
			name := strings.ReplaceAll(strings.Replace(w.fixtures, "/testdata", "", 1), "/", "-") + "-" + dialect + ".txt"
			golden(t, filepath.Join("testdata/passages", name), differ.String())
		}
	}
}

// differs makes the call of an exchange, and tells what differs.
func (p *passages) differs(t *testing.T, e *llmtest.Exchange, client llm.Driver, slug, dialect string) string {
	t.Helper()
	sent, got := p.ask(t, e, client, func(r *llm.Request) {
		r.Model, r.Credentials, r.Endpoint = slug+"/"+r.Model, llm.Credentials{Key: testKey}, llm.Chat
		if dialect == "responses" {
			r.Endpoint = llm.Responses
		}
	})
	if sent == nil {
		return "== " + e.Name + " is not sent: " + string(got.Error.Reason) + "\n"
	}
	out := ""
	if d := lines(tidy(t, e.Sent), tidy(t, withoutLimit(e, sent, dialect))); d != "" {
		out += "== " + e.Name + ", sent\n" + d
	}
	if d := lines(tidy(t, told(t, e.Want)), tidy(t, told(t, got))); d != "" {
		out += "== " + e.Name + ", read\n" + d
	}
	return out
}

// withoutLimit is what was sent without the limit of tokens that Messages must have, if the call has none.
func withoutLimit(e *llmtest.Exchange, sent json.Value, dialect string) json.Value {
	edit, ok := json.NewEdit(sent)
	if !ok || dialect != "messages" || e.Call.MaxTokens > 0 || strings.Contains(string(e.Sent), `"max_tokens"`) {
		return sent
	}
	edit.Remove("max_tokens")
	if string(edit.Get("generationConfig")) == `{"maxOutputTokens":8192}` {
		edit.Remove("generationConfig")
	}
	return edit.Value()
}

// golden compares text with a file.
func golden(t *testing.T, name, text string) {
	t.Helper()
	if llmtest.Updating() {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if d := lines(string(want), text); d != "" {
		t.Errorf("%s (-want +got):\n%s", name, d)
	}
}

// tidy is v with its members in order and on lines of their own, "" for none.
func tidy(t *testing.T, v json.Value) string {
	t.Helper()
	if v == nil {
		return ""
	}
	out, err := json.Canonical(v)
	if err != nil {
		t.Fatalf("%s: %v", v, err)
	}
	if err := out.Indent(); err != nil {
		t.Fatal(err)
	}
	return string(out) + "\n"
}

// told is a result without what a server between cannot leave as it is: who failed, and how the provider said it.
func told(t *testing.T, w llmtest.Want) json.Value {
	t.Helper()
	if w.Error != nil {
		return json.Value(`{"error":"` + string(w.Error.Reason) + `"}`)
	}
	w.Model = ""
	raw, err := json.Marshal(w)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// lines are those in which two texts differ.
func lines(want, got string) string {
	if want == got {
		return ""
	}
	var out strings.Builder
	for line := range strings.Lines(string(diff.Diff("", []byte(want), "", []byte(got)))) {
		if (line[0] == '-' || line[0] == '+') && !strings.HasPrefix(line, "--- ") && !strings.HasPrefix(line, "+++ ") {
			out.WriteString(line)
		}
	}
	return out.String()
}
