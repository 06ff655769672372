package messages_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/openloop-server/openloop/internal/dialect/messages"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
)

func call(id, name, arguments string) llm.ToolCall { return llm.CallOf(id, name, arguments) }

func TestStopReasons(t *testing.T) {
	for _, c := range []struct {
		finish llm.FinishReason
		calls  []llm.ToolCall
		want   string
		own    *messages.Openloop
	}{
		{finish: llm.FinishStop, want: "end_turn"},
		{finish: "", want: "end_turn"},
		{finish: llm.FinishToolCalls, want: "end_turn"},
		{finish: llm.FinishLength, want: "max_tokens"},
		{finish: llm.FinishContentFilter, want: "refusal"},
		{finish: "pause_turn", want: "pause_turn"},
		{finish: "bored", want: "end_turn", own: &messages.Openloop{StopReason: "bored"}},
		{finish: llm.FinishStop, calls: []llm.ToolCall{call("1", "f", "{}")}, want: "tool_use"},
		{finish: "bored", calls: []llm.ToolCall{call("1", "f", "{}")}, want: "tool_use"},
		{finish: llm.FinishLength, calls: []llm.ToolCall{call("1", "f", "{}")}, want: "tool_use"},
		{finish: llm.FinishLength, calls: []llm.ToolCall{call("1", "f", "{}"), call("2", "f", `{"a`)}, want: "max_tokens"},
	} {
		m := messages.NewMessage("log_1", "m", &llm.Message{ToolCalls: c.calls}, messages.Stop{Finish: c.finish}, llm.Usage{Known: true}, 0)
		if *m.StopReason != c.want || !cmp.Equal(m.Openloop, c.own) {
			t.Errorf("%q with %d calls is %q, %+v", c.finish, len(c.calls), *m.StopReason, m.Openloop)
		}
	}
}

func TestUsage(t *testing.T) {
	m := &llm.Message{Content: llm.Text("one two three")}
	for want, u := range map[string]llm.Usage{
		`{"input_tokens":1,"output_tokens":9,"cache_creation_input_tokens":3,"cache_read_input_tokens":2,"output_tokens_details":{"thinking_tokens":5},"service_tier":"priority"}`: {
			Input: 1, CachedInput: 2, CacheWrite: 3, Output: 4, Reasoning: 5, Tier: "priority", Known: true},
		`{"input_tokens":7,"output_tokens":4,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"output_tokens_details":{"thinking_tokens":0},"service_tier":"standard","estimated":true}`: {},
	} {
		got, err := json.Marshal(messages.NewMessage("log_1", "m", m, messages.Stop{Finish: llm.FinishStop}, u, 7).Usage)
		if err != nil || string(got) != want {
			t.Errorf("%s, %v, want %s", got, err, want)
		}
	}
}

// TestAnswersComeBack sends whole answers back as turns of the assistant.
func TestAnswersComeBack(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		want := anAnswer().Draw(r, "answer")
		content, err := json.Marshal(messages.NewMessage("log_1", "m", &want, messages.Stop{Finish: llm.FinishStop}, llm.Usage{}, 0).Content)
		if err != nil {
			r.Fatal(err)
		}
		c, err := read(t, `"messages":[{"role":"assistant","content":`+string(content)+`}]`)
		if err != nil {
			r.Fatalf("%v in %s", err, content)
		}
		if d := cmp.Diff([]llm.Message{want}, c.Request.Messages); d != "" {
			r.Errorf("%s (-want +got):\n%s", content, d)
		}
	})
}

// anAnswer is any answer, its pieces in any order.
func anAnswer() *rapid.Generator[llm.Message] {
	return rapid.Custom(func(r *rapid.T) llm.Message {
		var out llm.Composer
		for i := range rapid.IntRange(0, 6).Draw(r, "pieces") {
			switch rapid.IntRange(0, 3).Draw(r, "kind") {
			case 0:
				out.Think(llm.Thinking{Type: llm.ThinkingBlock, Thinking: rapid.String().Draw(r, "thinking"), Signature: rapid.StringN(1, 9, -1).Draw(r, "signature")})
			case 1:
				out.Think(llm.Thinking{Type: llm.RedactedThinkingBlock, Data: rapid.StringN(1, 9, -1).Draw(r, "data")})
			case 2:
				out.Say(rapid.String().Draw(r, "text"))
			default:
				arguments, _ := json.Marshal(rapid.MapOf(rapid.String(), rapid.String()).Draw(r, "arguments"))
				c := call("call_"+string(rune('a'+i)), rapid.StringMatching(`[a-z]{1,8}`).Draw(r, "name"), string(arguments))
				c.Signature = rapid.String().Draw(r, "proof")
				out.Call(c)
			}
		}
		return out.Message()
	})
}
