package failure_test

import (
	"net/http"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/llm/failure"
)

func call(slug string) failure.Call { return failure.Call{Vendor: failure.VendorOf(slug), Model: "m"} }

// headers makes a header from alternating names and values.
func headers(pairs ...string) http.Header {
	h := http.Header{}
	for i := 0; i < len(pairs); i += 2 {
		h.Set(pairs[i], pairs[i+1])
	}
	return h
}

// openAI returns a body in OpenAI's envelope. The code "null" becomes JSON null.
func openAI(code, message string) string {
	if code != "null" {
		code = strconv.Quote(code)
	}
	return `{"error":{"message":` + strconv.Quote(message) + `,"type":"invalid_request_error","param":null,"code":` + code + `}}`
}

func TestStatusDecidesLast(t *testing.T) {
	want := map[int]errs.Reason{
		400: errs.InvalidRequest, 401: errs.InvalidAPIKey, 402: errs.Billing, 403: errs.PermissionDenied, 404: errs.EndpointNotFound,
		405: errs.InvalidRequest, 406: errs.InvalidRequest, 408: errs.Timeout, 409: errs.Conflict, 410: errs.ModelNotFound, 412: errs.InvalidRequest,
		413: errs.RequestTooLarge, 415: errs.InvalidRequest, 418: errs.InvalidRequest, 422: errs.InvalidRequest, 424: errs.ProviderInternal,
		429: errs.RateLimited, 451: errs.InvalidRequest, 498: errs.ContentFiltered, 499: errs.InvalidRequest,
		500: errs.ProviderInternal, 501: errs.ProviderInternal, 502: errs.ProviderUnreachable, 503: errs.Overloaded, 504: errs.Timeout,
		507: errs.ProviderInternal, 520: errs.ProviderUnreachable, 521: errs.ProviderUnreachable, 522: errs.ProviderUnreachable,
		523: errs.ProviderUnreachable, 524: errs.Timeout, 525: errs.ProviderUnreachable, 526: errs.ProviderUnreachable, 527: errs.ProviderInternal,
		529: errs.Overloaded, 530: errs.ProviderUnreachable, 598: errs.Timeout, 599: errs.Timeout,
		301: errs.EndpointNotFound, 302: errs.EndpointNotFound, 308: errs.EndpointNotFound, 101: errs.ProviderInternal, 0: errs.ProviderInternal,
	}
	for status, reason := range want {
		for _, body := range []string{"", `{"error":{"message":"Something.","type":"invalid_request_error","code":"` + strconv.Itoa(status) + `"}}`} {
			if e := call("openai").HTTP(status, nil, []byte(body)); e.Reason != reason || e.ProviderStatus != status {
				t.Errorf("%d %q: got %s, want %s", status, body, e.Reason, reason)
			}
		}
	}
}

func TestGroqs498IsLackOfCapacity(t *testing.T) {
	e := call("groq").HTTP(498, nil, []byte(openAI("null", "Flex tier is at capacity.")))
	if e.Reason != errs.Overloaded || e.ProviderStatus != 498 {
		t.Errorf("got %s with status %d", e.Reason, e.ProviderStatus)
	}
}

