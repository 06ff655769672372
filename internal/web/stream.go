package web

import (
	"context"
	"iter"
	"net/http"
	"reflect"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/web/input"
)

// Chunk is one event of a stream.
type Chunk interface {
	// AppendJSON appends the data of the event, a JSON object, to dst. The writer replaces line breaks and escapes characters outside ASCII,
	// which costs less if [ascii.AppendString] wrote them.
	AppendJSON(dst []byte) []byte
	// More reports whether the next event is available already. The writer may then send both together.
	More() bool
}

// VerbatimChunk is a [Chunk] whose data may be sent as it is: nothing in it is escaped, and each line of it becomes one of the event.
type VerbatimChunk interface {
	Chunk
	// Verbatim returns the data, or nil if AppendJSON writes it.
	Verbatim() []byte
}

// Streaming is an operation that answers with JSON or with a stream of server-sent events, as the request asks.
type Streaming[In, Out any, C Chunk] struct {
	// Wanted reports whether the request asks for a stream.
	Wanted func(in *In) bool
	// Call makes the whole answer.
	Call func(ctx context.Context, in *In) (Out, error)
	// Stream makes the events. The status line is sent with the first one, so an error before it is an ordinary error answer; but after
	// [Options.StreamHold] it is sent without one. The sequence
	// ends after its last event or with one error. When the client leaves, its context ends and no more events are asked for. A chunk is not
	// used after the next one was asked for, except that AppendError gets the last one.
	Stream func(ctx context.Context, in *In) iter.Seq2[C, error]
	// AppendError appends the data of the last event of a stream that failed after the chunk last.
	AppendError func(dst []byte, last C, detail *errs.Detail) []byte
	// Head returns what the answer's header has beside what [Header] has if the answer begins with c. A chunk that opens is not sent: it is for an
	// answer that begins without an event once the hold is over, which starts with it, and AppendError gets it if nothing follows. Nil is for chunks
	// without either.
	Head func(c C) (header http.Header, opens bool)
	// Name returns the name of a chunk's event, or of the event of a stream that failed after the chunk; "" for none. Nil is the way of the v5
	// API: chunks have no name, and a failure is an `error`.
	Name func(c C, failed bool) string
	// Silence is what is sent while there is nothing else, with its line ends; "" means a comment.
	Silence string
	// Done adds the line `data: [DONE]` to the end of a stream without an error.
	Done bool
	// Documented is the type of the data of an event in the OpenAPI document; nil means C.
	Documented reflect.Type
}

// CallOrStream answers 200 and the JSON of s.Call, or the events of s.Stream.
func CallOrStream[In, Out any, C Chunk](s Streaming[In, Out, C]) Operation {
	o := s.operation()
	o.out, o.media = reflect.TypeFor[Out](), input.MediaJSON
	return operation(o, func(c *exchange, in *In) error {
		if s.Wanted(in) {
			return writeStream(c, &s, in)
		}
		out, err := s.Call(c, in)
		if err != nil {
			return err
		}
		return writeJSON(c, http.StatusOK, out)
	})
}

// Stream answers 200 and the events of s.Stream, whatever the request asks for. s.Wanted and s.Call are not used.
func Stream[In any, C Chunk](s Streaming[In, struct{}, C]) Operation {
	return operation(s.operation(), func(c *exchange, in *In) error { return writeStream(c, &s, in) })
}

// operation describes the stream.
func (s *Streaming[In, Out, C]) operation() Operation {
	o := Operation{chunk: s.Documented, status: http.StatusOK}
	if o.chunk == nil {
		o.chunk = reflect.TypeFor[C]()
	}
	if s.Name == nil {
		o.broken = eventFailed
	}
	return o
}
