package llmtest

import (
	"fmt"

	"github.com/openloop-server/openloop/internal/json"
)

// SkipSignature is the value that Google documents as the signature of a function call that Gemini did not make itself.
const SkipSignature = "skip_thought_signature_validator"

// Gemini returns a stand-in for Google's generateContent (ai.google.dev) with a model that demands signatures. ids says whether calls have
// ids: they do on the Gemini API, but not on Vertex AI.
func Gemini(ids bool) *Wire {
	w := &Wire{
		Model: "gemini-3-pro-preview", Signer: "google", Reason: "Hm.", Signature: "EpwICpkIAXLI2nxlU6gsWZaZHRYkX1orzuM8vSUF", CallSignature: "CiQBvj72+6HI8+eJU+HjXyUghM3M",
		form: form{
			rules: rules{alternates: true, needsText: true, firstSigned: true, ordered: true},
			read:  readGemini, whole: wholeGemini, stream: func(w *Wire) string { return sse(wholeGemini(w)) },
		},
	}
	if w.form.rules.noIDs = !ids; ids {
		w.IDs = [2]string{"fc-1", "fc-2"}
	}
	return w
}

type geminiFunction struct {
	ID       string     `json:"id,omitzero"`
	Name     string     `json:"name"`
	Response json.Value `json:"response,omitzero"`
}

type geminiPart struct {
	Text             *string         `json:"text"`
	Thought          bool            `json:"thought"`
	ThoughtSignature string          `json:"thoughtSignature"`
	FunctionCall     *geminiFunction `json:"functionCall"`
	FunctionResponse *geminiFunction `json:"functionResponse"`
}

func readGemini(body []byte) (history, error) {
	var in struct {
		Contents []listed[geminiPart] `json:"contents"`
	}
	if err := json.UnmarshalForeign(body, &in); err != nil {
		return history{}, err
	}
	return history{turns: turnsOf(in.Contents, (*geminiPart).spoken)}, nil
}

// spoken identifies calls and results by id and function name together.
func (p *geminiPart) spoken() spoken {
	switch {
	case p.FunctionCall != nil:
		return spoken{kind: call, id: p.FunctionCall.ID + p.FunctionCall.Name, signature: p.ThoughtSignature}
	case p.FunctionResponse != nil:
		return spoken{kind: result, id: p.FunctionResponse.ID + p.FunctionResponse.Name, text: string(p.FunctionResponse.Response)}
	case p.Text == nil:
		return spoken{kind: image}
	case p.Thought:
		return spoken{kind: reason, text: *p.Text, signature: p.ThoughtSignature}
	default:
		return spoken{kind: text, text: *p.Text, signature: p.ThoughtSignature}
	}
}

func wholeGemini(w *Wire) string {
	first, _ := json.Marshal(geminiFunction{ID: w.IDs[0], Name: "get_weather"})
	second, _ := json.Marshal(geminiFunction{ID: w.IDs[1], Name: "now"})
	return fmt.Sprintf(`{"responseId":"r1","candidates":[{"content":{"role":"model","parts":[{"text":%q,"thought":true},`+
		`{"text":%q,"thoughtSignature":%q},{"functionCall":%s,"thoughtSignature":%q},{"functionCall":%s}]},"finishReason":"STOP"}]}`,
		w.Reason, Text, w.Signature, first, w.CallSignature, second)
}
