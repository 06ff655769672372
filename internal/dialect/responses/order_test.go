package responses_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/openloop-server/openloop/internal/dialect"
	"github.com/openloop-server/openloop/internal/dialect/responses"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
)

// anAnswer is any answer, its pieces in any order.
func anAnswer() *rapid.Generator[llm.Message] {
	return rapid.Custom(func(r *rapid.T) llm.Message {
		var out llm.Composer
		for i := range rapid.IntRange(1, 6).Draw(r, "pieces") {
			switch rapid.IntRange(0, 3).Draw(r, "kind") {
			case 0:
				out.Think(llm.Thinking{Type: llm.ThinkingBlock, Thinking: rapid.String().Draw(r, "thinking"), Signature: rapid.StringN(1, 9, -1).Draw(r, "signature")})
			case 1:
				out.Think(llm.Thinking{Type: llm.RedactedThinkingBlock, Data: rapid.StringN(1, 9, -1).Draw(r, "data")})
			case 2:
				out.Say(rapid.StringN(1, 9, -1).Draw(r, "text"))
			default:
				arguments, _ := json.Marshal(rapid.MapOf(rapid.String(), rapid.String()).Draw(r, "arguments"))
				c := llm.CallOf("call_"+string(rune('a'+i)), rapid.StringMatching(`[a-z]{1,8}`).Draw(r, "name"), string(arguments))
				c.Signature = rapid.String().Draw(r, "proof")
				out.Call(c)
			}
		}
		m := out.Message()
		if m.Content.IsZero() && m.ToolCalls == nil && m.Thinking == nil {
			m.Content = llm.Text("")
		}
		return m
	})
}

// TestAnswersComeBack sends whole answers and streamed ones back as a part of the input, as clients do.
func TestAnswersComeBack(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		want, in := anAnswer().Draw(r, "answer"), &responses.ResponseParams{Model: "m"}
		whole := responses.NewResponse(in, "log_1", time.Unix(0, 0), "m", &responses.Answered{Message: &want, Finish: llm.FinishStop})
		var last json.Value
		s := responses.NewEvents(in, "log_1", time.Unix(0, 0), "m")
		s.Begin(func(f dialect.Frame) bool {
			last = json.Value(f.Data).Clone()
			return true
		})
		for _, e := range (&llm.Response{Message: want}).Events() {
			s.Event(&e)
		}
		s.End(llm.FinishStop, llm.Usage{}, time.Unix(0, 0))
		var completed struct {
			Response struct {
				Output json.Value `json:"output"`
			} `json:"response"`
		}
		if err := json.UnmarshalForeign(last, &completed); err != nil {
			r.Fatal(err)
		}
		for _, output := range []json.Value{json.AppendValue(nil, whole.Output), completed.Response.Output} {
			_, back, err := read(t, `{"input":`+string(output)+`}`)
			if err != nil {
				r.Fatalf("%v in %s", err, output)
			}
			if d := cmp.Diff([]llm.Message{want}, back.Request.Messages); d != "" {
				r.Fatalf("%s (-want +got):\n%s", output, d)
			}
		}
	})
}
