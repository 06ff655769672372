package messages_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/openloop-server/openloop/internal/dialect"
	"github.com/openloop-server/openloop/internal/dialect/messages"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
)

// stream is what a client gets of events: the events between message_start and message_delta, in short.
func stream(events ...llm.Event) string {
	var out strings.Builder
	fold := new(llm.Fold)
	s := messages.NewEvents("log_1", "m", 1, func(f dialect.Frame) bool {
		name, data := strings.TrimPrefix(f.Name, "content_block_"), string(f.Data)
		_, data, _ = strings.Cut(data, `,"index":`)
		if name != f.Name {
			out.WriteString(name + " " + strings.TrimSuffix(data, "}") + "\n")
		}
		return true
	})
	for i := range events {
		fold.Add(&events[i])
		s.Event(&events[i])
	}
	s.End(&fold.Response().Message, messages.Stop{Finish: llm.FinishStop}, llm.Usage{}, 1)
	return out.String()
}

func piece(index int, id, name, arguments string) llm.Event {
	return llm.Event{ToolCall: &llm.ToolCallDelta{Index: index, ID: id, Name: name, Arguments: arguments}}
}

func thought(index int, text, signature, data string) llm.Event {
	return llm.Event{Thinking: llm.ThinkingDelta{Index: index, Text: text, Signature: signature, Data: data}}
}

func TestThinkingEndsWithItsSignature(t *testing.T) {
	got := stream(thought(0, "a", "", ""), thought(0, "", "s1", ""), thought(0, "b", "s2", ""), thought(1, "", "", "d"), thought(2, "", "only", ""), llm.Event{Text: "x"}, thought(2, "", "late", ""))
	const want = `start 0,"content_block":{"type":"thinking","thinking":"","signature":""}
delta 0,"delta":{"type":"thinking_delta","thinking":"a"}
delta 0,"delta":{"type":"thinking_delta","thinking":"b"}
delta 0,"delta":{"type":"signature_delta","signature":"s1s2"}
stop 0
start 1,"content_block":{"type":"redacted_thinking","data":"d"}
stop 1
start 2,"content_block":{"type":"thinking","thinking":"","signature":""}
delta 2,"delta":{"type":"signature_delta","signature":"only"}
stop 2
start 3,"content_block":{"type":"text","text":""}
delta 3,"delta":{"type":"text_delta","text":"x"}
stop 3
start 4,"content_block":{"type":"thinking","thinking":"","signature":""}
delta 4,"delta":{"type":"signature_delta","signature":"late"}
stop 4
`
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("events (-want +got):\n%s", d)
	}
}

func TestOneCallEndsBeforeTheNextBegins(t *testing.T) {
	got := stream(
		piece(0, "1", "f", ""), piece(0, "", "", `{"a":`), piece(1, "2", "g", `{"b":`), llm.Event{Text: "x"}, piece(0, "", "", `1`), piece(2, "", "", `{}`), piece(1, "", "", `2`),
		piece(0, "", "", `}`), piece(1, "", "", `}`), piece(0, "", "", " "), piece(2, "3", "h", ""),
	)
	const want = `start 0,"content_block":{"type":"tool_use","id":"1","name":"f","input":{}}
delta 0,"delta":{"type":"input_json_delta","partial_json":""}
delta 0,"delta":{"type":"input_json_delta","partial_json":"{\"a\":"}
delta 0,"delta":{"type":"input_json_delta","partial_json":"1"}
delta 0,"delta":{"type":"input_json_delta","partial_json":"}"}
stop 0
start 1,"content_block":{"type":"tool_use","id":"2","name":"g","input":{}}
delta 1,"delta":{"type":"input_json_delta","partial_json":""}
delta 1,"delta":{"type":"input_json_delta","partial_json":"{\"b\":2"}
delta 1,"delta":{"type":"input_json_delta","partial_json":"}"}
stop 1
start 2,"content_block":{"type":"text","text":""}
delta 2,"delta":{"type":"text_delta","text":"x"}
stop 2
start 3,"content_block":{"type":"tool_use","id":"3","name":"h","input":{}}
delta 3,"delta":{"type":"input_json_delta","partial_json":""}
delta 3,"delta":{"type":"input_json_delta","partial_json":"{}"}
stop 3
`
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("events (-want +got):\n%s", d)
	}
}

