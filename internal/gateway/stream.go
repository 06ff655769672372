package gateway

import (
	"context"
	"iter"
	"sync"
	"time"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/relay"
)

// Stream runs a Prompt and yields its answers as they arrive, after a chunk that opens the stream before a model is asked. An error ends the sequence. If several samples are asked for and all fail,
// the error is that of the first; a sample that fails while others continue yields a [Chunk] with Err. The last chunk of a sample comes
// after its Log is committed. Breaking the loop cancels the provider's calls. Their Logs are kept.
func (g *Gateway) Stream(ctx context.Context, in *CallInput) iter.Seq2[*Chunk, error] {
	return func(yield func(*Chunk, error) bool) {
		c, err := g.prepare(ctx, in)
		if err != nil {
			yield(nil, err)
			return
		}
		samples := g.samples(c)
		if !yield(samples[0].opening(), nil) {
			return
		}
		if len(samples) == 1 {
			g.streamOne(ctx, samples[0], yield)
			return
		}
		g.streamAll(ctx, samples, yield)
	}
}

// streamOne yields the chunks of a call with one sample.
func (g *Gateway) streamOne(ctx context.Context, s *sample, yield func(*Chunk, error) bool) {
	gone := !g.stream(ctx, s, func(c *Chunk) bool { return yield(c, nil) })
	switch {
	case gone:
	case s.broken != nil:
		yield(nil, s.broken)
	case s.failure != nil:
		yield(nil, s.failure)
	default:
		yield(s.last(), nil)
	}
}

// stream makes one streamed call, sends its output on, and records it. It returns false if send did, because the caller is gone.
func (g *Gateway) stream(ctx context.Context, s *sample, send func(*Chunk) bool) bool {
	outcome, gone := g.recall(ctx, s, nil), false
	chunk := Chunk{Call: s.call, Index: s.index, LogID: s.log.ID, Cache: s.cache, Age: s.age}
	forward := func(o *relay.Outcome, e *llm.Event, at time.Time) bool {
		if s.keeps(e) {
			return true
		}
		chunk.Provider, chunk.Model, chunk.Event, chunk.Time, chunk.Attempts = o.Provider(), o.Model(), e, at, o.Begun()
		gone = !send(&chunk)
		return !gone
	}
	if outcome != nil {
		replay(outcome, forward)
	} else {
		outcome = g.o.Relay.Stream(ctx, s.call.plan, forward)
		g.remember(s, outcome)
	}
	g.record(ctx, s, outcome)
	return !gone
}

// opening returns the chunk that opens a stream.
func (s *sample) opening() *Chunk {
	return &Chunk{Call: s.call, LogID: s.log.ID, Provider: s.log.Provider, Model: s.log.Model, Time: s.call.started}
}

// keeps takes from the frames of a native answer those that end it, which wait until the Log is recorded.
func (s *sample) keeps(e *llm.Event) bool {
	if len(s.tail) == 0 && (e.Raw == nil || !e.Raw.Last) {
		return false
	}
	if e.Raw != nil {
		s.tail = append(s.tail, e.Raw.Clone())
	}
	return true
}

// last returns the last chunk of a sample.
func (s *sample) last() *Chunk {
	out := &Chunk{Call: s.call, Index: s.index, LogID: s.log.ID, Time: s.endedAt, Cache: s.cache, Age: s.age}
	if s.failure != nil {
		out.Err = s.failure
		return out
	}
	out.Final, out.Tail, out.Provider, out.Model, out.Attempts = s.log, s.tail, s.log.Provider, s.log.Model, s.attempts
	return out
}

// streamAll streams several samples concurrently. It holds back failures that come before any output until it is known whether another
// sample delivers.
func (g *Gateway) streamAll(ctx context.Context, samples []*sample, yield func(*Chunk, error) bool) {
	ctx, cancel := context.WithCancel(ctx)
	chunks := make(chan *Chunk)
	var running sync.WaitGroup
	for _, s := range samples {
		running.Go(func() {
			defer s.guard()
			g.streamInto(ctx, s, chunks)
		})
	}
	go func() {
		running.Wait()
		close(chunks)
	}()
	m := merge{yield: yield}
	for c := range chunks {
		if !m.add(c) {
			cancel() // the others end by themselves; their chunks are read and dropped
		}
	}
	cancel()
	m.end(samples)
}

// streamInto sends copies of the sample's chunks, because the reader continues at its own pace.
func (g *Gateway) streamInto(ctx context.Context, s *sample, chunks chan<- *Chunk) {
	g.stream(ctx, s, func(c *Chunk) bool {
		own, event := *c, *c.Event
		event.More, own.Event = false, &event
		if event.Raw != nil {
			event.Raw = new(event.Raw.Clone())
		}
		chunks <- &own
		return ctx.Err() == nil
	})
	if s.broken == nil {
		chunks <- s.last()
	}
}

// merge yields the chunks of several samples as they arrive.
type merge struct {
	yield     func(*Chunk, error) bool
	held      []*Chunk // failures before the first output
	delivered bool
	gone      bool
}

func (m *merge) add(c *Chunk) bool {
	if m.gone {
		return false
	}
	if c.Err != nil && !m.delivered {
		m.held = append(m.held, c)
		return true
	}
	if !m.delivered {
		m.delivered = true
		for _, h := range m.held {
			m.gone = m.gone || !m.yield(h, nil)
		}
	}
	m.gone = m.gone || !m.yield(c, nil)
	return !m.gone
}

// end yields the failure of the whole call: that of the recording, that of the first sample if none delivered, or that of a sample that was
// cut off because this server stops.
func (m *merge) end(samples []*sample) {
	if m.gone {
		return
	}
	for _, s := range samples {
		if s.broken != nil {
			m.yield(nil, s.broken)
			return
		}
	}
	if !m.delivered && len(m.held) > 0 {
		m.yield(nil, samples[0].failure)
		return
	}
	for _, s := range samples {
		if errs.Is(s.failure, errs.ShuttingDown) {
			m.yield(nil, s.failure)
			return
		}
	}
}
