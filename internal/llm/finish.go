package llm

import "strings"

// finishes lists the words that providers use for the reason why a model stopped, in lower case.
var finishes = map[FinishReason][]string{
	FinishStop: {
		"stop", "stopped", "stop_token", "stop_sequence", "stop_sequences", "stop_string", "eos", "eos_token", "eos_found", "eosfound", "end_of_text",
		"end_turn", "end_of_turn", "end", "complete", "completed", "finished", "normal", "reason_stop",
	},
	FinishLength: {
		"length", "max_length", "model_length", "max_tokens", "max_new_tokens", "max_output_tokens", "max_completion_tokens", "token_limit",
		"length_limit", "length_capped", "context_length", "max_context_length", "model_context_window_exceeded", "context_window_exceeded",
		"context_length_exceeded", "reason_max_len", "reason_max_context",
	},
	FinishToolCalls: {
		"tool_calls", "tool_call", "tool_use", "tools", "function_call", "function_calls", "function_calling", "reason_tool_calls",
	},
	FinishContentFilter: {
		"content_filter", "content_filtered", "content_filter_result", "filtered", "filter", "safety", "recitation", "blocklist", "prohibited_content",
		"spii", "model_armor", "image_safety", "image_prohibited_content", "image_recitation", "guardrail_intervened", "guardrails", "moderation",
		"sensitive", "refusal", "error_toxic", "blocked",
	},
}

var finishWords = func() map[string]FinishReason {
	out := map[string]FinishReason{}
	for reason, words := range finishes {
		for _, w := range words {
			out[w] = reason
		}
	}
	return out
}()

var joinWords = strings.NewReplacer("-", "_", " ", "_")

// FinishOf maps a provider's word to the portable finish reason. Case does not matter, and no word means different things to two providers. On
// OpenAI's wire format Gemini appends its own word to OpenAI's ("content_filter: SAFETY"). A word without a portable reason is returned as it is.
func FinishOf(word string) FinishReason {
	if reason, ok := finishWords[word]; ok || word == "" { // the usual case
		return reason
	}
	name := joinWords.Replace(strings.ToLower(strings.TrimSpace(word)))
	if reason, ok := finishWords[name]; ok {
		return reason
	}
	if kind, _, ok := strings.Cut(name, ":"); ok {
		if reason, ok := finishWords[kind]; ok {
			return reason
		}
	}
	return FinishReason(word)
}

// Filtered reports whether a provider's word says that a safety system ended the answer.
func Filtered(word string) bool { return FinishOf(word) == FinishContentFilter }
