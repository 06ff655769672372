package llm_test

import (
	"testing"

	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
)

// Fault E: schemathesis. TestEmptyPartsKeepTheirMembers states that an empty part keeps the members that the API's schemas require.
func TestEmptyPartsKeepTheirMembers(t *testing.T) {
	for want, v := range map[string]any{
		`{"type":"text","text":""}`:                          llm.Part{Type: llm.TextPart},
		`{"type":"text","text":"a"}`:                         llm.Part{Type: llm.TextPart, Text: "a"},
		`{"type":"image_url","image_url":{"url":"u"}}`:       llm.Part{Type: llm.ImagePart, ImageURL: &llm.ImageURL{URL: "u"}},
		`{"type":"thinking","thinking":"","signature":""}`:   llm.Thinking{Type: llm.ThinkingBlock},
		`{"type":"thinking","thinking":"a","signature":"b"}`: llm.Thinking{Type: llm.ThinkingBlock, Thinking: "a", Signature: "b"},
		`{"type":"redacted_thinking","data":""}`:             llm.Thinking{Type: llm.RedactedThinkingBlock},
	} {
		if got, err := json.Marshal(v); err != nil || string(got) != want {
			t.Errorf("%+v is %s, %v, want %s", v, got, err, want)
		}
	}
}
