package errs

import (
	"cmp"
	"net/http"
)

// Dialect is another vendor's contract of errors. On routes that clients of that vendor call, its own statuses and words stand in place of
// ours, because those clients decide by them whether to repeat a request.
type Dialect int

// The dialects.
const (
	OpenAI    Dialect = iota // of chat completions, responses, completions, embeddings, models
	Anthropic                // of messages
)

// Words are how a failure of one reason looks in a dialect.
type Words struct {
	Status int    // of the answer
	Type   string // "invalid_request_error"
	Code   string // "" in dialects that have none
	Retry  bool   // whether the same request may succeed later; no status of 500 or more is without it, but for a bug of our own
}

// In returns the words of r in a dialect.
func (r Reason) In(d Dialect) Words {
	row, ok := dialects[r]
	if !ok {
		row = byStatus[r.Code()]
	}
	words := row[d]
	if words.Code == sameAsReason {
		words.Code = string(r)
	}
	words.Retry = r.Retryable()
	return words
}

// In returns the words of d in a dialect. A provider that told the failure in this dialect, with the same status, keeps its own.
func (d *Detail) In(dialect Dialect) Words {
	words := d.Reason.In(dialect)
	if d.ProviderStatus != words.Status {
		return words
	}
	words.Type = cmp.Or(d.Spoken.Type, words.Type)
	if dialect == OpenAI {
		words.Code = cmp.Or(d.Spoken.Code, words.Code)
	}
	return words
}

const (
	sameAsReason = "="

	typeInvalid    = "invalid_request_error"
	typeNotFound   = "not_found_error"
	typePermission = "permission_error"
	typeServer     = "server_error"
	typeRateLimit  = "rate_limit_error"
	typeAPI        = "api_error"
)

// dialectWords is a row of the table: what OpenAI says, and what Anthropic does.
type dialectWords [2]Words

func ofOpenAI(status int, kind, code string) Words {
	return Words{Status: status, Type: kind, Code: code}
}
func ofAnthropic(status int, kind string) Words { return Words{Status: status, Type: kind} }

var (
	badRequest  = dialectWords{ofOpenAI(http.StatusBadRequest, typeInvalid, sameAsReason), ofAnthropic(http.StatusBadRequest, typeInvalid)}
	noKey       = dialectWords{ofOpenAI(http.StatusUnauthorized, typeInvalid, "invalid_api_key"), ofAnthropic(http.StatusUnauthorized, "authentication_error")}
	forbidden   = dialectWords{ofOpenAI(http.StatusForbidden, typePermission, sameAsReason), ofAnthropic(http.StatusForbidden, typePermission)}
	noModel     = dialectWords{ofOpenAI(http.StatusNotFound, typeInvalid, "model_not_found"), ofAnthropic(http.StatusNotFound, typeNotFound)}
	missing     = dialectWords{ofOpenAI(http.StatusNotFound, typeInvalid, sameAsReason), ofAnthropic(http.StatusNotFound, typeNotFound)}
	tooLarge    = dialectWords{ofOpenAI(http.StatusBadRequest, typeInvalid, "request_too_large"), ofAnthropic(http.StatusRequestEntityTooLarge, "request_too_large")}
	conflicting = dialectWords{ofOpenAI(http.StatusConflict, typeInvalid, sameAsReason), ofAnthropic(http.StatusConflict, typeInvalid)}
	limited     = dialectWords{ofOpenAI(http.StatusTooManyRequests, typeRateLimit, "rate_limit_exceeded"), ofAnthropic(http.StatusTooManyRequests, typeRateLimit)}
	noMoney     = dialectWords{ofOpenAI(http.StatusTooManyRequests, "insufficient_quota", "insufficient_quota"), ofAnthropic(http.StatusPaymentRequired, "billing_error")}
	busy        = dialectWords{ofOpenAI(http.StatusServiceUnavailable, typeServer, "server_is_overloaded"), ofAnthropic(statusOverloaded, "overloaded_error")}
	badGateway  = dialectWords{ofOpenAI(http.StatusBadGateway, typeServer, sameAsReason), ofAnthropic(http.StatusBadGateway, typeAPI)}
	broken      = dialectWords{ofOpenAI(http.StatusInternalServerError, typeServer, sameAsReason), ofAnthropic(http.StatusInternalServerError, typeAPI)}
	away        = dialectWords{ofOpenAI(http.StatusServiceUnavailable, typeServer, sameAsReason), ofAnthropic(http.StatusServiceUnavailable, typeAPI)}
)

// statusOverloaded is Anthropic's own status, which its clients repeat.
const statusOverloaded = 529

// dialects has the reasons whose words do not follow from their status here.
//
// A refused key of a provider is 403 and not 401: on 401 clients sign out, or ask their user for another key of this server. What no
// repetition helps is below 500, because some clients repeat every 5xx whatever a header says.
var dialects = map[Reason]dialectWords{
	InvalidAPIKey: forbidden, ProviderKeyMissing: forbidden, PermissionDenied: forbidden, AccountDisabled: forbidden, RegionNotSupported: forbidden,
	GatewayPermissionDenied: forbidden,

	ModelNotFound: noModel, UnknownProvider: noModel, PromptNotFound: noModel, VersionNotFound: noModel, EnvironmentNotFound: noModel,

	ContentFiltered: {ofOpenAI(http.StatusBadRequest, typeInvalid, "content_filter"), badRequest[Anthropic]},
	RequestTooLarge: tooLarge, BodyTooLarge: tooLarge,

	UnsupportedMediaType: {ofOpenAI(http.StatusUnsupportedMediaType, typeInvalid, sameAsReason), ofAnthropic(http.StatusUnsupportedMediaType, typeInvalid)},
	MethodNotAllowed:     {ofOpenAI(http.StatusMethodNotAllowed, typeInvalid, sameAsReason), ofAnthropic(http.StatusMethodNotAllowed, typeInvalid)},
	RequestTimeout:       {ofOpenAI(http.StatusRequestTimeout, typeInvalid, sameAsReason), ofAnthropic(http.StatusRequestTimeout, typeInvalid)},

	ModelOutputInvalid: {ofOpenAI(http.StatusUnprocessableEntity, typeInvalid, sameAsReason), ofAnthropic(http.StatusUnprocessableEntity, typeInvalid)},

	QuotaExhausted: {noMoney[OpenAI], limited[Anthropic]},
	Billing:        noMoney, BudgetExceeded: noMoney,

	Overloaded: busy, ModelNotReady: busy, GatewayOverloaded: busy,
	Timeout:             {ofOpenAI(http.StatusGatewayTimeout, typeServer, "timeout"), ofAnthropic(http.StatusGatewayTimeout, "timeout_error")},
	ProviderUnreachable: badGateway, StreamInterrupted: badGateway, MalformedProviderResponse: badGateway,

	RuntimeUnavailable: broken, // no repetition helps until an operator acts
}

var byStatus = map[int]dialectWords{
	http.StatusBadRequest:          badRequest,
	http.StatusUnauthorized:        noKey,
	http.StatusNotFound:            missing,
	http.StatusConflict:            conflicting,
	http.StatusUnprocessableEntity: badRequest,
	http.StatusTooManyRequests:     limited,
	http.StatusInternalServerError: broken,
	http.StatusServiceUnavailable:  away,
}