func TestArgumentsThatAreNoObjectComeAtTheEnd(t *testing.T) {
	for arguments, want := range map[string]string{
		``: `{}`, `null`: `{}`, `[1]`: `{\"INVALID_JSON\":\"[1]\"}`, `Rome`: `{\"INVALID_JSON\":\"Rome\"}`, ` {"a":1}`: ` {\"a\":1}`, `{"a`: `{\"a`,
	} {
		var events []llm.Event
		for _, b := range []byte(arguments) {
			events = append(events, piece(0, "", "", string(b)))
		}
		got := stream(append([]llm.Event{piece(0, "1", "f", "")}, events...)...)
		var all strings.Builder
		for line := range strings.SplitSeq(got, "\n") {
			_, part, _ := strings.Cut(line, `"partial_json":"`)
			all.WriteString(strings.TrimSuffix(part, `"}`))
		}
		if all.String() != want {
			t.Errorf("%q is told as %s, want %s", arguments, all.String(), want)
		}
	}
}

func TestAClientThatLeftGetsNoMore(t *testing.T) {
	frames := 0
	s := messages.NewEvents("log_1", "m", 1, func(dialect.Frame) bool { frames++; return frames < 3 })
	if s.Event(&llm.Event{Text: "x"}) || s.End(new(llm.Message), messages.Stop{Finish: llm.FinishStop}, llm.Usage{}, 1) || frames != 3 {
		t.Errorf("%d events were sent", frames)
	}
}

// client puts a stream together as Anthropic's clients do, and holds it to the order of events.
type client struct {
	t      *rapid.T
	blocks []json.Value
	open   *openBlock
	input  string
	last   string
}

type openBlock struct {
	Type      string      `json:"type"`
	Text      *string     `json:"text,omitzero"`
	Thinking  *string     `json:"thinking,omitzero"`
	Signature string      `json:"signature,omitempty"`
	Data      string      `json:"data,omitempty"`
	ID        string      `json:"id,omitempty"`
	Name      string      `json:"name,omitempty"`
	Input     *json.Value `json:"input,omitzero"`
}

func (c *client) take(f dialect.Frame) bool {
	var e struct {
		Type         string    `json:"type"`
		Index        int       `json:"index"`
		ContentBlock openBlock `json:"content_block"`
		Delta        struct {
			Text      string `json:"text"`
			Thinking  string `json:"thinking"`
			Signature string `json:"signature"`
			Input     string `json:"partial_json"`
		} `json:"delta"`
	}
	if err := json.Unmarshal(f.Data, &e); err != nil || e.Type != f.Name {
		c.t.Fatalf("%v in %s %s", err, f.Name, f.Data)
	}
	c.last = f.Name
	if !strings.HasPrefix(f.Name, "content_block_") {
		return true
	}
	if e.Index != len(c.blocks) || (f.Name == "content_block_start") != (c.open == nil) {
		c.t.Fatalf("%s is out of order", f.Data)
	}
	switch f.Name {
	case "content_block_start":
		c.open, c.input = &e.ContentBlock, ""
	case "content_block_delta":
		c.add(e.Delta.Text, e.Delta.Thinking)
		c.open.Signature += e.Delta.Signature
		c.input += e.Delta.Input
	default:
		c.stop()
	}
	return true
}

func (c *client) add(text, thinking string) {
	if c.open.Text != nil {
		*c.open.Text += text
	}
	if c.open.Thinking != nil {
		*c.open.Thinking += thinking
	}
}

func (c *client) stop() {
	if c.open.Input != nil {
		*c.open.Input = json.Value(c.input)
	}
	raw, err := json.Marshal(c.open)
	if err != nil {
		c.t.Fatal(err)
	}
	c.blocks, c.open = append(c.blocks, raw), nil
}

