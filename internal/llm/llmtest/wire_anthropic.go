package llmtest

import (
	"fmt"
	"regexp"

	"github.com/openloop-server/openloop/internal/json"
)

// Anthropic returns a stand-in for the Messages API (docs.claude.com), as Anthropic and Google Vertex AI serve it.
func Anthropic() *Wire {
	return &Wire{
		Signer: "anthropic", Reason: "Hm.", Signature: "EqQBCkYIBxgCKkBYv3fVYQ", IDs: [2]string{"toolu_01A09q90qw90lq917835lq9", "toolu_01B"},
		form: form{
			rules: rules{ids: regexp.MustCompile(`^[a-zA-Z0-9_-]+$`), alternates: true, needsTools: true, needsText: true, signed: true},
			read:  readAnthropic, whole: wholeAnthropic, stream: streamAnthropic,
		},
	}
}

type anthropicBlock struct {
	Type      string           `json:"type"`
	Text      string           `json:"text"`
	Thinking  string           `json:"thinking"`
	Signature string           `json:"signature"`
	Data      string           `json:"data"`
	ID        string           `json:"id"`
	ToolUseID string           `json:"tool_use_id"`
	Content   []anthropicBlock `json:"content"`
}

func readAnthropic(body []byte) (history, error) {
	var in struct {
		Messages []listed[anthropicBlock] `json:"messages"`
		Tools    []json.Value             `json:"tools"`
	}
	if err := json.UnmarshalForeign(body, &in); err != nil {
		return history{}, err
	}
	return history{tools: len(in.Tools), turns: turnsOf(in.Messages, (*anthropicBlock).spoken)}, nil
}

func (b *anthropicBlock) spoken() spoken {
	switch b.Type {
	case "thinking":
		return spoken{kind: reason, text: b.Thinking, signature: b.Signature}
	case "redacted_thinking":
		return spoken{kind: reason, signature: b.Data}
	case "tool_use":
		return spoken{kind: call, id: b.ID}
	case "tool_result":
		p := spoken{kind: result, id: b.ToolUseID}
		for i := range b.Content {
			p.text += b.Content[i].Text
		}
		return p
	default:
		return spoken{kind: kind(b.Type), text: b.Text}
	}
}

func wholeAnthropic(w *Wire) string {
	return fmt.Sprintf(`{"type":"message","role":"assistant","model":"m","content":[{"type":"thinking","thinking":%q,"signature":%q},`+
		`{"type":"text","text":%q},{"type":"tool_use","id":%q,"name":"get_weather","input":{}},{"type":"tool_use","id":%q,"name":"now","input":{}}],`+
		`"stop_reason":"tool_use"}`, w.Reason, w.Signature, Text, w.IDs[0], w.IDs[1])
}

func streamAnthropic(w *Wire) string {
	half := len(w.Signature) / 2 // two pieces
	return sse(
		`{"type":"message_start","message":{"model":"m"}}`,
		`{"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":"","signature":""}}`,
		fmt.Sprintf(`{"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":%q}}`, w.Reason),
		fmt.Sprintf(`{"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":%q}}`, w.Signature[:half]),
		fmt.Sprintf(`{"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":%q}}`, w.Signature[half:]),
		fmt.Sprintf(`{"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":%q}}`, Text),
		fmt.Sprintf(`{"type":"content_block_start","index":2,"content_block":{"type":"tool_use","id":%q,"name":"get_weather","input":{}}}`, w.IDs[0]),
		`{"type":"content_block_stop","index":2}`,
		fmt.Sprintf(`{"type":"content_block_start","index":3,"content_block":{"type":"tool_use","id":%q,"name":"now","input":{}}}`, w.IDs[1]),
		`{"type":"content_block_stop","index":3}`,
		`{"type":"message_delta","delta":{"stop_reason":"tool_use"}}`,
		`{"type":"message_stop"}`,
	)
}
