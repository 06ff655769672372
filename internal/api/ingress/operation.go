package ingress

import (
	"cmp"
	"context"
	"iter"
	"slices"

	"github.com/openloop-server/openloop/internal/dialect"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/gateway"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/trace"
	"github.com/openloop-server/openloop/internal/web"
)

// Operation is a call of a model in a dialect. In is the request, and Out the whole answer.
type Operation[In, Out any] struct {
	Dialect Dialect
	Ask     func(*In) (*dialect.Call, *Headers, error)
	Wanted  func(*In) bool // whether a stream is asked for
	Whole   func(*In, *Answer) Out
	Begin   func(*In, *Begun) Writer // of a stream, once there is something to send; it sends nothing yet

	Failed  string // the name of the event that ends a stream which failed
	Silence string // see [web.Streaming]
	Done    bool   // likewise
}

// Answer is a whole answer.
type Answer struct {
	*gateway.Result
	Asked *dialect.Call
	First *trace.Log // of the samples, the first that did not fail
	Model string     // that answered, as the client knows it
}

// Begun is a stream at its first chunk.
type Begun struct {
	*gateway.Chunk
	Asked *dialect.Call
	Model string                   // that answers, as the client knows it
	Send  func(dialect.Frame) bool // reports whether the client is still there
}

// Writer writes the frames of one stream.
type Writer interface {
	// Add sends what a chunk says, the first one too. It reports whether the client is still there.
	Add(c *gateway.Chunk) bool
	// End sends what follows the last chunk.
	End()
	// AppendFailure appends the data of the event that ends a stream which failed.
	AppendFailure(dst []byte, d *errs.Detail) []byte
}

// known returns the name by which a client knows the model that answers: the alias that it asked for, else the model's own.
func known(c *gateway.Call, model string) string { return cmp.Or(c.Input.Log.Alias, model) }

// Said is the message that a Log keeps, never nil.
func Said(l *trace.Log) *llm.Message { return cmp.Or(l.Payload.OutputMessage, new(llm.Message)) }

// Serve returns the operation for the table of routes.
func Serve[In, Out any](s *Service, o Operation[In, Out]) web.Operation {
	return web.CallOrStream(web.Streaming[In, Out, chunk]{
		Wanted: o.Wanted,
		Call:   func(ctx context.Context, in *In) (Out, error) { return whole(ctx, s, &o, in) },
		Stream: func(ctx context.Context, in *In) iter.Seq2[chunk, error] {
			return func(yield func(chunk, error) bool) {
				if err := stream(ctx, s, &o, in, func(c chunk) bool { return yield(c, nil) }); err != nil {
					yield(chunk{}, err)
				}
			}
		},
		AppendError: func(dst []byte, last chunk, d *errs.Detail) []byte { return last.of.AppendFailure(dst, d) },
		Name: func(c chunk, failed bool) string {
			if failed {
				return o.Failed
			}
			return c.Name
		},
		Silence: o.Silence,
		Done:    o.Done,
	})
}

// chunk is an event of a stream.
type chunk struct {
	dialect.Frame
	of Writer
}

// AppendJSON implements [web.Chunk].
func (c chunk) AppendJSON(dst []byte) []byte { return append(dst, c.Data...) }

// More implements [web.Chunk].
func (c chunk) More() bool { return c.Frame.More }

func input[In, Out any](ctx context.Context, s *Service, o *Operation[In, Out], in *In) (*dialect.Call, *gateway.CallInput, error) {
	c, headers, err := o.Ask(in)
	if err != nil {
		return nil, nil, err
	}
	call, err := s.input(ctx, o.Dialect, c, headers)
	return c, call, err
}

func whole[In, Out any](ctx context.Context, s *Service, o *Operation[In, Out], in *In) (out Out, err error) {
	c, call, err := input(ctx, s, o, in)
	if err != nil {
		return out, err
	}
	result, err := s.Gateway.Call(ctx, call)
	if err != nil {
		return out, err
	}
	first := result.Logs[max(0, slices.IndexFunc(result.Logs, func(l *trace.Log) bool { return l.Error == nil }))]
	head(ctx, c, result.Call, first.ID, first.Provider, first.Model)
	tail(ctx, result.Logs)
	gateway.PutCache(web.Header(ctx), result.Cache, result.Age)
	return o.Whole(in, &Answer{result, c, first, known(result.Call, first.Model)}), nil
}

// stream sends the answer as it comes. A sample that fails ends it, also when others go on.
func stream[In, Out any](ctx context.Context, s *Service, o *Operation[In, Out], in *In, send func(chunk) bool) error {
	c, call, err := input(ctx, s, o, in)
	if err != nil {
		return err
	}
	var w Writer
	more := false // of the model's events is at hand
	frame := func(f dialect.Frame) bool {
		f.More = f.More || more
		return send(chunk{f, w})
	}
	for piece, err := range s.Gateway.Stream(ctx, call) {
		if err == nil {
			err = piece.Err
		}
		if err != nil {
			return err
		}
		if w == nil {
			head(ctx, c, piece.Call, piece.LogID, piece.Provider, piece.Model)
			gateway.PutCache(web.Header(ctx), piece.Cache, piece.Age)
			w = o.Begin(in, &Begun{piece, c, known(piece.Call, piece.Model), frame})
		}
		if more = piece.Event != nil && piece.Event.More; !w.Add(piece) {
			return nil
		}
	}
	w.End()
	return nil
}