// TestStreamsKeepTheOrder streams an answer in its order, and sends what a client makes of it back as a turn of the assistant.
func TestStreamsKeepTheOrder(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		want := anAnswer().Draw(r, "answer")
		c := &client{t: r}
		s := messages.NewEvents("log_1", "m", 1, c.take)
		for _, e := range (&llm.Response{Message: want}).Events() {
			s.Event(&e)
		}
		s.End(&want, messages.Stop{Finish: llm.FinishStop}, llm.Usage{}, 1)
		content, err := json.Marshal(append([]json.Value{}, c.blocks...))
		if err != nil {
			r.Fatal(err)
		}
		back, err := read(t, `"messages":[{"role":"assistant","content":`+string(content)+`}]`)
		if err != nil {
			r.Fatalf("%v in %s", err, content)
		}
		if d := cmp.Diff([]llm.Message{want}, back.Request.Messages); d != "" {
			r.Errorf("%s (-want +got):\n%s", content, d)
		}
	})
}

// TestStreamsComeBack mixes the pieces of an answer, and sends what a client makes of the stream back as a turn of the assistant. Nothing is
// lost. Thinking that was interrupted comes back in several blocks.
func TestStreamsComeBack(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		want := anAnswer().Draw(r, "answer")
		for i := range want.ToolCalls {
			want.ToolCalls[i].Signature = ""
		}
		c := &client{t: r}
		s := messages.NewEvents("log_1", "m", 1, c.take)
		for _, e := range mixed(r, &want) {
			s.Event(&e)
		}
		s.End(&want, messages.Stop{Finish: llm.FinishStop}, llm.Usage{}, 1)
		if c.open != nil || c.last != "message_stop" {
			r.Fatalf("the stream ends with %s", c.last)
		}
		content, err := json.Marshal(c.blocks)
		if err != nil {
			r.Fatal(err)
		}
		back, err := read(t, `"messages":[{"role":"assistant","content":`+string(content)+`}]`)
		if err != nil {
			r.Fatalf("%v in %s", err, content)
		}
		got := back.Request.Messages[0]
		if d := cmp.Diff(gist(&want), gist(&got)); d != "" {
			r.Errorf("%s (-want +got):\n%s", content, d)
		}
	})
}

// gist is what must not be lost of a message: all texts, and all that is signed.
func gist(m *llm.Message) (out struct {
	Text, Thought, Signed, Data string
	Calls                       []llm.ToolCall
},
) {
	out.Text, out.Calls = m.Content.String(), m.ToolCalls
	for _, t := range m.Thinking {
		out.Thought += t.Thinking
		out.Signed += t.Signature
		out.Data += t.Data
	}
	return out
}

// mixed returns events that fold to m: each block in two pieces, in any order of blocks that a provider may send.
func mixed(r *rapid.T, m *llm.Message) []llm.Event {
	var blocks [][]llm.Event
	for i, b := range m.Thinking {
		if b.Type == llm.RedactedThinkingBlock {
			blocks = append(blocks, []llm.Event{thought(i, "", "", b.Data)})
			continue
		}
		blocks = append(blocks, []llm.Event{thought(i, b.Thinking, "", ""), thought(i, "", b.Signature, "")})
	}
	begun := len(blocks)
	if text := m.Content.String(); text != "" {
		blocks = append(blocks, []llm.Event{{Text: text}})
	}
	for i, c := range m.ToolCalls {
		arguments := []rune(c.Function.Arguments)
		cut := rapid.IntRange(0, len(arguments)).Draw(r, "cut")
		blocks = append(blocks, []llm.Event{piece(i, c.ID, c.Function.Name, string(arguments[:cut])), piece(i, "", "", string(arguments[cut:]))})
	}
	var out []llm.Event
	for left := true; left; {
		left = false
		for i := range blocks {
			if len(blocks[i]) == 0 {
				continue
			}
			left = true
			if i < begun || rapid.Bool().Draw(r, "now") {
				out, blocks[i] = append(out, blocks[i][0]), blocks[i][1:]
				continue
			}
			if len(blocks[i]) == 2 {
				break // what follows begins later
			}
		}
	}
	return out
}