func TestMachineCodesDecide(t *testing.T) {
	groups := map[errs.Reason][]string{
		errs.InvalidAPIKey:         {"invalid_api_key", "API_KEY_INVALID", "authentication_error", "UNAUTHENTICATED", "UnrecognizedClientException", "ExpiredTokenException", "CREDENTIALS_MISSING"},
		errs.PermissionDenied:      {"AccessDeniedException", "permission_error", "AccessDenied"},
		errs.RegionNotSupported:    {"unsupported_country_region_territory"},
		errs.AccountDisabled:       {"account_deactivated", "CONSUMER_SUSPENDED"},
		errs.ModelNotFound:         {"model_not_found", "invalid_model", "DeploymentNotFound", "model_decommissioned", "model_not_available", "dedicated_endpoint_not_running"},
		errs.ResourceNotFound:      {"previous_response_not_found"},
		errs.EndpointNotFound:      {"unknown_url", "UnknownOperationException"},
		errs.ContextLengthExceeded: {"context_length_exceeded", "TOO_MANY_TOKENS", "too_many_prompt_tokens", "exceed_context_size_error"},
		errs.RequestTooLarge:       {"request_too_large"},
		errs.ContentFiltered:       {"content_filter", "ResponsibleAIPolicyViolation", "content_policy_violation", "invalid_prompt"},
		errs.UnsupportedParameter:  {"unsupported_parameter", "unsupported_value", "unknown_parameter", "extra_forbidden", "OperationNotSupported"},
		errs.ModelOutputInvalid:    {"tool_use_failed"},
		errs.Conflict:              {"conversation_locked", "ConflictException"},
		errs.RateLimited:           {"rate_limit_exceeded", "rate_limit_error", "rate_limited", "RateLimitReached", "ThrottlingException", "model_rate_limit", "1300"},
		errs.QuotaExhausted:        {"insufficient_quota", "ServiceQuotaExceededException"},
		errs.Billing:               {"billing_error", "credit_limit", "billing_not_active", "billing_hard_limit_reached"},
		errs.Overloaded:            {"overloaded_error", "server_is_overloaded", "MODEL_CAPACITY_EXHAUSTED", "ServiceUnavailableException"},
		errs.ModelNotReady:         {"ModelNotReadyException"},
		errs.Timeout:               {"timeout_error", "request_timeout", "ModelTimeoutException", "DEADLINE_EXCEEDED"},
	}
	for reason, codes := range groups {
		for _, code := range codes {
			quoted := strconv.Quote(code)
			for place, body := range map[string]string{
				"error.code": `{"error":{"message":"Something.","type":"invalid_request_error","code":` + quoted + `}}`,
				"error.type": `{"type":"error","error":{"type":` + quoted + `,"message":"Something."}}`,
				"error_type": `{"error_type":` + quoted + `,"message":"Something."}`,
				"__type":     `{"__type":"com.amazon.coral.service#` + code + `","message":"Something."}`,
				"innererror": `{"error":{"code":"400","message":"Something.","innererror":{"code":` + quoted + `}}}`,
				"ErrorInfo":  `{"error":{"code":400,"message":"Something.","status":"INVALID_ARGUMENT","details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":` + quoted + `}]}}`,
				"status":     `{"error":{"code":400,"message":"Something.","status":` + quoted + `}}`,
				"flat":       `{"object":"error","message":"Something.","type":` + quoted + `,"code":null}`,
			} {
				if place == "status" && code == "1300" || place == "status" && code[0] >= 'a' {
					continue // Google's statuses are all capitals
				}
				if place == "status" && code[1] >= 'a' {
					continue
				}
				if e := call("openai_compatible").HTTP(400, nil, []byte(body)); e.Reason != reason {
					t.Errorf("%s in %s: got %s, want %s", code, place, e.Reason, reason)
				}
			}
		}
	}
}

func TestAWSErrorTypeIsCut(t *testing.T) {
	for header, code := range map[string]string{
		"ThrottlingException": "ThrottlingException",
		"ThrottlingException:http://internal.amazon.com/coral/com.amazon.bedrock/": "ThrottlingException",
		"com.amazon.coral.availability#ThrottlingException":                        "ThrottlingException",
		"com.amazon.coral#ThrottlingException:http://internal.amazon.com/":         "ThrottlingException",
	} {
		for _, body := range []string{"", "{}", `{"message":null}`, `{"message":"Rate exceeded"}`} {
			e := call("bedrock").HTTP(400, headers("x-amzn-errortype", header), []byte(body))
			if e.Reason != errs.RateLimited || e.ProviderCode != code || e.Message == "" {
				t.Errorf("%s %q: got %s %q %q", header, body, e.Reason, e.ProviderCode, e.Message)
			}
		}
	}
}

