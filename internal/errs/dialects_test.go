package errs_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/errs"
)

func TestWordsOfDialects(t *testing.T) {
	for reason, want := range map[errs.Reason][2]string{
		errs.GatewayKeyMissing:       {"401 invalid_request_error invalid_api_key false", "401 authentication_error  false"},
		errs.GatewayKeyInvalid:       {"401 invalid_request_error invalid_api_key false", "401 authentication_error  false"},
		errs.InvalidAPIKey:           {"403 permission_error invalid_api_key false", "403 permission_error  false"},
		errs.ProviderKeyMissing:      {"403 permission_error provider_key_missing false", "403 permission_error  false"},
		errs.UnknownProvider:         {"404 invalid_request_error model_not_found false", "404 not_found_error  false"},
		errs.PromptNotFound:          {"404 invalid_request_error model_not_found false", "404 not_found_error  false"},
		errs.RouteNotFound:           {"404 invalid_request_error route_not_found false", "404 not_found_error  false"},
		errs.LogNotFound:             {"404 invalid_request_error log_not_found false", "404 not_found_error  false"},
		errs.InvalidJSON:             {"400 invalid_request_error invalid_json false", "400 invalid_request_error  false"},
		errs.ValidationFailed:        {"400 invalid_request_error validation_failed false", "400 invalid_request_error  false"},
		errs.UnsupportedParameter:    {"400 invalid_request_error unsupported_parameter false", "400 invalid_request_error  false"},
		errs.ContextLengthExceeded:   {"400 invalid_request_error context_length_exceeded false", "400 invalid_request_error  false"},
		errs.ContentFiltered:         {"400 invalid_request_error content_filter false", "400 invalid_request_error  false"},
		errs.BodyTooLarge:            {"400 invalid_request_error request_too_large false", "413 request_too_large  false"},
		errs.UnsupportedMediaType:    {"415 invalid_request_error unsupported_media_type false", "415 invalid_request_error  false"},
		errs.MethodNotAllowed:        {"405 invalid_request_error method_not_allowed false", "405 invalid_request_error  false"},
		errs.RequestTimeout:          {"408 invalid_request_error request_timeout true", "408 invalid_request_error  true"},
		errs.Conflict:                {"409 invalid_request_error conflict true", "409 invalid_request_error  true"},
		errs.ModelOutputInvalid:      {"422 invalid_request_error model_output_invalid true", "422 invalid_request_error  true"},
		errs.RateLimited:             {"429 rate_limit_error rate_limit_exceeded true", "429 rate_limit_error  true"},
		errs.GatewayRateLimited:      {"429 rate_limit_error rate_limit_exceeded true", "429 rate_limit_error  true"},
		errs.QuotaExhausted:          {"429 insufficient_quota insufficient_quota false", "429 rate_limit_error  false"},
		errs.Billing:                 {"429 insufficient_quota insufficient_quota false", "402 billing_error  false"},
		errs.BudgetExceeded:          {"429 insufficient_quota insufficient_quota false", "402 billing_error  false"},
		errs.Overloaded:              {"503 server_error server_is_overloaded true", "529 overloaded_error  true"},
		errs.GatewayOverloaded:       {"503 server_error server_is_overloaded true", "529 overloaded_error  true"},
		errs.Timeout:                 {"504 server_error timeout true", "504 timeout_error  true"},
		errs.ProviderUnreachable:     {"502 server_error provider_unreachable true", "502 api_error  true"},
		errs.StreamInterrupted:       {"502 server_error stream_interrupted true", "502 api_error  true"},
		errs.ProviderInternal:        {"500 server_error provider_internal true", "500 api_error  true"},
		errs.Internal:                {"500 server_error internal_error false", "500 api_error  false"},
		errs.ShuttingDown:            {"503 server_error shutting_down true", "503 api_error  true"},
		errs.DependencyUnavailable:   {"503 server_error dependency_unavailable true", "503 api_error  true"},
		errs.Reason("not in a list"): {"500 server_error not in a list false", "500 api_error  false"},
	} {
		var got [2]string
		for _, d := range []errs.Dialect{errs.OpenAI, errs.Anthropic} {
			w := reason.In(d)
			got[d] = fmt.Sprint(w.Status, " ", w.Type, " ", w.Code, " ", w.Retry)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", reason, diff)
		}
	}
}

// Clients repeat a 5xx whatever a header says.
func TestOnlyBugsAndWhatARetryHelpsAre5xx(t *testing.T) {
	own := map[errs.Reason]bool{errs.Internal: true, errs.WorkerLost: true, errs.RuntimeUnavailable: true}
	for _, reason := range errs.Reasons() {
		for _, d := range []errs.Dialect{errs.OpenAI, errs.Anthropic} {
			w := reason.In(d)
			if w.Type == "" || w.Status < 400 || (w.Code == "") != (d == errs.Anthropic) || w.Status >= 500 && !w.Retry && !own[reason] {
				t.Errorf("%s in %d: %+v", reason, d, w)
			}
		}
	}
}
