package messages_test

import (
	"strings"
	"testing"

	"github.com/openloop-server/openloop/internal/dialect"
	"github.com/openloop-server/openloop/internal/dialect/messages"
	"github.com/openloop-server/openloop/internal/dialect/tokens"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
)

// BenchmarkRead reads and estimates a request as a coding client begins with: 76 kB, of which most are instructions and the schemas of 24 tools.
func BenchmarkRead(b *testing.B) {
	words := strings.Repeat("Use the tool only if the user asks for it, and never guess a path. ", 15)
	tool := `{"name":"Read","description":"` + words + `","input_schema":{"type":"object","properties":{"path":{"type":"string","description":"` + words + `"}}}}`
	body := []byte(`{"model":"m","max_tokens":9,"system":[{"type":"text","text":"` + strings.Repeat(words, 23) + `"}],"tools":[` + strings.Repeat(tool+",", 23) + tool +
		`],"messages":[{"role":"user","content":[{"type":"text","text":"hi"}]}]}`)
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		var p messages.Params
		if err := json.Unmarshal(body, &p); err != nil {
			b.Fatal(err)
		}
		c, err := p.Call()
		if err != nil {
			b.Fatal(err)
		}
		if tokens.Of(&c.Request) < 1000 {
			b.Fatal("the estimate is wrong")
		}
	}
}

// BenchmarkText makes the event of a word.
func BenchmarkText(b *testing.B) {
	s := messages.NewEvents("log_1", "m", 1, func(dialect.Frame) bool { return true })
	e := llm.Event{Text: "lorem "}
	b.ReportAllocs()
	for b.Loop() {
		s.Event(&e)
	}
}
