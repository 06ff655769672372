package llmhttp

import (
	"cmp"
	"maps"
	"net/http"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/llm/failure"
)

// Native is how a wire passes on a request in the words of its client, see [llm.Request.Native], and the answer to it.
type Native struct {
	Dialect llm.Dialect             // of [Driver.Speaks]
	Takes   func(model string) bool // whether a model does; nil means all of them

	// Encode returns the body with the members replaced that have to be, and the headers of the client that go with it.
	Encode func(r *llm.Request, stream bool) (json.Value, http.Header, error)
	// Decode is as in [Wire]. What a provider withheld is an answer like others: its client knows how to read it.
	Decode  func(call failure.Call, h http.Header, body []byte) (*llm.Response, error)
	Decoder func(r *llm.Request) FrameDecoder // for one stream
}

// Speaks implements [llm.Speaker].
func (d *Driver) Speaks(r *llm.Request) bool {
	n := d.wire.Native
	return n != nil && n.Dialect == r.Native.Dialect && r.Endpoint != llm.Complete && (n.Takes == nil || n.Takes(r.Model))
}

// FrameDecoder is a decoder of a stream whose frames go to a client that speaks the dialect.
type FrameDecoder interface {
	Decoder
	// Frame returns the frame that the client gets for e, the event that was decoded last. ok is false if it gets none.
	Frame(e Event) (frame llm.Raw, ok bool)
}

// whole returns the decoder of whole answers.
func (n *Native) whole() func(failure.Call, http.Header, []byte) (*llm.Response, error) {
	return func(call failure.Call, h http.Header, body []byte) (*llm.Response, error) {
		out, err := n.Decode(call, h, body)
		if err == nil {
			out.Native = true
		}
		return out, err
	}
}

// withHeader returns h with further headers, which win.
func withHeader(h, more http.Header) http.Header {
	if len(more) == 0 {
		return h
	}
	out := maps.Clone(h)
	maps.Copy(out, more)
	return out
}

// unread reports whether err says no more than that data, an object, could not be read. Then it is no failure of the stream.
func unread(err error, data []byte) bool {
	return err != nil && json.Kind(data) == '{' && errs.Is(err, errs.MalformedProviderResponse)
}

// spoken returns err with the words in which the provider told the failure, so that a client that speaks its dialect gets them.
func spoken(err error) error {
	e := errs.From(err)
	if len(e.Body) == 0 || json.Kind(e.Body) != '{' {
		return err
	}
	type words struct {
		Type json.Lenient[string] `json:"type"`
		Code json.Lenient[string] `json:"code"`
	}
	var told struct {
		Error    json.Lenient[words] `json:"error"`
		Response json.Lenient[struct {
			Error json.Lenient[words] `json:"error"`
		}] `json:"response"`
	}
	if json.UnmarshalForeign(e.Body, &told) != nil {
		return err
	}
	outer, inner := told.Error.V, told.Response.V.Error.V
	said := errs.Spoken{Type: cmp.Or(outer.Type.V, inner.Type.V), Code: cmp.Or(outer.Code.V, inner.Code.V)}
	if said == (errs.Spoken{}) {
		return err
	}
	return e.With(func(e *errs.Error) { e.Spoken = said })
}

// spokenTo wraps yield so that it gets failures as [spoken] returns them.
func spokenTo(yield func(llm.Event, error) bool) func(llm.Event, error) bool {
	return func(e llm.Event, err error) bool {
		if err != nil {
			err = spoken(err)
		}
		return yield(e, err)
	}
}
