package llmtest

import (
	"fmt"
	"regexp"

	"github.com/openloop-server/openloop/internal/json"
)

// Responses returns a stand-in for OpenAI's Responses, as served by OpenAI or by another signer that encrypts reasoning with its own key.
func Responses(signer, encrypted string) *Wire {
	return &Wire{
		Signer: signer, Reason: "Hm.", Signature: encrypted, IDs: [2]string{"call_abc123", "call_def456"},
		form: form{
			rules: rules{ids: regexp.MustCompile(`^.{1,64}$`), signed: true},
			read:  readResponses, whole: wholeResponses, stream: streamResponses,
		},
	}
}

func readResponses(body []byte) (history, error) {
	var in struct {
		Input []struct {
			Type      string     `json:"type"`
			Role      string     `json:"role"`
			Content   json.Value `json:"content"`
			Encrypted string     `json:"encrypted_content"`
			CallID    string     `json:"call_id"`
			Output    json.Value `json:"output"`
		} `json:"input"`
	}
	if err := json.UnmarshalForeign(body, &in); err != nil {
		return history{}, err
	}
	var h history
	for _, i := range in.Input {
		role, p := i.Role, spoken{kind: text, text: string(i.Content)}
		switch i.Type {
		case "reasoning":
			role, p = "assistant", spoken{kind: reason, signature: i.Encrypted}
		case "function_call":
			role, p = "assistant", spoken{kind: call, id: i.CallID}
		case "function_call_output":
			role, p = "tool", spoken{kind: result, id: i.CallID, text: string(i.Output)}
		}
		if n := len(h.turns); n > 0 && h.turns[n-1].role == role {
			h.turns[n-1].parts = append(h.turns[n-1].parts, p)
		} else {
			h.turns = append(h.turns, turn{role: role, parts: []spoken{p}})
		}
	}
	return h, nil
}

func (w *Wire) items() [4]string {
	return [...]string{
		fmt.Sprintf(`{"type":"reasoning","id":"rs_1","summary":[{"type":"summary_text","text":%q}],"encrypted_content":%q}`, w.Reason, w.Signature),
		fmt.Sprintf(`{"type":"message","id":"msg_1","role":"assistant","content":[{"type":"output_text","text":%q}]}`, Text),
		fmt.Sprintf(`{"type":"function_call","id":"fc_1","call_id":%q,"name":"get_weather","arguments":"{}"}`, w.IDs[0]),
		fmt.Sprintf(`{"type":"function_call","id":"fc_2","call_id":%q,"name":"now","arguments":"{}"}`, w.IDs[1]),
	}
}

func wholeResponses(w *Wire) string {
	i := w.items()
	return `{"model":"m","status":"completed","output":[` + i[0] + "," + i[1] + "," + i[2] + "," + i[3] + `]}`
}

func streamResponses(w *Wire) string {
	i := w.items()
	return sse(
		`{"type":"response.created","response":{"model":"m"}}`,
		fmt.Sprintf(`{"type":"response.reasoning_summary_text.delta","output_index":0,"summary_index":0,"delta":%q}`, w.Reason),
		`{"type":"response.output_item.done","output_index":0,"item":`+i[0]+`}`,
		fmt.Sprintf(`{"type":"response.output_text.delta","output_index":1,"content_index":0,"delta":%q}`, Text),
		`{"type":"response.output_item.done","output_index":1,"item":`+i[1]+`}`,
		`{"type":"response.output_item.done","output_index":2,"item":`+i[2]+`}`,
		`{"type":"response.output_item.done","output_index":3,"item":`+i[3]+`}`,
		`{"type":"response.completed","response":`+wholeResponses(w)+`}`,
	)
}
