package llmhttp

import (
	"errors"
	"net/http"

	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm/failure"
)

// ErrStray is what a [Decoder] says of an event that is no part of an answer, nor a failure. It is counted and passed over.
var ErrStray = errors.New("an event that is no part of an answer")

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
