package openai

import (
	"testing"

	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/provider/openai/usage"
)

// TestServiceTiers reads the tier of an answer: one with the standard rates is none. Fault B15.
func TestServiceTiers(t *testing.T) {
	for member, want := range map[string]string{
		``: "", `,"service_tier":null`: "", `,"service_tier":7`: "", `,"service_tier":{}`: "", `,"service_tier":"default"`: "", `,"service_tier":"auto"`: "",
		`,"service_tier":"on_demand"`: "", `,"service_tier":"flex"`: "flex", `,"service_tier":"Priority"`: "priority", `,"service_tier":"new"`: "new",
	} {
		const usage = `"usage":{"prompt_tokens":1,"completion_tokens":1}`
		chat, err := decodeChat([]byte(`{"choices":[{"message":{"content":"hi"},"finish_reason":"stop"}],` + usage + member + `}`))
		if err != nil || chat.Usage.Tier != want {
			t.Errorf("chat with %s: %q, %v", member, chat.Usage.Tier, err)
		}
		text, err := decodeComplete([]byte(`{"choices":[{"text":"hi","finish_reason":"stop"}],` + usage + member + `}`))
		if err != nil || text.Usage.Tier != want {
			t.Errorf("completion with %s: %q, %v", member, text.Usage.Tier, err)
		}
		answer, err := decodeResponses([]byte(`{"status":"completed","output":[{"type":"message","content":[{"type":"output_text","text":"hi"}]}],` + usage + member + `}`))
		if err != nil || answer.Usage.Tier != want {
			t.Errorf("response with %s: %q, %v", member, answer.Usage.Tier, err)
		}
	}
	if got := usage.Of(nil, json.Value(`"flex"`)); got.Tier != "" {
		t.Errorf("no usage has the tier %q", got.Tier)
	}
}
