package llm_test

import (
	"testing"

	"github.com/openloop-server/openloop/internal/llm"
)

// Fault B6: callers get one of four words, whichever word the provider uses for the end of an answer.
func TestFinishOf(t *testing.T) {
	for word, want := range map[string]llm.FinishReason{
		"": "", "stop": llm.FinishStop, "STOP": llm.FinishStop, "eos": llm.FinishStop, "eos_token": llm.FinishStop, "end_turn": llm.FinishStop,
		"stop_sequence": llm.FinishStop, "COMPLETE": llm.FinishStop,
		"length": llm.FinishLength, "model_length": llm.FinishLength, "MAX_TOKENS": llm.FinishLength, "max_output_tokens": llm.FinishLength,
		"model_context_window_exceeded": llm.FinishLength,
		"tool_calls":                    llm.FinishToolCalls, "tool-calls": llm.FinishToolCalls, "tool_use": llm.FinishToolCalls, "TOOL_CALL": llm.FinishToolCalls,
		"function_call": llm.FinishToolCalls,
		"SAFETY":        llm.FinishContentFilter, "RECITATION": llm.FinishContentFilter, "sensitive": llm.FinishContentFilter, "refusal": llm.FinishContentFilter,
		"content_filter: PROHIBITED_CONTENT": llm.FinishContentFilter,
		"compaction":                         "compaction", "pause_turn": "pause_turn", "insufficient_system_resource": "insufficient_system_resource", "OTHER": "OTHER", "a: b": "a: b",
	} {
		if got := llm.FinishOf(word); got != want {
			t.Errorf("FinishOf(%q) = %q, want %q", word, got, want)
		}
	}
}
