package failure_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/errs"
)

// outcome is what a test compares of a failure. Its zero value is a success.
type outcome struct {
	Reason  errs.Reason
	Code    string
	Message string
}

func outcomeOf(e *errs.Error) outcome {
	if e == nil {
		return outcome{}
	}
	return outcome{e.Reason, e.ProviderCode, e.Message}
}

func TestSuccess(t *testing.T) {
	malformed := func(what string) outcome {
		return outcome{errs.MalformedProviderResponse, "", "Google Gemini returned HTTP 200 with " + what}
	}
	blocked := func(code string) outcome {
		return outcome{errs.ContentFiltered, code, "Google Gemini blocked this call: " + code}
	}
	unusable := func(code string) outcome {
		return outcome{errs.ModelOutputInvalid, code, "Google Gemini ended the answer because the model's tool call is unusable: " + code}
	}
	cases := []struct {
		name, body string
		want       outcome
	}{
		// successes
		{"error null", `{"id":"r","object":"response","error":null,"output":[{"type":"message","content":[{"type":"output_text","text":"Hi"}]}]}`, outcome{}},
		{"error false", `{"error":false,"choices":[{"message":{"content":"Hi"}}]}`, outcome{}},
		{"error empty", `{"error":"","output":["Hi"],"id":"p","status":"succeeded"}`, outcome{}},
		{"model wrote an error", `{"choices":[{"message":{"content":"{\"error\":{\"message\":\"m\"}}"},"finish_reason":"stop"}]}`, outcome{}},
		{"model wrote an error, Ollama", `{"model":"x","response":"{\"error\":\"m\"}","done":true}`, outcome{}},
		{"tool failed at the provider", `{"type":"message","content":[{"type":"web_fetch_tool_result","content":{"type":"web_fetch_tool_result_error","error_code":"unavailable"}}]}`, outcome{}},
		{"call of a tool named error", `{"choices":[{"message":{"tool_calls":[{"function":{"name":"error","arguments":"{\"error\":{}}"}}]}}]}`, outcome{}},
		{"SAFETY with parts is cut short", `{"candidates":[{"content":{"parts":[{"text":"Hi"}]},"finishReason":"SAFETY"}]}`, outcome{}},
		{"SAFETY with a function call", `{"candidates":[{"content":{"parts":[{"functionCall":{}}]},"finishReason":"SAFETY"}]}`, outcome{}},
		{"MAX_TOKENS without parts", `{"candidates":[{"content":{},"finishReason":"MAX_TOKENS"}]}`, outcome{}},
		{"block reason beside candidates", `{"promptFeedback":{"blockReason":"OTHER"},"candidates":[{"content":{"parts":[{"text":"Hi"}]}}]}`, outcome{}},
		{"feedback without a block", `{"promptFeedback":{"safetyRatings":[]},"candidates":[]}`, outcome{}},
		{"content_filter with content", `{"choices":[{"message":{"content":"Hi"},"finish_reason":"content_filter"}]}`, outcome{}},
		{"content_filter with a tool call", `{"choices":[{"message":{"content":null,"tool_calls":[{}]},"finish_reason":"content_filter"}]}`, outcome{}},
		{"completion with content_filter", `{"choices":[{"text":"Hi","finish_reason":"content_filter"}]}`, outcome{}},
		{"incomplete by tokens", `{"object":"response","status":"incomplete","incomplete_details":{"reason":"max_output_tokens"},"output":[],"error":null}`, outcome{}},
		{"incomplete by filter after output", `{"object":"response","incomplete_details":{"reason":"content_filter"},"output":[{"type":"message","content":[{"type":"output_text","text":"Hi"}]}],"error":null}`, outcome{}},
		{"prediction that runs", `{"id":"p","status":"starting","output":null,"error":null}`, outcome{}},
		{"refusal", `{"type":"message","content":[],"stop_reason":"refusal"}`, outcome{}},
		{"array of chunks", `[{"candidates":[{"content":{"parts":[{"text":"Hi"}]}}]},{"candidates":[]}]`, outcome{}},
		{"embeddings", `{"object":"list","data":[]}`, outcome{}},
		{"Converse", `{"output":{"message":{"role":"assistant","content":[{"text":"Hi"}]}},"stopReason":"end_turn"}`, outcome{}},
		{"large answer", `{"choices":[{"message":{"content":"` + strings.Repeat("word ", 100000) + `"}}]}`, outcome{}},
		{"blank lines before", "\n\n\n" + `{"choices":[]}`, outcome{}},

		// errors inside
		{"object", `{"error":{"code":"rate_limit_exceeded","message":"m"}}`, outcome{errs.RateLimited, "rate_limit_exceeded", "m"}},
		{"beside choices", `{"choices":[],"error":{"code":502,"message":"m"}}`, outcome{errs.ProviderUnreachable, "", "m"}},
		{"string", `{"error":"model 'x' not found"}`, outcome{errs.ModelNotFound, "", "model 'x' not found"}},
		{"true", `{"error":true,"message":"m"}`, outcome{errs.ProviderInternal, "", "m"}},
		{"flat", `{"object":"error","message":"m","type":"BadRequestError","code":40303}`, outcome{errs.InvalidRequest, "40303", "m"}},
		{"Anthropic's", `{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}`, outcome{errs.Overloaded, "overloaded_error", "Overloaded"}},
		{"in an array", `[{"candidates":[{"content":{"parts":[{"text":"Hi"}]}}]},{"error":{"code":503,"message":"m","status":"UNAVAILABLE"}}]`, outcome{errs.Overloaded, "UNAVAILABLE", "m"}},
		{"in a choice", `{"id":"gen-1","choices":[{"error":{"code":429,"message":"m","metadata":{"error_type":"x"}},"finish_reason":"error"}]}`, outcome{errs.RateLimited, "", "m"}},
		{"Response that failed", `{"object":"response","status":"failed","error":{"code":"server_error","message":"m"},"output":[]}`, outcome{errs.ProviderInternal, "server_error", "m"}},
		{"SSE with an error", "event: error\ndata: {\"error\":{\"code\":\"insufficient_quota\",\"message\":\"m\"}}\n\n", outcome{errs.QuotaExhausted, "insufficient_quota", "m"}},
		{"one data: before JSON", "data: {\"error\":{\"code\":401,\"message\":\"m\"}}", outcome{errs.InvalidAPIKey, "", "m"}},
		{"NDJSON with an error", "{\"response\":\"a\"}\n{\"error\":\"m\"}\n", outcome{errs.ProviderInternal, "", "m"}},

		// blocks
		{"prompt", `{"promptFeedback":{"blockReason":"SAFETY"}}`, blocked("SAFETY")},
		{"prompt, explained", `{"promptFeedback":{"blockReason":"MODEL_ARMOR","blockReasonMessage":"Too clever."}}`, outcome{errs.ContentFiltered, "MODEL_ARMOR", "Too clever."}},
		{"SAFETY", `{"candidates":[{"finishReason":"SAFETY","index":0}]}`, blocked("SAFETY")},
		{"PROHIBITED_CONTENT", `{"candidates":[{"content":{"role":"model"},"finishReason":"PROHIBITED_CONTENT"}]}`, blocked("PROHIBITED_CONTENT")},
		{"BLOCKLIST", `{"candidates":[{"content":{"parts":[]},"finishReason":"BLOCKLIST"}]}`, blocked("BLOCKLIST")},
		{"SPII", `{"candidates":[{"content":{"parts":[{"text":""}]},"finishReason":"SPII"}]}`, blocked("SPII")},
		{"IMAGE_SAFETY, explained", `{"candidates":[{"finishReason":"IMAGE_SAFETY","finishMessage":"Unable to show the image."}]}`, outcome{errs.ContentFiltered, "IMAGE_SAFETY", "Google Gemini blocked this call: IMAGE_SAFETY. Unable to show the image."}},
		{"RECITATION", `{"candidates":[{"finishReason":"RECITATION"}]}`, blocked("RECITATION")},
		{"IMAGE_SAFETY", `{"candidates":[{"finishReason":"IMAGE_SAFETY"}]}`, blocked("IMAGE_SAFETY")},
		{"MODEL_ARMOR", `{"candidates":[{"finishReason":"MODEL_ARMOR"}]}`, blocked("MODEL_ARMOR")},
		{"content_filter", `{"choices":[{"message":{"role":"assistant","content":null},"finish_reason":"content_filter"}]}`, blocked("content_filter")},
		{"content_filter, empty text", `{"choices":[{"message":{"content":""},"finish_reason":"content_filter"}]}`, blocked("content_filter")},
		{"incomplete by filter", `{"object":"response","status":"incomplete","incomplete_details":{"reason":"content_filter"},"output":[{"type":"reasoning"}],"error":null}`, blocked("content_filter")},
		{"ERROR_TOXIC", `{"text":"","finish_reason":"ERROR_TOXIC"}`, blocked("ERROR_TOXIC")},
		{"MALFORMED_FUNCTION_CALL", `{"candidates":[{"content":{},"finishReason":"MALFORMED_FUNCTION_CALL"}]}`, unusable("MALFORMED_FUNCTION_CALL")},
		{"UNEXPECTED_TOOL_CALL with parts", `{"candidates":[{"content":{"parts":[{"text":"x"}]},"finishReason":"UNEXPECTED_TOOL_CALL"}]}`, unusable("UNEXPECTED_TOOL_CALL")},
		{"finish_reason error", `{"choices":[{"message":{"content":"par"},"finish_reason":"error"}]}`, outcome{errs.ProviderInternal, "error", `Google Gemini ended the answer with finish reason "error".`}},
		{"finish_reason ERROR at the top", `{"id":"x","message":{"content":[]},"finish_reason":"ERROR"}`, outcome{errs.ProviderInternal, "ERROR", `Google Gemini ended the answer with finish reason "ERROR".`}},

		// predictions
		{"prediction with a code", `{"id":"p","status":"failed","error":"The input or output was flagged as sensitive. Please try again with different inputs. (E005)"}`, outcome{errs.ContentFiltered, "E005", "The input or output was flagged as sensitive. Please try again with different inputs. (E005)"}},
		{"prediction with another code", `{"id":"p","status":"failed","error":"Prediction interrupted; please retry (code: PA)"}`, outcome{errs.ProviderInternal, "PA", "Prediction interrupted; please retry (code: PA)"}},
		{"prediction without a code", `{"id":"p","status":"failed","error":"CUDA out of memory"}`, outcome{errs.ProviderInternal, "", "CUDA out of memory"}},
		{"prediction without a word", `{"id":"p","status":"failed","error":null}`, outcome{errs.ProviderInternal, "", "Google Gemini returned HTTP 200 and then an error without a message."}},

		// not answers
		{"empty", "", malformed("an empty body.")},
		{"white space", " \r\n\t", malformed("an empty body.")},
		{"text", "OK", malformed("a body that is unreadable.")},
		{"cut JSON", `{"choices":[{"message":{"content":"Hel`, malformed("a body that is unreadable.")},
		{"binary", "\x00\x01\x02\x03\x04\x05\x06\x07", malformed("a body that is unreadable.")},
		{"number", "42", malformed("a body that is unreadable.")},
		{"null", "null", malformed("a body that is unreadable.")},
		{"empty array", "[]", malformed("a body that is unreadable.")},
		{"empty object", "{}", malformed("JSON that is no answer of a model.")},
		{"other object", `{"ok":true}`, malformed("JSON that is no answer of a model.")},
		{"detail", `{"detail":"Not Found"}`, malformed("JSON that is no answer of a model.")},
		{"message that is text", `{"message":"pong"}`, malformed("JSON that is no answer of a model.")},
		{"page", "<!DOCTYPE html><html><head><title>Sign &amp; log\n in</title></head></html>", malformed("an HTML page: Sign & log in")},
		{"page without a title", "<html><body><h1>Welcome <b>here</b></h1></body></html>", malformed("an HTML page: Welcome here")},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if d := cmp.Diff(c.want, outcomeOf(call("google").Success(nil, []byte(c.body)))); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}

func TestEvent(t *testing.T) {
	cases := []struct {
		name, event, data string
		output            bool
		want              outcome
	}{
		{"chunk", "", `{"choices":[{"delta":{"content":"error"},"finish_reason":null}]}`, false, outcome{}},
		{"done", "", "[DONE]", false, outcome{}},
		{"ping", "ping", `{"type":"ping"}`, false, outcome{}},
		{"created with error null", "response.created", `{"type":"response.created","response":{"error":null,"status":"in_progress"}}`, false, outcome{}},
		{"completed", "response.completed", `{"type":"response.completed","response":{"error":null,"status":"completed","output":[]}}`, false, outcome{}},
		{"failed tool inside", "", `{"type":"response.output_item.done","item":{"type":"mcp_call","status":"failed","error":{"message":"m"}}}`, false, outcome{}},
		{"text about failure", "", `{"type":"content_block_delta","delta":{"type":"text_delta","text":"\"error\": {\"failed\"}"}}`, false, outcome{}},
		{"no JSON", "", "error", false, outcome{}},
		{"prompt filter results", "", `{"choices":[],"prompt_filter_results":[{"content_filter_results":{"hate":{"filtered":false}}}]}`, false, outcome{}},
		{"content_filter after output", "", `{"choices":[{"delta":{},"finish_reason":"content_filter"}]}`, true, outcome{}},
		{"content_filter with output", "", `{"choices":[{"delta":{"content":"a"},"finish_reason":"content_filter"}]}`, false, outcome{}},
		{"SAFETY after output", "", `{"candidates":[{"finishReason":"SAFETY"}]}`, true, outcome{}},
		{"incomplete after output", "", `{"type":"response.incomplete","response":{"incomplete_details":{"reason":"content_filter"},"output":[]}}`, true, outcome{}},

		{"error event", "error", `{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}`, true, outcome{errs.Overloaded, "overloaded_error", "Overloaded"}},
		{"error event without a name", "", `{"type":"error","error":{"details":null,"type":"api_error","message":"Internal server error"}}`, true, outcome{errs.ProviderInternal, "api_error", "Internal server error"}},
		{"flat error event", "error", `{"type":"error","code":"rate_limit_exceeded","message":"m","param":null}`, false, outcome{errs.RateLimited, "rate_limit_exceeded", "m"}},
		{"flat error event without a code", "", `{"type":"error","code":null,"message":"m","param":null}`, false, outcome{errs.ProviderInternal, "", "m"}},
		{"error event of text", "error", "upstream went away", true, outcome{errs.ProviderInternal, "", "upstream went away"}},
		{"error event of nothing", "error", "", true, outcome{errs.ProviderInternal, "", "OpenAI returned HTTP 200 and then an error without a message."}},
		{"error event of broken JSON", "error", `{"error":{"mess`, true, outcome{errs.ProviderInternal, "", "OpenAI returned HTTP 200 and then an error without a message."}},
		{"error event of a page", "error", "<html><title>502 Bad Gateway</title>", true, outcome{errs.ProviderInternal, "", "OpenAI returned HTTP 200 with an HTML page: 502 Bad Gateway"}},
		{"error event with detail", "error", `{"detail":"An error occurred: (E8765)"}`, true, outcome{errs.ProviderInternal, "", "An error occurred: (E8765)"}},
		{"error beside choices", "", `{"choices":[{"delta":{"content":""},"finish_reason":"error"}],"error":{"code":"502","message":"m"}}`, true, outcome{errs.ProviderUnreachable, "502", "m"}},
		{"response.failed", "response.failed", `{"type":"response.failed","response":{"id":"resp_1","status":"failed","error":{"code":"insufficient_quota","message":"m"}}}`, false, outcome{errs.QuotaExhausted, "insufficient_quota", "m"}},
		{"response.failed without an error", "", `{"type":"response.failed","response":{"id":"resp_1","error":null}}`, false, outcome{errs.ProviderInternal, "", "OpenAI returned HTTP 200 and then an error without a message."}},
		{"NDJSON", "", `{"error":"an error was encountered"}`, true, outcome{errs.ProviderInternal, "", "an error was encountered"}},
		{"bare document", "", "{\n \"error\": {\n  \"code\": 503,\n  \"message\": \"m\",\n  \"status\": \"UNAVAILABLE\"\n }\n}\n", true, outcome{errs.Overloaded, "UNAVAILABLE", "m"}},
		{"bare array", "", `[{"error":{"code":429,"message":"m","status":"RESOURCE_EXHAUSTED"}}]`, true, outcome{errs.RateLimited, "RESOURCE_EXHAUSTED", "m"}},
		{"after STOP", "", `{"candidates":[{"finishReason":"STOP"}],"error":{"code":500,"message":"m","status":"INTERNAL"}}`, true, outcome{errs.ProviderInternal, "INTERNAL", "m"}},
		{"vLLM", "", `{"object":"error","message":"m","type":"InternalServerError","param":null,"code":500}`, true, outcome{errs.ProviderInternal, "InternalServerError", "m"}},
		{"blocked prompt", "", `{"promptFeedback":{"blockReason":"PROHIBITED_CONTENT"}}`, false, outcome{errs.ContentFiltered, "PROHIBITED_CONTENT", "OpenAI blocked this call: PROHIBITED_CONTENT"}},
		{"blocked answer", "", `{"candidates":[{"finishReason":"SAFETY"}]}`, false, outcome{errs.ContentFiltered, "SAFETY", "OpenAI blocked this call: SAFETY"}},
		{"malformed call after output", "", `{"candidates":[{"content":{},"finishReason":"MALFORMED_FUNCTION_CALL"}]}`, true, outcome{errs.ModelOutputInvalid, "MALFORMED_FUNCTION_CALL", "OpenAI ended the answer because the model's tool call is unusable: MALFORMED_FUNCTION_CALL"}},
		{"content_filter before output", "", `{"choices":[{"delta":{},"finish_reason":"content_filter"}]}`, false, outcome{errs.ContentFiltered, "content_filter", "OpenAI blocked this call: content_filter"}},
		{"incomplete before output", "", `{"type":"response.incomplete","response":{"incomplete_details":{"reason":"content_filter"},"output":[]}}`, false, outcome{errs.ContentFiltered, "content_filter", "OpenAI blocked this call: content_filter"}},
		{"finish_reason error", "", `{"choices":[{"delta":{"content":""},"finish_reason":"error"}]}`, true, outcome{errs.ProviderInternal, "error", `OpenAI ended the answer with finish reason "error".`}},
		{"Cohere's end", "", `{"type":"message-end","delta":{"error":"it broke","finish_reason":"ERROR"}}`, true, outcome{errs.ProviderInternal, "ERROR", "it broke"}},
		{"Replicate's end", "done", `{"reason":"error"}`, true, outcome{errs.ProviderInternal, "error", `OpenAI ended the answer with finish reason "error".`}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			cl := call("openai")
			cl.Output = c.output
			e := cl.Event(c.event, nil, []byte(c.data))
			if d := cmp.Diff(c.want, outcomeOf(e)); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
			if e != nil && (e.PartialOutput != c.output || e.Origin != "OpenAI" || e.ProviderStatus != 200) {
				t.Errorf("partial %v, origin %s, status %d", e.PartialOutput, e.Origin, e.ProviderStatus)
			}
		})
	}
}

