package llm_test

import (
	"regexp"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
)

var madeUp = regexp.MustCompile(`^call_[A-Z2-7]{26}$`)

// mended returns the events as a Mender tells them. Ids that it makes up are written "made up".
func mended(events ...llm.Event) []llm.Event {
	var d llm.Mender
	var out []llm.Event
	for i := range events {
		e := &events[i]
		d.Event(e)
		if e.Output() {
			out = append(out, *e)
		}
	}
	out = append(out, d.Rest()...)
	for _, e := range out {
		if e.ToolCall != nil && madeUp.MatchString(e.ToolCall.ID) {
			e.ToolCall.ID = "made up"
		}
	}
	return append(out, d.Rest()...)
}

func cut(t *testing.T) (first, second string) {
	t.Helper()
	if json.UnmarshalPiece([]byte(`"\ud83d"`), &first) != nil || json.UnmarshalPiece([]byte(`"\ude00"`), &second) != nil {
		t.Fatal("no strings")
	}
	return first, second
}

// Fault B9: a stream carries whole characters, in each channel by itself.
func TestMenderJoinsHalves(t *testing.T) {
	a, b := cut(t)
	thought := func(index int, text string) llm.Event {
		return llm.Event{Thinking: llm.ThinkingDelta{Index: index, Text: text}}
	}
	for name, test := range map[string]struct{ events, want []llm.Event }{
		"text":               {[]llm.Event{{Text: "x" + a}, {Text: b + "y"}}, []llm.Event{{Text: "x"}, {Text: "😀y"}}},
		"nothing but a half": {[]llm.Event{{Text: a}, {Text: b}}, []llm.Event{{Text: "😀"}}},
		"other channels in between": {
			[]llm.Event{{Text: a}, thought(0, a), call(0, "c", "f", `"`+a), {Text: b}, thought(0, b), call(0, "", "", b+`"`)},
			[]llm.Event{call(0, "c", "f", `"`), {Text: "😀"}, thought(0, "😀"), call(0, "", "", `😀"`)},
		},
		"alone":            {[]llm.Event{{Text: "x" + a}, {Text: "y"}}, []llm.Event{{Text: "x"}, {Text: "\ufffdy"}}},
		"alone at the end": {[]llm.Event{{Text: "x" + a}}, []llm.Event{{Text: "x"}, {Text: "\ufffd"}}},
		"second alone":     {[]llm.Event{{Text: b + "x"}}, []llm.Event{{Text: "\ufffdx"}}},
	} {
		t.Run(name, func(t *testing.T) {
			if d := cmp.Diff(test.want, mended(test.events...)); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}

// Fault B4: each call of a stream has a unique id. Fault B5: each call has arguments.
func TestMenderCompletesCalls(t *testing.T) {
	for name, test := range map[string]struct{ events, want []llm.Event }{
		"whole":             {[]llm.Event{call(0, "c", "f", "{}")}, []llm.Event{call(0, "c", "f", "{}")}},
		"no id":             {[]llm.Event{call(0, "", "f", "{}")}, []llm.Event{call(0, "", "f", "{}"), call(0, "made up", "", "")}},
		"id later":          {[]llm.Event{call(0, "", "f", "{"), call(0, "c", "", "}")}, []llm.Event{call(0, "", "f", "{"), call(0, "c", "", "}")}},
		"the same id twice": {[]llm.Event{call(0, "c", "f", "{}"), call(1, "c", "f", "{}")}, []llm.Event{call(0, "c", "f", "{}"), call(1, "c_2", "f", "{}")}},
		"no arguments":      {[]llm.Event{call(0, "c", "f", "")}, []llm.Event{call(0, "c", "f", ""), call(0, "", "", "{}")}},
		"neither":           {[]llm.Event{call(0, "", "f", " ")}, []llm.Event{call(0, "", "f", " "), call(0, "made up", "", "{}")}},
	} {
		t.Run(name, func(t *testing.T) {
			if d := cmp.Diff(test.want, mended(test.events...)); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}

func TestMendMessage(t *testing.T) {
	a, b := cut(t)
	m := llm.Message{
		Content: llm.Text(a + b + a), Thinking: []llm.Thinking{{Thinking: a + b}},
		ToolCalls: []llm.ToolCall{
			{Function: llm.FunctionCall{Name: "f"}}, {ID: "c", Function: llm.FunctionCall{Arguments: `"` + a + b + `"`}}, {ID: "c", Function: llm.FunctionCall{Arguments: "{}"}},
		},
	}
	m.Mend()
	if !madeUp.MatchString(m.ToolCalls[0].ID) {
		t.Errorf("the id is %q", m.ToolCalls[0].ID)
	}
	m.ToolCalls[0].ID = "made up"
	want := llm.Message{
		Content: llm.Text("😀\ufffd"), Thinking: []llm.Thinking{{Thinking: "😀"}},
		ToolCalls: []llm.ToolCall{
			{ID: "made up", Function: llm.FunctionCall{Name: "f", Arguments: "{}"}}, {ID: "c", Function: llm.FunctionCall{Arguments: `"😀"`}},
			{ID: "c_2", Function: llm.FunctionCall{Arguments: "{}"}},
		},
	}
	if d := cmp.Diff(want, m); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}
