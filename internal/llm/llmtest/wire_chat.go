package llmtest

import (
	"fmt"
	"regexp"

	"github.com/openloop-server/openloop/internal/json"
)

// Chat returns a stand-in for OpenAI's Chat Completions. Reasoning there is unsigned.
func Chat() *Wire {
	return &Wire{
		Reason: "Hm.", IDs: [2]string{"call_abc123", "call_def456"},
		form: form{
			rules: rules{ids: regexp.MustCompile(`^.{1,40}$`)},
			read:  readChat, whole: wholeChat, stream: streamChat,
		},
	}
}

// Mistral returns a stand-in for Mistral's chat. Its library mistral-common validates ids and the order of roles.
func Mistral() *Wire {
	w := Chat()
	w.IDs = [2]string{"D681PevKs", "A1b2C3d4E"}
	w.form.rules.ids = regexp.MustCompile(`^[a-zA-Z0-9]{9}$`)
	w.form.rules.alternates = true
	return w
}

// Perplexity returns a stand-in for Perplexity's chat, which has no tools.
func Perplexity() *Wire {
	w := Chat()
	w.form.rules.ids = regexp.MustCompile(`^no tools$`)
	w.form.rules.alternates = true
	return w
}

// Kimi returns a stand-in for a service that runs Kimi, whose call ids few other services accept.
func Kimi() *Wire {
	w := Chat()
	w.IDs = [2]string{"functions.get_weather:0", "functions.now:1"}
	w.form.rules.ids = nil
	return w
}

// VLLM returns a stand-in for vLLM, whose call ids are longer than OpenAI's.
func VLLM() *Wire {
	w := Chat()
	w.IDs = [2]string{"chatcmpl-tool-0123456789abcdef0123456789abcdef", "chatcmpl-tool-fedcba9876543210fedcba9876543210"}
	w.form.rules.ids = nil
	return w
}

// OpenRouter returns a stand-in for OpenRouter, whose reasoning_details are signed.
func OpenRouter() *Wire {
	w := Chat()
	w.Signer = "openrouter"
	w.Signature, w.form.rules.ids = "ErUBCkYIBxgCKkBPcGVuUm91dGVy", nil
	return w
}

type chatDetail struct {
	Signature string `json:"signature"`
	Data      string `json:"data"`
}

type chatTurn struct {
	Role      string       `json:"role"`
	Content   json.Value   `json:"content"`
	Reasoning string       `json:"reasoning"`
	Thought   string       `json:"reasoning_content"`
	Details   []chatDetail `json:"reasoning_details"`
	CallID    string       `json:"tool_call_id"`
	ToolCalls []struct {
		ID string `json:"id"`
	} `json:"tool_calls"`
}

func readChat(body []byte) (history, error) {
	var in struct {
		Messages []chatTurn   `json:"messages"`
		Tools    []json.Value `json:"tools"`
	}
	if err := json.UnmarshalForeign(body, &in); err != nil {
		return history{}, err
	}
	h := history{tools: len(in.Tools)}
	for _, m := range in.Messages {
		parts := m.spoken()
		if n := len(h.turns); m.Role == "tool" && n > 0 && h.turns[n-1].role == "tool" {
			h.turns[n-1].parts = append(h.turns[n-1].parts, parts...)
			continue
		}
		h.turns = append(h.turns, turn{role: m.Role, parts: parts})
	}
	return h, nil
}

func (m *chatTurn) spoken() []spoken {
	if m.Role == "tool" {
		return []spoken{{kind: result, id: m.CallID, text: string(m.Content)}}
	}
	var out []spoken
	if m.Reasoning+m.Thought != "" {
		out = append(out, spoken{kind: reason, text: m.Reasoning + m.Thought})
	}
	for _, d := range m.Details {
		out = append(out, spoken{kind: reason, signature: d.Signature + d.Data})
	}
	if said := string(m.Content); said != "" && said != "null" && said != `""` && said != "[]" {
		out = append(out, spoken{kind: text, text: said})
	}
	for _, c := range m.ToolCalls {
		out = append(out, spoken{kind: call, id: c.ID})
	}
	return out
}

// reasoning returns the reasoning of an answer as JSON, signed or not.
func (w *Wire) reasoning() string {
	if w.Signature == "" {
		return fmt.Sprintf(`"reasoning_content":%q`, w.Reason)
	}
	return fmt.Sprintf(`"reasoning_details":[{"type":"reasoning.text","index":0,"format":"anthropic-claude-v1","text":%q,"signature":%q}]`, w.Reason, w.Signature)
}

func wholeChat(w *Wire) string {
	return fmt.Sprintf(`{"model":"m","choices":[{"index":0,"message":{"role":"assistant",%s,"content":%q,"tool_calls":[`+
		`{"id":%q,"type":"function","function":{"name":"get_weather","arguments":"{}"}},{"id":%q,"type":"function","function":{"name":"now","arguments":"{}"}}]},`+
		`"finish_reason":"tool_calls"}]}`, w.reasoning(), Text, w.IDs[0], w.IDs[1])
}

func streamChat(w *Wire) string {
	return sse(
		fmt.Sprintf(`{"model":"m","choices":[{"index":0,"delta":{"role":"assistant",%s}}]}`, w.reasoning()),
		fmt.Sprintf(`{"model":"m","choices":[{"index":0,"delta":{"content":%q}}]}`, Text),
		fmt.Sprintf(`{"model":"m","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":%q,"type":"function","function":{"name":"get_weather","arguments":"{}"}}]}}]}`, w.IDs[0]),
		fmt.Sprintf(`{"model":"m","choices":[{"index":0,"delta":{"tool_calls":[{"index":1,"id":%q,"type":"function","function":{"name":"now","arguments":"{}"}}]}}]}`, w.IDs[1]),
		`{"model":"m","choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}`,
		`[DONE]`,
	)
}
