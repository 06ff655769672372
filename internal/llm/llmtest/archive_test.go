package llmtest

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/llm"
)

func TestArchive(t *testing.T) {
	const in = "Why it is here.\n-- want.json --\n{}\n-- call.json --\n{\n -- no marker\n}\n-- wire-response.sse --\ndata: a\r\n\r\n"
	const sorted = "Why it is here.\n-- call.json --\n{\n -- no marker\n}\n-- wire-response.sse --\ndata: a\r\n\r\n-- want.json --\n{\"a\":1}\n"
	a := parseArchive([]byte(in))
	a.set("want.json", []byte(`{"a":1}`))
	if d := cmp.Diff(sorted, string(a.format())); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	if a.file("wire-request.json") != nil {
		t.Error("a part that is not there was found")
	}
}

func TestCasesOfAbilities(t *testing.T) {
	none := len(cases(&llm.Abilities{}))
	got := cases(&llm.Abilities{Seed: true, Tools: true})[none:]
	if d := cmp.Diff([]string{"tool", "tool-stream", "tool-result", "tool-forced", "seed"}, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}
