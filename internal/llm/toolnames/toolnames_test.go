package toolnames_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/llm/toolnames"
)

var rule = toolnames.Rule{Max: 64, Letter: true, Also: ":"}

func request(names ...string) *llm.Request {
	r := new(llm.Request)
	for _, name := range names {
		r.Tools = append(r.Tools, llm.Tool{Name: name})
	}
	return r
}

func TestNamesThatTheWireTakesStay(t *testing.T) {
	r := request("add", "a-b_C9", "_x:y", strings.Repeat("a", 64))
	if n := rule.Of(r); n != nil {
		t.Errorf("%v", n)
	}
}

// TestRequest states that a function has its other name wherever a request mentions it, and that r keeps its own.
func TestRequest(t *testing.T) {
	mentions := func(name string) *llm.Request {
		r := request("add", name)
		r.ToolChoice = llm.ToolChoice{Mode: llm.ToolsFunction, Function: name}
		r.Messages = []llm.Message{
			{Role: llm.User, Name: "files.read"}, // a person
			{Role: llm.Assistant, ToolCalls: []llm.ToolCall{llm.CallOf("1", name, "{}")}},
			{Role: llm.ToolRole, Name: name, ToolCallID: "1"},
		}
		return r
	}
	r := mentions("files.read")
	got := rule.Of(r).Request(r)
	if d := cmp.Diff(mentions("files_read_601e4eb6"), got); d != "" {
		t.Errorf("sent (-want +got):\n%s", d)
	}
	if d := cmp.Diff(mentions("files.read"), r); d != "" {
		t.Errorf("r (-want +got):\n%s", d)
	}
}

// TestAnyNames draws names: each that goes out is taken by the wire, differs from the others, and comes back as the own one.
func TestAnyNames(t *testing.T) {
	taken := regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_:-]{0,63}$`)
	rapid.Check(t, func(t *rapid.T) {
		names := rapid.SliceOfDistinct(rapid.OneOf(rapid.StringMatching(`[a-z.:/-]{1,90}`), rapid.StringN(1, 8, 80)), func(s string) string { return s }).Draw(t, "names")
		r := request(names...)
		n := rule.Of(r)
		sent, seen := n.Request(r), map[string]bool{}
		for i, tool := range sent.Tools {
			if !taken.MatchString(tool.Name) || seen[tool.Name] {
				t.Errorf("%q went out as %q", names[i], tool.Name)
			}
			seen[tool.Name] = true
			m := llm.Message{ToolCalls: []llm.ToolCall{llm.CallOf("1", tool.Name, "{}")}}
			n.Answer(&m)
			var streamed string
			n.Events(func(e llm.Event, _ error) bool { streamed = e.ToolCall.Name; return true })(llm.Event{ToolCall: &llm.ToolCallDelta{Name: tool.Name}}, nil)
			if m.ToolCalls[0].Function.Name != names[i] || streamed != names[i] {
				t.Errorf("%q came back as %q and %q", names[i], m.ToolCalls[0].Function.Name, streamed)
			}
		}
	})
}