func TestFrame(t *testing.T) {
	cases := []struct {
		name    string
		headers map[string]string
		payload string
		want    outcome
	}{
		{"event", map[string]string{":message-type": "event", ":event-type": "contentBlockDelta"}, `{"delta":{"text":"exception"}}`, outcome{}},
		{"throttling", map[string]string{":message-type": "exception", ":exception-type": "throttlingException"}, `{"message":"Too many tokens, please wait before trying again."}`, outcome{errs.RateLimited, "throttlingException", "Too many tokens, please wait before trying again."}},
		{"validation", map[string]string{":message-type": "exception", ":exception-type": "validationException"}, `{"message":"Something."}`, outcome{errs.InvalidRequest, "validationException", "Something."}},
		{"validation of length", map[string]string{":message-type": "exception", ":exception-type": "validationException"}, `{"message":"prompt is too long: 2 > 1"}`, outcome{errs.ContextLengthExceeded, "validationException", "prompt is too long: 2 > 1"}},
		{"model timeout", map[string]string{":message-type": "exception", ":exception-type": "modelTimeoutException"}, `{"message":"m"}`, outcome{errs.Timeout, "modelTimeoutException", "m"}},
		{"model stream", map[string]string{":message-type": "exception", ":exception-type": "modelStreamErrorException"}, `{"message":"m","originalStatusCode":500}`, outcome{errs.ProviderInternal, "modelStreamErrorException", "m"}},
		{"unavailable", map[string]string{":message-type": "exception", ":exception-type": "serviceUnavailableException"}, `{}`, outcome{errs.Overloaded, "serviceUnavailableException", "Amazon Bedrock returned HTTP 200 and then an error without a message."}},
		{"error", map[string]string{":message-type": "error", ":error-code": "InternalFailure", ":error-message": "It broke."}, "", outcome{errs.ProviderInternal, "InternalFailure", "It broke."}},
		{"broken payload", map[string]string{":message-type": "exception", ":exception-type": "internalServerException"}, "\x00\xff{", outcome{errs.ProviderInternal, "internalServerException", "Amazon Bedrock returned HTTP 200 and then an error without a message."}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			e := call("bedrock").Frame(c.headers, headers("x-amzn-requestid", "r-1"), []byte(c.payload))
			if d := cmp.Diff(c.want, outcomeOf(e)); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
			if e != nil && e.ProviderRequestID != "r-1" {
				t.Errorf("request id %q", e.ProviderRequestID)
			}
		})
	}
}

