package llmhttp

import (
	"errors"
	"net/http"

	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm/failure"
)

// ErrStray is the error of a [Decoder] for an event that is neither part of an answer nor a failure. The event is counted and skipped.
var ErrStray = errors.New("an event that is no part of an answer")

// Unreadable returns the error for the data of an event that a JSON decoder could not read: the failure in the data, else the error of
// [Stray], else malformed_provider_response.
func Unreadable(call failure.Call, name string, h http.Header, data []byte) error {
	if e := call.Event(name, h, data); e != nil {
		return e
	}
	if err := Stray(call, h, data); err != nil {
		return err
	}
	return call.Malformed(h, data)
}

// Stray classifies the data of an event that a decoder could not read. It returns [ErrStray] if the data cannot be part of an answer, such as a
// text that keeps the connection open, and the failure if such a text tells one. It returns nil for an object, which the decoder must judge.
func Stray(call failure.Call, h http.Header, data []byte) error {
	switch kind := json.Kind(data); {
	case kind == '{', kind == '[' && json.Valid(data) && !json.Blank(data):
		return nil
	}
	if failed := call.Plain(h, data); failed != nil {
		return failed
	}
	return ErrStray
}
