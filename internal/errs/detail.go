package errs

import "time"

// Detail is the object that callers receive as `{"detail": …}`, and that a failed call's Log keeps.
type Detail struct {
	Type              string      `json:"type"`
	Message           string      `json:"message"`
	Code              int         `json:"code"`
	Origin            string      `json:"origin"`
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
	Errors            []Violation `json:"errors,omitempty"`
	DocURL            string      `json:"doc_url"`
	PartialOutput     bool        `json:"partial_output,omitzero"`
	Attempts          []Attempt   `json:"attempts,omitempty"`
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
		Type: e.Reason.Type(), Message: message, Code: e.Reason.Code(), Origin: origin,
		Reason: e.Reason, Retryable: e.Reason.Retryable(), RetryAfter: seconds(e.RetryAfter), RequestID: requestID,
		Provider: e.Provider, Model: e.Model, ProviderStatus: e.ProviderStatus, ProviderCode: e.ProviderCode,
		ProviderRequestID: e.ProviderRequestID, UpstreamProvider: e.UpstreamProvider, Param: e.Param,
		Errors: e.Violations, DocURL: base + DocPath(e.Reason), PartialOutput: e.PartialOutput, Attempts: e.Attempts,
	}
}

func seconds(d time.Duration) float64 {
	return float64(d.Microseconds()) / 1e6
}