func TestCodesAreTrustedInOrder(t *testing.T) {
	cases := []struct {
		name, header, body string
		status             int
		reason             errs.Reason
		code               string
	}{
		{"header before body", "AccessDeniedException", `{"message":"m","__type":"ThrottlingException"}`, 400, errs.PermissionDenied, "AccessDeniedException"},
		{"ErrorInfo before status", "", `{"error":{"code":403,"message":"m","status":"UNAUTHENTICATED","details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"CONSUMER_SUSPENDED"}]}}`, 403, errs.AccountDisabled, "CONSUMER_SUSPENDED"},
		{"unlisted ErrorInfo leaves it to status", "", `{"error":{"code":401,"message":"m","status":"UNAUTHENTICATED","details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"ACCESS_TOKEN_TYPE_UNSUPPORTED"}]}}`, 401, errs.InvalidAPIKey, "ACCESS_TOKEN_TYPE_UNSUPPORTED"},
		{"innererror before code, but code is shown", "", `{"error":{"code":"rate_limit_exceeded","message":"m","innererror":{"code":"ResponsibleAIPolicyViolation"}}}`, 400, errs.ContentFiltered, "rate_limit_exceeded"},
		{"code before type", "", `{"error":{"code":"model_not_found","message":"m","type":"rate_limit_error"}}`, 400, errs.ModelNotFound, "model_not_found"},
		{"catch-all code leaves it to type", "", `{"error":{"code":"invalid_request_error","message":"m","type":"authentication_error"}}`, 400, errs.InvalidAPIKey, "invalid_request_error"},
		{"entries of a list before type", "", `{"object":"error","message":[{"type":"extra_forbidden","loc":["body","x"],"msg":"m"}],"type":"rate_limited","code":null}`, 422, errs.UnsupportedParameter, "rate_limited"},
		{"a status as code is none", "", `{"error":{"code":429,"message":"m","type":"BadRequestError"}}`, 400, errs.InvalidRequest, "BadRequestError"},
		{"a status in digits decides nothing but is shown", "", `{"error":{"code":"429","message":"m"}}`, 400, errs.InvalidRequest, "429"},
		{"a number of its own is a code", "", `{"object":"error","message":"m","type":"invalid_request_error","code":3051}`, 400, errs.InvalidRequest, "3051"},
		{"Mistral's code", "", `{"object":"error","message":"Requests rate limit exceeded","type":"rate_limited","param":null,"code":"1300"}`, 429, errs.RateLimited, "1300"},
		{"code of prose", "", `{"code":"The caller does not have permission to execute the specified operation","error":"m"}`, 403, errs.PermissionDenied, "The caller does not have permission to execute the specified operation"},
		{"address as type is no code", "", `{"type":"https://example.com/problems/x","title":"t","detail":"d","status":400}`, 400, errs.InvalidRequest, ""},
		{"a proxy's None is no code", "", `{"error":{"message":"m","type":"None","param":"None","code":"401"}}`, 401, errs.InvalidAPIKey, "401"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			h := http.Header{}
			if c.header != "" {
				h.Set("X-Amzn-Errortype", c.header)
			}
			e := call("openai_compatible").HTTP(c.status, h, []byte(c.body))
			if e.Reason != c.reason || e.ProviderCode != c.code {
				t.Errorf("got %s %q, want %s %q", e.Reason, e.ProviderCode, c.reason, c.code)
			}
		})
	}
}

