package responses_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/dialect"
	"github.com/openloop-server/openloop/internal/dialect/responses"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
)

var update = flag.Bool("update", false, "write what this run makes into testdata")

var (
	begun = time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	ended = begun.Add(2 * time.Second)
)

// whole returns the body of a whole answer.
func whole(t *testing.T, in *responses.ResponseParams, a *responses.Answered) string {
	t.Helper()
	a.At = ended
	raw, err := json.Marshal(responses.NewResponse(in, "1", begun, "m", a))
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// recorded gathers the events of a stream.
type recorded struct{ lines []string }

func (r *recorded) emit(f dialect.Frame) bool {
	r.lines = append(r.lines, string(f.Data))
	return true
}

func streamed(in *responses.ResponseParams, events []llm.Event, finish llm.FinishReason, u llm.Usage) []string {
	var out recorded
	s := responses.NewEvents(in, "1", begun, "m")
	s.Begin(out.emit)
	for i := range events {
		s.Event(&events[i])
	}
	s.End(finish, u, ended)
	return out.lines
}

func call(index int, id, name, arguments string) llm.Event {
	return llm.Event{ToolCall: &llm.ToolCallDelta{Index: index, ID: id, Name: name, Arguments: arguments}}
}

func thought(index int, text, signature string) llm.Event {
	return llm.Event{Thinking: llm.ThinkingDelta{Index: index, Text: text, Signature: signature}}
}

// TestItemsEndBeforeTheNextBegin compares the events of pieces that come in all orders with a file.
func TestItemsEndBeforeTheNextBegin(t *testing.T) {
	signed := call(0, "c1", "a", "{}")
	signed.ToolCall.Signature = "ol1.google.s"
	probable := llm.Event{Text: "yes", LogProbs: json.Value(`{"content":[{"token":"yes","logprob":-0.5,"bytes":null,"top_logprobs":[]}]}`)}
	in := &responses.ResponseParams{Tools: []responses.OfferedTool{{Type: "custom", Name: "patch"}}}
	var out strings.Builder
	for _, tt := range []struct {
		name   string
		events []llm.Event
		finish llm.FinishReason
	}{
		{"two calls at once", []llm.Event{call(0, "c1", "a", `{"x"`), call(1, "c2", "b", `{"y":`), {Text: "between"}, call(0, "", "", `:1}`), call(1, "", "", `2}`)}, llm.FinishToolCalls},
		{"a call that never becomes whole", []llm.Event{call(0, "c1", "a", `{"x"`), call(1, "c2", "patch", `{"input":"p"}`), {Text: "after"}}, llm.FinishLength},
		{"an id that comes late", []llm.Event{call(0, "", "patch", `{"input":`), call(0, "", "", `"p"}`), call(0, "c1", "", "")}, llm.FinishToolCalls},
		{"no id and no name", []llm.Event{call(0, "", "", `{}`)}, llm.FinishToolCalls},
		{"a call that its provider signed", []llm.Event{signed, call(1, "c2", "patch", `no object`)}, llm.FinishToolCalls},
		{"thinking between texts", []llm.Event{thought(0, "First", ""), thought(0, "", "s1"), {Text: "One."}, thought(1, "Second", "s2"), {Thinking: llm.ThinkingDelta{Index: 2, Data: "d"}}, {Text: "Two."}}, llm.FinishStop},
		{"probabilities", []llm.Event{probable}, llm.FinishStop},
		{"nothing", nil, llm.FinishContentFilter},
	} {
		fmt.Fprintf(&out, "## %s\n", tt.name)
		for _, line := range streamed(in, tt.events, tt.finish, llm.Usage{}) {
			if !strings.Contains(line, `"status":"in_progress","incomplete_details"`) {
				head, response, _ := strings.Cut(line, `"response":`)
				_, output, _ := strings.Cut(response, `"output":`)
				output, _, _ = strings.Cut(output, `,"error":`)
				fmt.Fprintln(&out, head+output)
			}
		}
	}
	const name = "testdata/events.txt"
	if *update {
		if err := os.WriteFile(name, []byte(out.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), out.String()); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

// TestAnAnswerComesBackAsItWas writes answers, whole and in pieces, and reads their items as the input of the next request.
func TestAnAnswerComesBackAsItWas(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	tools := []responses.OfferedTool{
		{Type: "function", Name: "f"}, {Type: "custom", Name: "c"}, {Type: "namespace", Name: "ns", Tools: []responses.OfferedTool{{Type: "function", Name: "g"}, {Type: "custom", Name: "h"}}},
	}
	for range 500 {
		in := &responses.ResponseParams{Tools: tools}
		m := anyAnswer(random)
		response := whole(t, in, &responses.Answered{Message: &m})
		events := streamed(in, pieces(random, &m), "", llm.Usage{})
		if d := cmp.Diff(response, withoutHead(t, events[len(events)-1])); d != "" {
			t.Fatalf("the stream ends otherwise than the whole answer (-whole +stream):\n%s", d)
		}
		for i, e := range events {
			var numbered struct {
				Number *int `json:"sequence_number"`
			}
			if err := json.UnmarshalForeign([]byte(e), &numbered); err != nil || numbered.Number == nil || *numbered.Number != i {
				t.Fatalf("event %d: %s", i, e)
			}
		}
		var items struct {
			Output []json.Value `json:"output"`
		}
		if err := json.UnmarshalForeign([]byte(response), &items); err != nil {
			t.Fatal(err)
		}
		raw, err := json.Marshal(map[string]any{"input": items.Output})
		if err != nil {
			t.Fatal(err)
		}
		_, c, err := read(t, string(raw))
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff([]llm.Message{m}, c.Request.Messages); d != "" {
			t.Fatalf("%s comes back otherwise (-was +is):\n%s", response, d)
		}
	}
}

func withoutHead(t *testing.T, event string) string {
	t.Helper()
	var e struct {
		Response json.Value `json:"response"`
	}
	if err := json.UnmarshalForeign([]byte(event), &e); err != nil {
		t.Fatal(err)
	}
	return string(e.Response)
}

// anyAnswer is a message that a model could say.
func anyAnswer(r *rand.Rand) llm.Message {
	m := llm.Message{Role: llm.Assistant}
	for i := range r.IntN(3) {
		switch r.IntN(3) {
		case 0:
			m.Thinking = append(m.Thinking, llm.Thinking{Type: llm.ThinkingBlock, Thinking: fmt.Sprint("thought\n\n", i), Signature: "ol1.google.s"})
		case 1:
			m.Thinking = append(m.Thinking, llm.Thinking{Type: llm.ThinkingBlock, Signature: "EqQBCg"})
		default:
			m.Thinking = append(m.Thinking, llm.Thinking{Type: llm.RedactedThinkingBlock, Data: "ol1.openai.gAAAAAB"})
		}
	}
	for i := range r.IntN(4) {
		c := [...]llm.ToolCall{
			llm.CallOf("", "f", `{"a":1}`), llm.CallOf("", "c", `{"input":"<\"é\">"}`), llm.CallOf("", "ns__g", `{}`), llm.CallOf("", "ns__h", `{"input":""}`), llm.CallOf("", "unknown", `{"b":[]}`),
		}[r.IntN(5)]
		c.ID = fmt.Sprint("call_", i)
		if r.IntN(3) == 0 {
			c.Signature = fmt.Sprint("ol1.google.c", i)
		}
		m.ToolCalls = append(m.ToolCalls, c)
	}
	if len(m.ToolCalls) == 0 && len(m.Thinking) == 0 || r.IntN(2) == 0 {
		m.Content = llm.Text("Grüße, said the model.")
	}
	return m
}

// pieces are events that fold to m.
func pieces(r *rand.Rand, m *llm.Message) (out []llm.Event) {
	for i, t := range m.Thinking {
		for _, part := range split(r, t.Thinking) {
			out = append(out, llm.Event{Thinking: llm.ThinkingDelta{Index: i, Text: part}})
		}
		out = append(out, llm.Event{Thinking: llm.ThinkingDelta{Index: i, Signature: t.Signature, Data: t.Data}})
	}
	for _, part := range split(r, m.Content.String()) {
		out = append(out, llm.Event{Text: part})
	}
	for i, c := range m.ToolCalls {
		out = append(out, llm.Event{ToolCall: &llm.ToolCallDelta{Index: i, ID: c.ID, Name: c.Function.Name, Signature: c.Signature}})
		for _, part := range split(r, c.Function.Arguments) {
			out = append(out, call(i, "", "", part))
		}
	}
	return out
}

func split(r *rand.Rand, text string) (parts []string) {
	for text != "" {
		n := 1 + r.IntN(len(text))
		parts, text = append(parts, text[:n]), text[n:]
	}
	return parts
}

func TestCodesOfFailures(t *testing.T) {
	for _, tt := range []struct {
		reason     errs.Reason
		message    string
		retry      time.Duration
		code, told string
	}{
		{errs.RateLimited, "Slow down.", 1500 * time.Millisecond, "rate_limit_exceeded", "Slow down. Please try again in 1.5s."},
		{errs.GatewayRateLimited, "Please try again in 2 seconds.", 2 * time.Second, "rate_limit_exceeded", "Please try again in 2 seconds."},
		{errs.RateLimited, "Slow down.", 0, "rate_limit_exceeded", "Slow down."},
		{errs.Overloaded, "Busy.", time.Second, "server_error", "Busy."},
		{errs.StreamInterrupted, "Cut.", 0, "server_error", "Cut."},
		{errs.ProviderInternal, "Broken.", 0, "server_error", "Broken."},
		{errs.Billing, "Pay.", 0, "insufficient_quota", "Pay."},
		{errs.BudgetExceeded, "Spent.", 0, "insufficient_quota", "Spent."},
		{errs.ContentFiltered, "No.", 0, "invalid_prompt", "No."},
		{errs.InvalidAPIKey, "Whose?", 0, "invalid_prompt", "Whose?"},
		{errs.ContextLengthExceeded, "Long.", 0, "context_length_exceeded", "Long."},
	} {
		s := responses.NewEvents(&responses.ResponseParams{}, "1", begun, "m")
		s.Begin(new(recorded).emit)
		s.Event(&llm.Event{Text: "begun"})
		e := &errs.Error{Reason: tt.reason, Message: tt.message, RetryAfter: tt.retry}
		d := e.Detail("req", "")
		var got struct {
			Type     string `json:"type"`
			Number   int    `json:"sequence_number"`
			Response struct {
				Status string     `json:"status"`
				Output json.Value `json:"output"`
				Error  struct {
					Code    string `json:"code"`
					Message string `json:"message"`
				} `json:"error"`
			} `json:"response"`
		}
		if err := json.UnmarshalForeign(s.AppendFailure(nil, &d), &got); err != nil {
			t.Fatal(err)
		}
		want := fmt.Sprint("response.failed 5 failed ", tt.code, " ", tt.told)
		if have := fmt.Sprint(got.Type, " ", got.Number, " ", got.Response.Status, " ", got.Response.Error.Code, " ", got.Response.Error.Message); have != want {
			t.Errorf("%s: %s, want %s", tt.reason, have, want)
		}
		output := `[{"id":"msg_1_0","type":"message","status":"incomplete","role":"assistant","content":[{"type":"output_text","text":"begun","annotations":[],"logprobs":[]}]}]`
		if d := cmp.Diff(output, string(got.Response.Output)); d != "" {
			t.Errorf("%s: output (-want +got):\n%s", tt.reason, d)
		}
	}
}
