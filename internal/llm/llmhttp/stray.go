package llmhttp

import (
	"errors"
	"net/http"

	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm/failure"
)

// ErrStray is what a [Decoder] says of an event that is no part of an answer, nor a failure. It is counted and passed over.
var ErrStray = errors.New("an event that is no part of an answer")

// Unreadable is the error of the data of an event that a decoder of JSON could not read: the failure in it, or else what [Stray] says, or else
// that it is malformed.
func Unreadable(call failure.Call, name string, h http.Header, data []byte) error {
	if e := call.Event(name, h, data); e != nil {
		return e
	}
	if err := Stray(call, h, data); err != nil {
		return err
	}
	return call.Malformed(h, data)
}

// Stray is for a decoder that could not read the data of an event: it is [ErrStray] of data that no answer is made of, as servers send to
// keep a connection open, the failure that such data tells, and nil of an object, which is for the decoder to judge.
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
