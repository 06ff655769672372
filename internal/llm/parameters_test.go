package llm_test

import (
	"strings"
	"testing"

	"github.com/openloop-server/openloop/internal/llm"
)

func TestParameters(t *testing.T) {
	for want, can := range map[string]llm.Abilities{
		"max_tokens other temperature top_p":                                     {Chat: true},
		"max_tokens other suffix temperature top_p":                              {Suffix: true},
		"max_tokens other temperature tool_choice tools top_p":                   {Tools: true},
		"max_tokens other temperature tool_choice tools top_p user":              {Tools: true, FreeTools: true, User: true},
		"max_tokens other response_format temperature top_p":                     {JSONSchema: true},
		"logprobs max_tokens other reasoning_effort seed stop temperature top_p": {LogProbs: true, Seed: true, Stop: true, Effort: true},
		"frequency_penalty max_tokens other presence_penalty temperature top_p":  {Penalties: true},
		"max_tokens other reasoning_effort response_format temperature top_p":    {JSONObject: true, Effort: true, EffortBudget: true},
	} {
		if got := strings.Join(can.Parameters(), " "); got != want {
			t.Errorf("%+v takes %s, want %s", can, got, want)
		}
	}
}
