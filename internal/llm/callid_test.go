package llm_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/llm"
)

// chatOf builds a chat from calls ("call a") and results ("a", or "name a" for a result that names its function).
func chatOf(said ...string) []llm.Message {
	var out []llm.Message
	for _, s := range said {
		if ids, ok := strings.CutPrefix(s, "call "); ok {
			m := llm.Message{Role: llm.Assistant}
			for id := range strings.SplitSeq(ids, ",") {
				m.ToolCalls = append(m.ToolCalls, llm.ToolCall{ID: id, Type: "function", Function: llm.FunctionCall{Name: "f" + id}})
			}
			out = append(out, m)
		} else if text, ok := strings.CutPrefix(s, "user "); ok {
			out = append(out, llm.Message{Role: llm.User, Content: llm.Text(text)})
		} else {
			out = append(out, llm.Message{Role: llm.ToolRole, ToolCallID: s})
		}
	}
	return out
}

// idsOf writes the ids of a chat in the notation that chatOf reads.
func idsOf(chat []llm.Message) []string {
	var out []string
	for _, m := range chat {
		switch m.Role {
		case llm.Assistant:
			var ids []string
			for _, c := range m.ToolCalls {
				ids = append(ids, c.ID)
			}
			out = append(out, "call "+strings.Join(ids, ","))
		case llm.User:
			out = append(out, "user "+m.Content.Text)
		default:
			out = append(out, m.ToolCallID)
		}
	}
	return out
}

// TestRename states which ids calls and results have on the wire.
//
// Fault A2: ids of calls that a wire refuses.
func TestRename(t *testing.T) {
	words := llm.CallIDs{Words: true, Max: 64}
	const made = "made" // stands for the id that replaces functions.f:0
	mapped := words.Rename(chatOf("call functions.f:0"))[0].ToolCalls[0].ID
	if !regexp.MustCompile(`^call_[0-9a-f]{32}$`).MatchString(mapped) {
		t.Fatalf("functions.f:0 is %q", mapped)
	}
	second := words.Rename(chatOf("call a", "a", "call a"))[2].ToolCalls[0].ID
	for name, c := range map[string]struct{ chat, want []string }{
		"what fits stays":               {[]string{"call a_-9", "a_-9"}, []string{"call a_-9", "a_-9"}},
		"call and result alike":         {[]string{"call functions.f:0,b", "b", "functions.f:0"}, []string{"call " + made + ",b", made, "b"}},
		"an id that one was mapped to":  {[]string{"call " + made, made, "call functions.f:0", "functions.f:0"}, []string{"call " + made, made, "call other", "other"}},
		"an id of an earlier turn":      {[]string{"call a", "a", "call a", "a"}, []string{"call a", "a", "call again", "again"}},
		"results behind their calls":    {[]string{"call a,b", "b", "user Wait.", "a"}, []string{"call a,b", "a", "b", "user Wait."}},
		"calls in neighbouring answers": {[]string{"call a", "call b", "b", "a"}, []string{"call a,b", "a", "b"}},
		"a result without a call":       {[]string{"x", "call a"}, []string{"x", "call a"}},
		"a call without a result":       {[]string{"call a", "user Well?"}, []string{"call a", "user Well?"}},
	} {
		t.Run(name, func(t *testing.T) {
			chat := chatOf(c.chat...)
			for i := range chat {
				for j := range chat[i].ToolCalls {
					if chat[i].ToolCalls[j].ID == made {
						chat[i].ToolCalls[j].ID = mapped
					}
				}
				if chat[i].ToolCallID == made {
					chat[i].ToolCallID = mapped
				}
			}
			before := idsOf(chat)
			got := strings.Join(idsOf(words.Rename(chat)), " ")
			other := words.Rename(chatOf("call "+mapped, "call functions.f:0"))[0].ToolCalls[1].ID
			got = strings.NewReplacer(mapped, made, other, "other", second, "again").Replace(got)
			if d := cmp.Diff(strings.Join(c.want, " "), got); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
			if d := cmp.Diff(before, idsOf(chat)); d != "" {
				t.Errorf("the chat itself was changed:\n%s", d)
			}
		})
	}
}

// TestRenameFits states that every wire gets acceptable, unique ids, and that they stay the same as the chat grows.
func TestRenameFits(t *testing.T) {
	long := strings.Repeat("y", 70)
	chat := chatOf("call functions.get_weather:0,"+long+",ab,é", "ab", "é", long, "functions.get_weather:0", "user And?", "call ab,,", "ab", "", "")
	for pattern, wire := range map[string]llm.CallIDs{
		`^.+$`:                    {},
		`^[a-zA-Z0-9_-]+$`:        {Words: true},
		`^[a-zA-Z0-9_-]{1,64}$`:   {Words: true, Max: 64},
		`^.{1,40}$`:               {Max: 40},
		`^[a-zA-Z0-9]{9}$`:        {Exact: 9},
		`^[a-zA-Z0-9]{9}$|^never`: {Exact: 9, Words: true},
	} {
		got := wire.Rename(chat)
		seen := map[string]bool{}
		for i, m := range got {
			for j, c := range m.ToolCalls {
				if !regexp.MustCompile(pattern).MatchString(c.ID) || seen[c.ID] {
					t.Errorf("%+v: the id %q", wire, c.ID)
				}
				seen[c.ID] = true
				if result := got[i+1+j]; result.ToolCallID != c.ID {
					t.Errorf("%+v: the call %q is answered by %q", wire, c.ID, result.ToolCallID)
				}
			}
		}
		begun := wire.Rename(chat[:6])
		if d := cmp.Diff(idsOf(begun), idsOf(got)[:len(begun)]); d != "" {
			t.Errorf("%+v: the chat that went on (-before +now):\n%s", wire, d)
		}
	}
}