func TestBlockedAndFinished(t *testing.T) {
	cases := []struct {
		code, message     string
		blocked, finished outcome
	}{
		{"SAFETY", "", outcome{errs.ContentFiltered, "SAFETY", "Google Gemini blocked this call: SAFETY"}, outcome{errs.ContentFiltered, "SAFETY", "Google Gemini blocked this call: SAFETY"}},
		{"guardrail_intervened", "Sorry, no.", outcome{errs.ContentFiltered, "guardrail_intervened", "Sorry, no."}, outcome{errs.ContentFiltered, "guardrail_intervened", "Google Gemini blocked this call: guardrail_intervened. Sorry, no."}},
		{
			"UNEXPECTED_TOOL_CALL", "", outcome{errs.ModelOutputInvalid, "UNEXPECTED_TOOL_CALL", "Google Gemini ended the answer because the model's tool call is unusable: UNEXPECTED_TOOL_CALL"},
			outcome{errs.ModelOutputInvalid, "UNEXPECTED_TOOL_CALL", "Google Gemini ended the answer because the model's tool call is unusable: UNEXPECTED_TOOL_CALL"},
		},
		{"error", "", outcome{errs.ProviderInternal, "error", `Google Gemini ended the answer with finish reason "error".`}, outcome{errs.ProviderInternal, "error", `Google Gemini ended the answer with finish reason "error".`}},
	}
	for _, c := range cases {
		if d := cmp.Diff(c.blocked, outcomeOf(call("google").Blocked(c.code, c.message, nil))); d != "" {
			t.Errorf("%s, blocked (-want +got):\n%s", c.code, d)
		}
		if d := cmp.Diff(c.finished, outcomeOf(call("google").Finished(c.code, c.message, nil))); d != "" {
			t.Errorf("%s, finished (-want +got):\n%s", c.code, d)
		}
	}
}

func TestCut(t *testing.T) {
	c := call("deepseek")
	c.Output = true
	e := c.Cut(headers("x-request-id", "r"))
	want := &errs.Error{
		Reason: errs.StreamInterrupted, Message: "DeepSeek ended the stream before the answer was complete.", Origin: "DeepSeek", Provider: "deepseek",
		Model: "m", ProviderStatus: 200, ProviderRequestID: "r", PartialOutput: true,
	}
	if d := cmp.Diff(want, e); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}
