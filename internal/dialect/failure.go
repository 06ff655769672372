package dialect

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/openloop-server/openloop/internal/errs"
)

// Failed is a failure as clients of a dialect read it.
type Failed struct {
	Status int
	Retry  bool
	Body   any // as JSON encodes it: of an answer, and of the event that ends a stream
}

// openAIFailure is the body that OpenAI's clients read. Openloop is the whole failure, for people.
type openAIFailure struct {
	Error openAIError `json:"error"`
}

type openAIError struct {
	Message  string       `json:"message"`
	Type     string       `json:"type"`
	Param    *string      `json:"param"`
	Code     string       `json:"code"`
	Openloop *errs.Detail `json:"openloop"`
}

// OpenAI returns d in OpenAI's words.
func OpenAI(d *errs.Detail) Failed {
	w := d.In(errs.OpenAI)
	if d.Param == previousResponse && w.Status == http.StatusNotFound {
		w = errs.InvalidRequest.In(errs.OpenAI)
		w.Code = "previous_response_not_found" // its clients know this one, as a bad request
	}
	body := openAIError{Message: d.Message, Type: w.Type, Code: w.Code, Openloop: d}
	if d.Param != "" {
		body.Param = &d.Param
	}
	return Failed{Status: w.Status, Retry: w.Retry, Body: openAIFailure{body}}
}

const previousResponse = "previous_response_id"

// anthropicFailure is the body that Anthropic's clients read.
type anthropicFailure struct {
	Type      string         `json:"type"`
	Error     anthropicError `json:"error"`
	RequestID string         `json:"request_id"`
	Openloop  *errs.Detail   `json:"openloop"`
}

type anthropicError struct {
	Type    string `json:"type"`
	Message string `json:"message"`
}

// Anthropic returns d in Anthropic's words.
func Anthropic(d *errs.Detail) Failed {
	w := d.In(errs.Anthropic)
	return Failed{Status: w.Status, Retry: w.Retry, Body: anthropicFailure{
		Type: "error", Error: anthropicError{Type: w.Type, Message: anthropicMessage(d)}, RequestID: d.RequestID, Openloop: d,
	}}
}

// Clients know a model that is not there, and a conversation that has grown too long, by how the message begins.
const (
	noModelPrefix = "model: "
	tooLongPrefix = "prompt is too long: "
)

func anthropicMessage(d *errs.Detail) string {
	switch d.Reason { //nolint:exhaustive // the messages of all others are as they are
	case errs.ModelNotFound, errs.UnknownProvider, errs.PromptNotFound, errs.VersionNotFound, errs.EnvironmentNotFound:
		return prefixed(noModelPrefix, d.Message)
	case errs.ContextLengthExceeded:
		return prefixed(tooLongPrefix, d.Message)
	}
	return d.Message
}

func prefixed(prefix, message string) string {
	if strings.HasPrefix(message, prefix) {
		return message
	}
	return prefix + message
}

// maxRetryAfter is the longest time, in seconds, that clients are told to wait for: those of both vendors wait as long as they are told, or
// repeat at once.
const maxRetryAfter = 120

// RetryHeader returns the value of x-should-retry: what a client can wait for it should repeat.
func (f *Failed) RetryHeader(d *errs.Detail) string {
	return strconv.FormatBool(f.Retry && d.RetryAfter <= maxRetryAfter)
}
