// Package errs is the error contract: the closed list of reasons, the error type that carries a reason, and the `detail` object that callers
// receive.
//
// An error is classified once, where it enters: a provider's failure by its driver, a database's by the store, a bad body by the HTTP layer.
// All others wrap it with %w or return it as it is, and ask [From] for its reason. An error without a reason is [Internal]: its text is only
// for the operator's log.
package errs

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// Gateway is the origin of failures of our own.
const Gateway = "Openloop"

// Error is a classified failure. Message, Violations and the fields of the provider may be shown to a caller; Op, Body and Err must not be.
// An Error must not be changed after it was returned. [Error.With] makes a changed copy.
type Error struct {
	Reason  Reason
	Op      string // what was being done, for the operator: "store.AppendLog"
	Message string // one sentence for the caller, never empty
	Origin  string // display name of who raised it; "" means [Gateway]

	Provider          string // slug of the provider that was called
	Model             string // model as sent to the provider
	ProviderStatus    int    // its HTTP status; 0 when no status line arrived
	ProviderCode      string // its most specific machine code, untranslated
	ProviderRequestID string
	UpstreamProvider  string // who served an aggregator's call
	Param             string // the offending field

	Violations    []Violation   // every violation of a 422 validation, or of a provider's own
	RetryAfter    time.Duration // 0 means unknown
	PartialOutput bool          // output had been forwarded before the failure
	Attempts      []Attempt     // in order, when more than one was made
	LogID         string        // of the Log that recorded the failure
	Gate          *Gate         // of a deployment that a gate refuses; nil for none
	Spoken        Spoken        // of a failure that a provider told to a client of its own dialect

	Body []byte // the provider's raw error body, redacted and capped, for the operator
	Err  error  // the cause, never shown
}

// Spoken are the words of a provider's failure in its own dialect.
type Spoken struct {
	Type string `json:"type,omitempty"`
	Code string `json:"code,omitempty"`
}

// Violation is one fault of a request.
type Violation struct {
	Loc     []any  `json:"loc,omitempty"`   // strings and ints that lead to it: "prompt", "temperature"; in an answer "body" or such comes first
	Param   string `json:"param,omitempty"` // the same, dotted: "prompt.temperature"
	Message string `json:"message"`
	Type    string `json:"type,omitempty"` // machine name of the rule that was broken

	// The place in a text: in the file, or in the template at Param. They count from 1, Column in characters; both are 0 if it is unknown.
	Line   int `json:"line,omitzero"`
	Column int `json:"column,omitzero"`

	// Of a check of a gate.
	Wanted string `json:"wanted,omitempty"`
	Found  string `json:"found,omitempty"`
	RunID  string `json:"run_id,omitempty"` // of the Run that was looked at
}

// Gate says of a refused deployment where its version is judged.
type Gate struct {
	Evaluation string `json:"evaluation,omitempty"` // the id of the Evaluation that has the Run
	Run        string `json:"run,omitempty"`        // the id of the Run that is in progress
}

// Attempt is one try of a call that made several.
type Attempt struct {
	Provider       string `json:"provider"`
	Model          string `json:"model"`
	Credential     string `json:"credential,omitempty"` // the name of the stored key; empty for another key
	Reason         Reason `json:"reason,omitempty"`     // empty when it succeeded
	ProviderStatus int    `json:"provider_status,omitzero"`
	Milliseconds   int64  `json:"ms"`
	Waited         int64  `json:"waited_ms,omitzero"` // before it, as the provider asked or to give it time
}

// New returns an error of our own with a message made like [fmt.Sprintf]'s.
func New(reason Reason, format string, args ...any) *Error {
	return &Error{Reason: reason, Message: fmt.Sprintf(format, args...)}
}

// Wrap returns an internal error of the operation op with its cause, or the classified error in err's chain as it is. A nil err gives nil.
func Wrap(op string, err error) error {
	if err == nil {
		return nil
	}
	if _, ok := errors.AsType[*Error](err); ok {
		return err
	}
	return &Error{Reason: Internal, Op: op, Message: internalMessage, Err: err}
}

const internalMessage = "An internal error occurred. Give the request id to the operator of this server."

// From returns the classified error in the chain of err, or an internal error if there is none. A nil err gives nil.
func From(err error) *Error {
	if err == nil {
		return nil
	}
	if e, ok := errors.AsType[*Error](err); ok {
		return e
	}
	return &Error{Reason: Internal, Message: internalMessage, Err: err}
}

// Is reports whether err is of one of the reasons.
func Is(err error, reasons ...Reason) bool {
	if err == nil {
		return false
	}
	reason := From(err).Reason
	return slices.Contains(reasons, reason)
}

// With returns a copy of e after change was applied to it.
func (e *Error) With(change func(*Error)) *Error {
	out := *e
	change(&out)
	return &out
}

// Error is the text for the operator's log. It may contain the cause, so it must never be shown to a caller.
func (e *Error) Error() string {
	text := string(e.Reason) + ": " + e.Message
	if e.Op != "" {
		text = e.Op + ": " + text
	}
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }
