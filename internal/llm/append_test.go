package llm_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
)

func TestAppendJSONEqualsMarshal(t *testing.T) {
	for _, m := range []llm.Message{
		{},
		{Role: llm.User, Content: llm.Text("")},
		{Role: llm.User, Content: llm.Text("a \"quoted\" <text> \u2028 \x00"), Name: "Ada"},
		{Role: llm.ToolRole, Content: llm.Text("{}"), ToolCallID: "call_1"},
		{Role: llm.User, Content: llm.Parts(llm.Part{Type: llm.TextPart, Text: "x"}, llm.Part{Type: llm.ImagePart, ImageURL: &llm.ImageURL{URL: "u", Detail: "low"}})},
		{Role: llm.Assistant, ToolCalls: []llm.ToolCall{{ID: "1", Type: "function", Function: llm.FunctionCall{Name: "f", Arguments: "{"}, Signature: "s"}}},
		{Role: llm.Assistant, Thinking: []llm.Thinking{{Type: llm.ThinkingBlock, Thinking: "t", Signature: "s"}}},
	} {
		want, err := json.Marshal(&m)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(string(want), string(m.AppendJSON(nil))); d != "" {
			t.Errorf("AppendJSON (-Marshal +AppendJSON):\n%s", d)
		}
	}
}
