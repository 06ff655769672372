package llmtest

import (
	"fmt"
	"regexp"

	"github.com/openloop-server/openloop/internal/json"
)

// Nova returns a stand-in for a model on Amazon Bedrock that is not Claude. Today no such model signs its reasoning, but this stand-in does.
func Nova() *Wire {
	w := Bedrock()
	w.Model, w.Signer, w.Signature = "amazon.nova-2-lite-v1:0", "", "bm92YQ=="
	w.form.rules.needsResult = true
	return w
}

// Bedrock returns a stand-in for Amazon Bedrock's Converse API (docs.aws.amazon.com/bedrock) with Claude.
func Bedrock() *Wire {
	return &Wire{
		Signer: "anthropic", Reason: "Hm.", Signature: "EqQBCkYIBxgCKkBCZWRyb2NrIQ", IDs: [2]string{"tooluse_kZJMlvQmRJ6eAyJE5GIl7Q", "tooluse_2"},
		form: form{
			rules: rules{
				ids:        regexp.MustCompile(`^[a-zA-Z0-9_-]{1,64}$`),
				alternates: true, needsTools: true, needsText: true, signed: true,
			},
			read: readBedrock, whole: wholeBedrock, stream: streamBedrock, frames: true,
		},
	}
}

type bedrockBlock struct {
	Text    *string `json:"text"`
	ToolUse *struct {
		ID string `json:"toolUseId"`
	} `json:"toolUse"`
	ToolResult *struct {
		ID      string         `json:"toolUseId"`
		Content []bedrockBlock `json:"content"`
	} `json:"toolResult"`
	Reasoning *struct {
		Text struct {
			Text      string `json:"text"`
			Signature string `json:"signature"`
		} `json:"reasoningText"`
		Redacted string `json:"redactedContent"`
	} `json:"reasoningContent"`
}

func readBedrock(body []byte) (history, error) {
	var in struct {
		Messages   []listed[bedrockBlock] `json:"messages"`
		ToolConfig struct {
			Tools []json.Value `json:"tools"`
		} `json:"toolConfig"`
	}
	if err := json.UnmarshalForeign(body, &in); err != nil {
		return history{}, err
	}
	return history{tools: len(in.ToolConfig.Tools), turns: turnsOf(in.Messages, (*bedrockBlock).spoken)}, nil
}

func (b *bedrockBlock) spoken() spoken {
	switch {
	case b.Text != nil:
		return spoken{kind: text, text: *b.Text}
	case b.Reasoning != nil:
		return spoken{kind: reason, text: b.Reasoning.Text.Text, signature: b.Reasoning.Text.Signature + b.Reasoning.Redacted}
	case b.ToolUse != nil:
		return spoken{kind: call, id: b.ToolUse.ID}
	case b.ToolResult != nil:
		p := spoken{kind: result, id: b.ToolResult.ID}
		for i := range b.ToolResult.Content {
			p.text += b.ToolResult.Content[i].spoken().text
		}
		return p
	default:
		return spoken{kind: image}
	}
}

func wholeBedrock(w *Wire) string {
	return fmt.Sprintf(`{"output":{"message":{"role":"assistant","content":[{"reasoningContent":{"reasoningText":{"text":%q,"signature":%q}}},`+
		`{"text":%q},{"toolUse":{"toolUseId":%q,"name":"get_weather","input":{}}},{"toolUse":{"toolUseId":%q,"name":"now","input":{}}}]}},`+
		`"stopReason":"tool_use"}`, w.Reason, w.Signature, Text, w.IDs[0], w.IDs[1])
}

func streamBedrock(w *Wire) string {
	half := len(w.Signature) / 2 // two pieces
	return fmt.Sprintf(`messageStart {"role":"assistant"}
contentBlockDelta {"contentBlockIndex":0,"delta":{"reasoningContent":{"text":%q}}}
contentBlockDelta {"contentBlockIndex":0,"delta":{"reasoningContent":{"signature":%q}}}
contentBlockDelta {"contentBlockIndex":0,"delta":{"reasoningContent":{"signature":%q}}}
contentBlockDelta {"contentBlockIndex":1,"delta":{"text":%q}}
contentBlockStart {"contentBlockIndex":2,"start":{"toolUse":{"toolUseId":%q,"name":"get_weather"}}}
contentBlockStop {"contentBlockIndex":2}
contentBlockStart {"contentBlockIndex":3,"start":{"toolUse":{"toolUseId":%q,"name":"now"}}}
contentBlockStop {"contentBlockIndex":3}
messageStop {"stopReason":"tool_use"}
metadata {"usage":{"inputTokens":1,"outputTokens":1}}
`, w.Reason, w.Signature[:half], w.Signature[half:], Text, w.IDs[0], w.IDs[1])
}