// phraseRows are sentences of providers, each with the status it came with.
var phraseRows = []struct {
	status  int
	message string
	reason  errs.Reason
}{
	// A
	{429, "Request too large for gpt-4o in organization org-x on tokens per min (TPM): Limit 30000, Requested 30601.", errs.RequestTooLarge},
	{413, "Request too large for model `llama` in organization `org_x`", errs.RequestTooLarge},
	{400, "max_tokens: 10000 > 4096, which is the maximum allowed number of output tokens for claude-3-5-sonnet", errs.InvalidRequest},
	{400, "too many tokens: max tokens must be less than or equal to 4096, the maximum output for this model - received 8192.", errs.InvalidRequest},

	// B
	{400, "Your credit balance is too low to access the Anthropic API.", errs.Billing},
	{402, "Insufficient Balance", errs.Billing},
	{403, "Insufficient account balance.", errs.Billing},
	{429, "Insufficient funds", errs.Billing},
	{403, "Your newly created team doesn't have any credits or licenses yet.", errs.Billing},
	{403, "Your newly created team doesn’t have any credits yet.", errs.Billing},
	{429, "Your team has either used all available credits or reached its monthly spending limit.", errs.Billing},
	{402, "This request requires more credits, or fewer max_tokens.", errs.Billing},
	{400, "Please purchase more credits.", errs.Billing},
	{412, "Account x is suspended, possibly due to reaching the monthly spending limit or failure to pay past invoices.", errs.Billing},
	{403, "Your account has been suspended because of failure to pay.", errs.Billing},
	{429, "Extra usage is required for long context requests.", errs.Billing},
	{429, "Usage credits are required for this model.", errs.Billing},
	{402, "Credit limit exceeded. Please navigate to settings.", errs.Billing},
	{500, "Insufficient balance", errs.ProviderInternal},
	{429, "You exceeded your current quota, please check your plan and billing details.", errs.RateLimited},

	// E: context
	{400, "prompt is too long: 208310 tokens > 200000 maximum", errs.ContextLengthExceeded},
	{413, "Prompt is too long", errs.ContextLengthExceeded},
	{400, "prompt too long; exceeded max context length by 4 tokens", errs.ContextLengthExceeded},
	{400, "This model's maximum context length is 4097 tokens.", errs.ContextLengthExceeded},
	{400, "Your input exceeds the context window of this model. Please adjust your input and try again.", errs.ContextLengthExceeded},
	{400, "input length and `max_tokens` exceed context limit: 1 + 2 > 3", errs.ContextLengthExceeded},
	{400, "the input length exceeds the context length", errs.ContextLengthExceeded},
	{400, "The request exceeds the model's context length.", errs.ContextLengthExceeded},
	{400, "the request exceeds the available context size. try increasing the context size", errs.ContextLengthExceeded},
	{400, "The input token count (1091639) exceeds the maximum number of tokens allowed (1048576).", errs.ContextLengthExceeded},
	{400, "Input tokens exceeded the limit", errs.ContextLengthExceeded},
	{400, "The number of input tokens exceeds the limit.", errs.ContextLengthExceeded},
	{400, "too many tokens: size limit exceeded by 25836 tokens.", errs.ContextLengthExceeded},
	{422, "Too many prompt tokens", errs.ContextLengthExceeded},
	{400, "This model's maximum prompt length is 131072 but the request contains 537812 tokens.", errs.ContextLengthExceeded},
	{400, "The total length of all messages is too long.", errs.ContextLengthExceeded},
	{422, "Input validation error: `inputs` tokens + `max_new_tokens` must be <= 2048.", errs.ContextLengthExceeded},
	{422, "Input validation error: `inputs` must have less than 1024 tokens. Given: 1500", errs.ContextLengthExceeded},
	{400, "input_too_large", errs.ContextLengthExceeded},
	{400, "Input is too long for requested model.", errs.ContextLengthExceeded},
	{400, "The decoder prompt (length 5000) is longer than the maximum model length of 4096.", errs.ContextLengthExceeded},
	{429, "prompt is too long", errs.RateLimited},
	{500, "This model's maximum context length is 4097 tokens.", errs.ProviderInternal},
	{400, "max_tokens is too large: 10000. This model supports at most 4096 completion tokens, whereas you provided 10000.", errs.InvalidRequest},
	{400, "`max_completion_tokens` must be less than or equal to `16384`, which is less than the `context_window` for this model", errs.InvalidRequest},

	// E: content
	{400, "The response was filtered due to the prompt triggering Azure OpenAI’s content management policy.", errs.ContentFiltered},
	{400, "Output blocked by content filtering policy", errs.ContentFiltered},
	{422, "The input or output was flagged as sensitive. Please try again with different inputs. (E005)", errs.ContentFiltered},
	{400, "Your prompt was flagged as potentially violating our usage policy.", errs.ContentFiltered},
	{403, "openai/gpt-4o requires moderation on OpenAI. Your input was flagged for \"violence\". No credits were charged.", errs.ContentFiltered},
	{403, "Content violates usage guidelines. Failed check: SAFETY_CHECK_TYPE_BIO", errs.ContentFiltered},
	{400, "Your request was rejected by the safety system.", errs.ContentFiltered},
	{400, "Your request was rejected as a result of our safety system.", errs.ContentFiltered},
	{400, "Content Exists Risk", errs.ContentFiltered},
	{400, "Moderation Block", errs.ContentFiltered},
	{400, "The prompt violated Prompt Injection and Jailbreak filters.", errs.ContentFiltered},
	{498, "blocked output: this generation may be potentially unsafe.", errs.ContentFiltered},

	// E: parameters
	{400, "Unsupported parameter: 'stop' is not supported with this model.", errs.UnsupportedParameter},
	{400, "Unsupported value: 'temperature' does not support 0.2 with this model.", errs.UnsupportedParameter},
	{400, "Unknown parameter: 'quality'.", errs.UnsupportedParameter},
	{422, "tools: Extra inputs are not permitted", errs.UnsupportedParameter},
	{400, "Additional property 'foo' is not allowed", errs.UnsupportedParameter},
	{400, "Argument not supported on this model: stop", errs.UnsupportedParameter},
	{400, "\"gemma\" does not support tools", errs.UnsupportedParameter},
	{400, "This model doesn’t support the video content block.", errs.UnsupportedParameter},
	{400, "x on chutes does not currently support: ['tools']", errs.UnsupportedParameter},
	{404, "No endpoints found that support image input", errs.UnsupportedParameter},

	// E: region, account, key, permission
	{400, "User location is not supported for the API use.", errs.RegionNotSupported},
	{403, "Country, region, or territory not supported", errs.RegionNotSupported},
	{400, "This organization has been disabled.", errs.AccountDisabled},
	{400, "Organization has been restricted. Please reach out to support.", errs.AccountDisabled},
	{401, "Your account has been deactivated.", errs.AccountDisabled},
	{403, "The account associated with this key is disabled", errs.AccountDisabled},
	{403, "Permission denied: Consumer 'projects/1' has been suspended.", errs.AccountDisabled},
	{400, "Incorrect API key provided. You can obtain an API key from the console.", errs.InvalidAPIKey},
	{403, "Invalid API key", errs.InvalidAPIKey},
	{400, "missing x-api-key", errs.InvalidAPIKey},
	{403, "Missing Authentication Token", errs.InvalidAPIKey},
	{403, "Your API key was reported as leaked. Please use another API key.", errs.InvalidAPIKey},
	{400, "API key not valid. Please pass a valid API key.", errs.InvalidAPIKey},
	{400, "API key expired. Please renew the API key.", errs.InvalidAPIKey},
	{400, "API Key not found. Please pass a valid API key.", errs.InvalidAPIKey},
	{400, "Project `1` is not allowed to use Publisher Model `x`", errs.PermissionDenied},
	{401, "The key does not have permission to do this.", errs.PermissionDenied},
	{400, "Permission 'aiplatform.endpoints.predict' denied on resource '//x'.", errs.PermissionDenied},

	// E: models and resources
	{404, "The model `gpt-9` does not exist or you do not have access to it.", errs.ModelNotFound},
	{400, "The requested model 'gpt-9' does not exist.", errs.ModelNotFound},
	{400, "Model Not Exist", errs.ModelNotFound},
	{404, "models/x is not found for API version v1beta, or is not supported for generateContent.", errs.ModelNotFound},
	{400, "The model `x` has been decommissioned and is no longer supported.", errs.ModelNotFound},
	{400, "Invalid model 'x'. Permitted models can be found in the documentation.", errs.ModelNotFound},
	{400, "Invalid model: x", errs.ModelNotFound},
	{400, "x/y is not a valid model ID", errs.ModelNotFound},
	{400, "The provided model identifier is invalid.", errs.ModelNotFound},
	{404, "No endpoints found for x/y.", errs.ModelNotFound},
	{422, "The specified version does not exist (or perhaps you don't have permission to use it?)", errs.ModelNotFound},
	{404, "model: claude-x", errs.ModelNotFound},
	{404, "model 'x' was removed on September 15, 2025.", errs.ModelNotFound},
	{404, "model \"x\" not found, try pulling it first", errs.ModelNotFound},
	{404, "Could not resolve the foundation model from the provided model identifier.", errs.ModelNotFound},
	{404, "No thread found with id 'x'.", errs.ResourceNotFound},
	{400, "No response found with id 'resp_1'.", errs.ResourceNotFound},
	{404, "404 page not found", errs.EndpointNotFound},

	// E: quota, reachability, readiness
	{400, "You have reached your specified API usage limits. You will regain access on 2026-04-01 at 00:00 UTC.", errs.QuotaExhausted},
	{429, "You have reached your specified API usage limits.", errs.QuotaExhausted},
	{502, "upstream connect error or disconnect/reset before headers. reset reason: overflow", errs.ProviderUnreachable},
	{503, "no healthy upstream", errs.ProviderUnreachable},
	{504, "upstream connect error", errs.ProviderUnreachable},
	{503, "Loading model", errs.ModelNotReady},
	{500, "Loading model", errs.ProviderInternal},
	{503, "The origin is overloaded", errs.Overloaded},
}

