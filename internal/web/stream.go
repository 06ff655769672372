package web

import (
	"context"
	"iter"
	"net/http"
	"reflect"

	"openloop/internal/errs"
	"openloop/internal/web/input"
)

// Chunk is one event of a stream.
type Chunk interface {
	// AppendJSON appends the event's data, a JSON object, to dst. Line breaks in it and letters outside ASCII are made safe by the
	// writer; [AppendASCIIString] makes them so at once.
	AppendJSON(dst []byte) []byte
	// More says that the next event is already at hand, so that the writer may send both together.
	More() bool
}

// Streaming is an operation that answers at once or as a stream of server-sent events, as the request asks.
type Streaming[In, Out any, C Chunk] struct {
	// Wanted reports whether the request asks for a stream.
	Wanted func(in *In) bool
	// Call makes the whole answer.
	Call func(ctx context.Context, in *In) (Out, error)
	// Stream makes the events. The status line is held until the first one: an error before it is an ordinary error answer. The
	// sequence ends after its last event or with one error. Its context is cancelled, and it is not asked for more, when the client is
	// gone. A chunk is not used after the next one was asked for, but for the last, which AppendError gets.
	Stream func(ctx context.Context, in *In) iter.Seq2[C, error]
	// AppendError appends the data of the `error` event that ends a stream which failed after the chunk last.
	AppendError func(dst []byte, last C, detail *errs.Detail) []byte
	// Done ends a stream that ended well with the line `data: [DONE]`.
	Done bool
	// Documented is the type that describes the data of an event; nil means C.
	Documented reflect.Type
}

// CallOrStream answers 200 and the JSON of s.Call, or the events of s.Stream.
func CallOrStream[In, Out any, C Chunk](s Streaming[In, Out, C]) Operation {
	chunk := s.Documented
	if chunk == nil {
		chunk = reflect.TypeFor[C]()
	}
	return Operation{
		in: reflect.TypeFor[In](), out: reflect.TypeFor[Out](), chunk: chunk, status: http.StatusOK, media: input.MediaJSON,
		bind: func(p *input.Plan) serve {
			return func(c *call, r *http.Request) error {
				in := new(In)
				if err := c.decode(p, r, reflect.ValueOf(in)); err != nil {
					return err
				}
				if s.Wanted(in) {
					return writeStream(c, &s, in)
				}
				out, err := s.Call(c, in)
				if err != nil {
					return err
				}
				return writeJSON(c, http.StatusOK, out)
			}
		},
	}
}
