package errs

import (
	"strings"
	"time"
)

// Detail is the object that callers receive as `{"detail": …}`, and that a failed call's Log keeps.
type Detail struct {
	Type              string      `json:"type" enum:"bad_request_error,authentication_error,not_found_error,conflict_error,unprocessable_entity_error,rate_limit_error,internal_server_error,service_unavailable_error"`
	Message           string      `json:"message"`
	Code              int         `json:"code"`
	Origin            string      `json:"origin" doc:"Who raised it: this server, a provider or another host, by its name."`
	OriginClass       OriginClass `json:"origin_class" enum:"caller,provider,server" doc:"Whose failure it is: the caller's, that of the provider or another host, or this server's."`
	Reason            Reason      `json:"reason"`
	Retryable         bool        `json:"retryable"`
	RetryAfter        float64     `json:"retry_after,omitzero"` // seconds
	RequestID         string      `json:"request_id,omitempty"`
	Provider          string      `json:"provider,omitempty"`
	Model             string      `json:"model,omitempty"`
	ProviderStatus    int         `json:"provider_status,omitzero"`
	ProviderCode      string      `json:"provider_code,omitempty"`
	ProviderRequestID string      `json:"provider_request_id,omitempty"`
	UpstreamProvider  string      `json:"upstream_provider,omitempty"`
	Param             string      `json:"param,omitempty"`
	Line              int         `json:"line,omitzero"` // of an Evaluator's code that failed
	Errors            []Violation `json:"errors,omitempty"`
	DocURL            string      `json:"doc_url"`
	PartialOutput     bool        `json:"partial_output,omitzero"`
	Attempts          []Attempt   `json:"attempts,omitempty"`
	LogID             string      `json:"log_id,omitempty"` // the Log that recorded the failure
	Gate              *Gate       `json:"gate,omitzero"`    // of a deployment that a gate refuses
	Spoken            Spoken      `json:"spoken,omitzero" doc:"The provider's own words, of a failure that it told in the dialect of the request."`
}

// DocPath is the path of a reason's documentation page on this server.
func DocPath(r Reason) string { return "/docs/errors/" + string(r) }

// Detail renders e for the request with the given id. base is the server's public URL, "" for a relative doc_url.
func (e *Error) Detail(requestID, base string) Detail {
	origin := e.Origin
	if origin == "" {
		origin = Gateway
	}
	message := e.Message
	if e.Reason == Internal || message == "" {
		message = internalMessage
	}
	return Detail{
		Type: e.Reason.Type(), Message: Clean(message, MaxMessage), Code: e.Reason.Code(), Origin: Clean(origin, maxField),
		OriginClass: e.Reason.ClassOf(origin), Reason: e.Reason, Retryable: e.Reason.Retryable(), RetryAfter: seconds(e.RetryAfter), RequestID: Clean(requestID, maxField),
		Provider: e.Provider, Model: Clean(e.Model, maxField), ProviderStatus: e.ProviderStatus,
		ProviderCode: Clean(e.ProviderCode, maxField), ProviderRequestID: Clean(e.ProviderRequestID, maxField),
		UpstreamProvider: Clean(e.UpstreamProvider, maxField), Param: Clean(e.Param, maxField),
		Errors: e.Violations, DocURL: base + DocPath(e.Reason), PartialOutput: e.PartialOutput, Attempts: e.Attempts, LogID: e.LogID, Gate: e.Gate,
		Spoken: Spoken{Type: Clean(e.Spoken.Type, maxField), Code: Clean(e.Spoken.Code, maxField)},
	}.fit()
}

// Under returns d for a server whose public URL is base: a Log keeps a relative doc_url, and an older one no class. A nil d gives nil.
func (d *Detail) Under(base string) *Detail {
	if d == nil {
		return nil
	}
	out := *d
	out.OriginClass = d.Reason.ClassOf(d.Origin)
	if strings.HasPrefix(d.DocURL, "/") {
		out.DocURL = base + d.DocURL
	}
	return &out
}

// seconds is exact for every hint that is written in seconds with up to nine decimals.
func seconds(d time.Duration) float64 {
	return float64(max(d, 0).Nanoseconds()) / 1e9
}