func TestPhrases(t *testing.T) {
	for _, row := range phraseRows {
		for shape, body := range map[string]string{
			"nested": openAI("null", row.message), "flat": `{"object":"error","message":` + strconv.Quote(row.message) + `,"type":"BadRequestError","code":` + strconv.Itoa(row.status) + `}`,
			"string": `{"error":` + strconv.Quote(row.message) + `}`, "detail": `{"detail":` + strconv.Quote(row.message) + `}`, "text": row.message,
		} {
			e := call("openai_compatible").HTTP(row.status, nil, []byte(body))
			if e.Reason != row.reason || e.Message != row.message {
				t.Errorf("%d %s %q: got %s %q, want %s", row.status, shape, row.message, e.Reason, e.Message, row.reason)
			}
		}
	}
}

func TestPhrasesAreReadInStreams(t *testing.T) {
	for _, row := range phraseRows {
		if row.status != 400 {
			continue
		}
		if e := call("openai").Event("error", nil, []byte(openAI("null", row.message))); e.Reason != row.reason || e.ProviderStatus != 200 {
			t.Errorf("%q: got %s %d, want %s", row.message, e.Reason, e.ProviderStatus, row.reason)
		}
	}
}

func TestPagesAreClassifiedByStatusAlone(t *testing.T) {
	page := []byte("<html><head><title>prompt is too long: no healthy upstream, spending limit</title></head></html>")
	for status, reason := range map[int]errs.Reason{400: errs.InvalidRequest, 403: errs.PermissionDenied, 502: errs.ProviderUnreachable, 503: errs.Overloaded} {
		if e := call("openai").HTTP(status, nil, page); e.Reason != reason {
			t.Errorf("%d: got %s, want %s", status, e.Reason, reason)
		}
	}
}

