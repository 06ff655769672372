package llmhttp

import (
	"context"
	"errors"
	"io"
	"iter"
	"net/http"

	"openloop/internal/errs"
	"openloop/internal/json"
	"openloop/internal/llm"
	"openloop/internal/llm/failure"
)

// What a decoder says about an answer, or an event of a stream, that it cannot use. [Explain] makes the classified error of it.
var (
	// ErrUnusable is an answer that carries a failure, or has no known shape.
	ErrUnusable = errors.New("the answer carries a failure or has no known shape")
	// ErrCut is a stream that ended without its end marker.
	ErrCut = errors.New("the stream ended without its end marker")
)

// Blocked is the decoder's error for a prompt, or a whole answer, that a safety system refused inside a 2xx.
type Blocked struct {
	Code    string // the provider's block or finish reason
	Message string // what it says about it, "" for nothing
}

// Error implements error.
func (b Blocked) Error() string { return "blocked: " + b.Code }

// Decoder turns the events of one answer into portable ones. It keeps what it must know from one event to the next.
type Decoder interface {
	// Decode appends to out what e says, nothing for an event without meaning to us. done says that e was the end marker.
	// A failure inside e is [ErrUnusable]. Nothing in out may point into e.Data.
	Decode(e Event, out []llm.Event) (events []llm.Event, done bool, err error)
	// End judges the stream after its end marker or last event: nil when it is whole, else [ErrCut], [Blocked] or [ErrUnusable].
	End() error
}

// Events makes a streamed call and yields what d makes of its events, as [llm.Driver] promises. The body sent goes with the first
// event.
func (c *Client) Events(ctx context.Context, call failure.Call, r Request, d Decoder) iter.Seq2[llm.Event, error] {
	return func(yield func(llm.Event, error) bool) {
		s, err := c.Stream(ctx, call, r)
		if err != nil {
			yield(llm.Event{}, err)
			return
		}
		defer func() { _ = s.Close() }()
		p := pump{stream: s, decoder: d, request: r.Body, yield: yield}
		for p.step() {
		}
	}
}

// pump moves events from a stream through a decoder to a consumer.
type pump struct {
	stream  *Stream
	decoder Decoder
	request json.Value // until it was sent along
	yield   func(llm.Event, error) bool
	out     []llm.Event
	held    bool // the consumer was told that more is at hand
}

// step moves one event, and reports whether to go on.
func (p *pump) step() bool {
	e, err := p.stream.Next()
	if err == io.EOF {
		p.end(nil)
		return false
	}
	if err != nil {
		p.yield(llm.Event{}, err)
		return false
	}
	if failed := p.named(e); failed != nil {
		p.yield(llm.Event{}, failed)
		return false
	}
	out, done, err := p.decoder.Decode(e, p.out[:0])
	p.out = out
	if !p.send(out, e.More && !done && err == nil) {
		return false
	}
	if err != nil {
		p.yield(llm.Event{}, p.explain(err, e.Data))
		return false
	}
	if done {
		p.end(e.Data)
	}
	return !done
}

// named is the failure in an event that calls itself one.
func (p *pump) named(e Event) error {
	if e.Name != "error" {
		return nil
	}
	if failed := p.stream.Call().Event(e.Name, p.stream.Header(), e.Data); failed != nil {
		return failed
	}
	return nil
}

// send yields events. more says that another event of the stream is at hand: a consumer that was told so, and then gets nothing,
// is told with an empty event.
func (p *pump) send(events []llm.Event, more bool) bool {
	for i := range events {
		e := &events[i]
		e.More = more || i < len(events)-1
		e.Request, p.request = p.request, nil
		if e.Output() {
			p.stream.MarkOutput()
		}
		p.held = e.More
		if !p.yield(*e, nil) {
			return false
		}
	}
	if p.held && !more {
		p.held = false
		return p.yield(llm.Event{}, nil)
	}
	return true
}

// end reports what is wrong with the stream as a whole, if anything.
func (p *pump) end(last []byte) {
	if err := p.decoder.End(); err != nil {
		p.yield(llm.Event{}, p.explain(err, last))
	}
}

func (p *pump) explain(err error, data []byte) error {
	call, h := p.stream.Call(), p.stream.Header()
	if errors.Is(err, ErrUnusable) {
		if failed := call.Event("", h, data); failed != nil {
			return failed
		}
		return call.Malformed(h, data)
	}
	return Explain(call, h, data, err)
}

// Explain makes the classified error of a decoder's err about a 2xx answer with this body. A classified err is returned as it is.
func Explain(call failure.Call, h http.Header, body []byte, err error) error {
	if _, ok := errors.AsType[*errs.Error](err); ok {
		return err
	}
	if b, ok := errors.AsType[Blocked](err); ok {
		return call.Blocked(b.Code, b.Message, h)
	}
	if errors.Is(err, ErrCut) {
		return call.Cut(h)
	}
	if failed := call.Success(h, body); failed != nil {
		return failed
	}
	return call.Malformed(h, body)
}
