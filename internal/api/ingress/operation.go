package ingress

import (
	"cmp"
	"context"
	"iter"
	"net/http"
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
	Ask     func(context.Context, *In) (*dialect.Call, *Headers, error)
	Wanted  func(*In) bool           // whether a stream is asked for
	Whole   func(*In, *Answer) Out   // nil where only providers that speak the dialect answer
	Begin   func(*In, *Begun) Writer // of a stream, once there is something to send; it sends nothing yet

	// Native returns the request for targets that speak the dialect, nil for none. A nil Native always does.
	Native  func(*In) *Native
	ModelIn string // the member of a frame that has the model; "" for the frame itself

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
	return web.CallOrStream(web.Streaming[In, *Reply[Out], chunk]{
		Wanted: o.Wanted,
		Call:   func(ctx context.Context, in *In) (*Reply[Out], error) { return whole(ctx, s, &o, in) },
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
		Head:    func(c chunk) (http.Header, bool) { return c.header, c.opens },
		Silence: o.Silence,
		Done:    o.Done,
	})
}

// chunk is an event of a stream, or what it opens with.
type chunk struct {
	dialect.Frame
	of     Writer
	header http.Header
	opens  bool
	raw    bool // the frame is a provider's
}

// AppendJSON implements [web.Chunk].
func (c chunk) AppendJSON(dst []byte) []byte { return append(dst, c.Data...) }

// More implements [web.Chunk].
func (c chunk) More() bool { return c.Frame.More }

// Verbatim implements [web.VerbatimChunk].
func (c chunk) Verbatim() []byte {
	if c.raw {
		return c.Data
	}
	return nil
}

// input reads the request. What cannot be translated can still go to a target that speaks the dialect.
func input[In, Out any](ctx context.Context, s *Service, o *Operation[In, Out], in *In) (*dialect.Call, *gateway.CallInput, error) {
	c, headers, err := o.Ask(ctx, in)
	var asked *Native
	if o.Native != nil {
		asked = o.Native(in)
	}
	native := asked.native(err)
	switch {
	case err == nil:
		if c.Samples > 1 {
			native = nil // each sample is a call
		}
	case native == nil:
		return nil, nil, err
	default:
		if c = asked.View(); c.Name == "" {
			return nil, nil, err
		}
	}
	call, err := s.input(ctx, o.Dialect, c, headers, native)
	if err == nil && call.Native != nil {
		call.Note = asked.Note
	}
	return c, call, err
}

func whole[In, Out any](ctx context.Context, s *Service, o *Operation[In, Out], in *In) (*Reply[Out], error) {
	c, call, err := input(ctx, s, o, in)
	if err != nil {
		return nil, err
	}
	result, err := s.Gateway.Call(ctx, call)
	if err != nil {
		return nil, err
	}
	first := result.Logs[max(0, slices.IndexFunc(result.Logs, func(l *trace.Log) bool { return l.Error == nil }))]
	var without []string
	if first.Lane != trace.NativeLane {
		without = slices.Concat(c.Without(), s.unused(o.Dialect, c, result.Call, first.Provider))
	}
	putWhole(ctx, &head{
		without: without, call: result.Call, logID: first.ID, provider: first.Provider, model: first.Model, cache: result.Cache, age: result.Age,
	}, result.Logs)
	if result.Native != nil {
		return &Reply[Out]{Native: renamed(result.Native, result.Call)}, nil
	}
	return &Reply[Out]{Made: o.Whole(in, &Answer{result, c, first, known(result.Call, first.Model)})}, nil
}

// stream sends the answer as it comes. A sample that fails ends it, also when others go on.
func stream[In, Out any](ctx context.Context, s *Service, o *Operation[In, Out], in *In, send func(chunk) bool) error {
	unknown := ignored(ctx)
	c, call, err := input(ctx, s, o, in)
	if err != nil {
		return err
	}
	out := streaming{
		send: send, ignored: unknown, asked: c, modelIn: o.ModelIn,
		unused: func(piece *gateway.Chunk) []string { return s.unused(o.Dialect, c, piece.Call, piece.Provider) },
	}
	for piece, err := range s.Gateway.Stream(ctx, call) {
		if err == nil {
			err = piece.Err
		}
		if err != nil {
			return err
		}
		if piece.Opens() || !out.begun {
			out.begin(piece, func(b *Begun) Writer { return o.Begin(in, b) })
		}
		if !out.add(piece) {
			return nil
		}
	}
	out.of.End()
	return nil
}

// streaming is the state of a stream.
type streaming struct {
	send    func(chunk) bool
	ignored string
	asked   *dialect.Call
	unused  func(*gateway.Chunk) []string // by the provider that answers
	modelIn string                        // see [Operation]
	begun   bool                          // with output
	more    bool                          // of the model's events is at hand
	of      Writer
	header  http.Header // of an answer that begins with the next chunk
}

// begin makes the writer and the header of an answer by the model of piece.
func (s *streaming) begin(piece *gateway.Chunk, writer func(*Begun) Writer) {
	b := head{
		ignored: s.ignored, call: piece.Call, logID: piece.LogID, provider: piece.Provider, model: piece.Model, attempts: piece.Attempts,
		cache: piece.Cache, age: piece.Age,
	}
	s.header, s.begun = http.Header{}, !piece.Opens()
	s.of = writer(&Begun{piece, s.asked, known(piece.Call, piece.Model), s.frame})
	if piece.Native() {
		s.of = &rawFrames{s.of, s.raw, piece.Call.Input.Log.Alias}
	} else {
		b.without = slices.Concat(s.asked.Without(), s.unused(piece))
	}
	b.put(s.header)
}

// add sends what piece says. It reports whether the client is still there.
func (s *streaming) add(piece *gateway.Chunk) bool {
	if piece.Opens() {
		return s.send(chunk{of: s.of, header: s.header, opens: true})
	}
	s.more = piece.Event != nil && piece.Event.More
	return s.of.Add(piece)
}

// raw sends a frame of the provider, with the alias in place of the model if there is one.
func (s *streaming) raw(r *llm.Raw, alias string, more bool) bool {
	f := dialect.Frame{Name: r.Name, Data: withModel(r.Data, s.modelIn, alias), More: more}
	return s.send(chunk{Frame: f, of: s.of, header: s.header, raw: true})
}

// frame sends a frame.
func (s *streaming) frame(f dialect.Frame) bool {
	f.More = f.More || s.more
	return s.send(chunk{Frame: f, of: s.of, header: s.header})
}