func TestPermissionDeniedDecidesAfterThePhrases(t *testing.T) {
	azure := func(message string) []byte {
		return []byte(`{"error":{"code":"PermissionDenied","message":` + strconv.Quote(message) + `}}`)
	}
	cases := []struct {
		status int
		text   string
		want   errs.Reason
	}{
		{401, "The principal `x` lacks the required data action `y` to perform `POST z` operation.", errs.PermissionDenied},
		{403, "Public access is disabled. Please configure private endpoint.", errs.PermissionDenied},
		{403, "Your API key was reported as leaked. Please use another API key.", errs.InvalidAPIKey},
		{400, "Something.", errs.InvalidRequest},
	}
	for _, c := range cases {
		if e := call("openai_azure").HTTP(c.status, nil, azure(c.text)); e.Reason != c.want {
			t.Errorf("%d %q: got %s, want %s", c.status, c.text, e.Reason, c.want)
		}
	}
}

func TestGoogleQuotas(t *testing.T) {
	google := func(message, details string) string {
		return `{"error":{"code":429,"message":` + strconv.Quote(message) + `,"status":"RESOURCE_EXHAUSTED","details":[` + details + `]}}`
	}
	const wait = `,{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"41s"}`
	quota := func(id string) string {
		return `{"@type":"type.googleapis.com/google.rpc.QuotaFailure","violations":[{"quotaId":"x"},{"quotaId":"` + id + `"}]}` + wait
	}
	type result struct {
		Reason errs.Reason
		Wait   float64
	}
	cases := []struct {
		name, body string
		want       result
	}{
		{"per minute", google("You exceeded your current quota, please check your plan and billing details.", quota("GenerateRequestsPerMinutePerProject")), result{errs.RateLimited, 41}},
		{"per day by id", google("You exceeded your current quota.", quota("GenerateRequestsPerDayPerProjectPerModel-FreeTier")), result{errs.QuotaExhausted, 0}},
		{"per day by text", google("Quota exceeded for quota metric 'Requests' and limit 'Requests per day'. Please retry in 30s.", ""), result{errs.QuotaExhausted, 0}},
		{"per day by metric", google("Quota exceeded for metric: x/generate_requests_per_model_per_day, limit: 50", ""), result{errs.QuotaExhausted, 0}},
		{"limit of zero", google("* Quota exceeded for metric: m, limit: 0, model: x\nPlease retry in 45.5s.", ""), result{errs.QuotaExhausted, 0}},
		{"limit of zero at the end", google("Quota exceeded, limit: 0", ""), result{errs.QuotaExhausted, 0}},
		{"limit that begins with a zero", google("Quota exceeded, limit: 0.5, model: x", ""), result{errs.RateLimited, 0}},
		{"hint in the text", google("Quota exceeded, limit: 10. Please retry in 7.25s.", ""), result{errs.RateLimited, 7.25}},
		{"no details", `{"error":{"code":429,"message":"Resource has been exhausted (e.g. check quota).","status":"RESOURCE_EXHAUSTED"}}`, result{errs.RateLimited, 0}},
		{"lack of capacity", google("No capacity available for model x on the server", `{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"MODEL_CAPACITY_EXHAUSTED"}`), result{errs.Overloaded, 0}},
		{"an ErrorInfo of rate", google("Quota exceeded.", `{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"RATE_LIMIT_EXCEEDED","metadata":{"quota_limit":"RequestsPerDayPerProject"}}`), result{errs.QuotaExhausted, 0}},
		{"nested in an aggregator's", `{"error":{"message":"Provider returned error","code":429,"metadata":{"provider_name":"Google AI Studio","raw":` + strconv.Quote(google("You exceeded your current quota.", quota("RequestsPerDay"))) + `}}}`, result{errs.QuotaExhausted, 0}},
		{"nested in an array", "[" + google("You exceeded your current quota.", quota("RequestsPerDay")) + "]", result{errs.QuotaExhausted, 0}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			e := call("google").HTTP(429, nil, []byte(c.body))
			if d := cmp.Diff(c.want, result{e.Reason, e.RetryAfter.Seconds()}); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}

func TestWithoutAnHTTPStatusTheEmbeddedOneOrAWeakCodeDecides(t *testing.T) {
	cases := []struct {
		name, data string
		want       errs.Reason
	}{
		{"integer code", `{"error":{"code":503,"message":"m"}}`, errs.Overloaded},
		{"code in digits", `{"error":{"code":"504","message":"m"}}`, errs.Timeout},
		{"status_code", `{"error":{"message":"m","type":"invalid_request_error","status_code":413}}`, errs.RequestTooLarge},
		{"outer status of a flat envelope", `{"object":"error","message":"m","type":"BadRequestError","code":400}`, errs.InvalidRequest},
		{"a rate limit's prose", `{"error":{"code":429,"message":"Too many tokens, please wait before trying again."}}`, errs.RateLimited},
		{"status before weak code", `{"error":{"code":403,"message":"m","status":"INTERNAL"}}`, errs.PermissionDenied},
		{"UNAVAILABLE", `{"error":{"message":"m","status":"UNAVAILABLE"}}`, errs.Overloaded},
		{"api_error", `{"type":"error","error":{"type":"api_error","message":"Internal server error"}}`, errs.ProviderInternal},
		{"server_error", `{"error":{"code":"server_error","message":"m"}}`, errs.ProviderInternal},
		{"internal_server_error", `{"error":{"type":"internal_server_error","message":"m"}}`, errs.ProviderInternal},
		{"PERMISSION_DENIED", `{"error":{"status":"PERMISSION_DENIED","message":"m"}}`, errs.PermissionDenied},
		{"invalid_request_error", `{"type":"error","error":{"type":"invalid_request_error","message":"m"}}`, errs.InvalidRequest},
		{"INVALID_ARGUMENT", `{"error":{"status":"INVALID_ARGUMENT","message":"m"}}`, errs.InvalidRequest},
		{"NOT_FOUND", `{"error":{"status":"NOT_FOUND","message":"m"}}`, errs.InvalidRequest},
		{"FAILED_PRECONDITION", `{"error":{"status":"FAILED_PRECONDITION","message":"m"}}`, errs.InvalidRequest},
		{"nothing at all", `{"error":{}}`, errs.ProviderInternal},
		{"a text", `{"error":"an error was encountered while running the model"}`, errs.ProviderInternal},
		{"a status of success is none", `{"error":{"code":200,"message":"m"}}`, errs.ProviderInternal},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if e := call("openai").Event("", nil, []byte(c.data)); e == nil || e.Reason != c.want {
				t.Errorf("event: got %v, want %s", e, c.want)
			}
			if e := call("openai").Success(nil, []byte(c.data)); e == nil || e.Reason != c.want {
				t.Errorf("success: got %v, want %s", e, c.want)
			}
		})
	}
}
