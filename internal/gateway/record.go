package gateway

import (
	"context"
	"slices"

	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/relay"
	"github.com/openloop-server/openloop/internal/store"
)

// record sets the outcome on the sample's Log, commits the Log, and leaves on the sample what the caller will get.
func (g *Gateway) record(ctx context.Context, s *sample, o *relay.Outcome) {
	s.endedAt, s.attempts, s.failure = o.DoneAt, len(o.Attempts), o.Describe(ctx, s.log)
	s.log.Ignored = s.call.Overruled
	if without := s.call.Input.Ignored; without != nil && !o.Native() {
		s.log.Ignored = slices.Concat(without(), s.log.Ignored)
	}
	if r := o.Response; r != nil && r.Native {
		s.native = r.RawResponse
	}
	if keep := s.call.Input.Keep; s.failure == nil || keep == nil || keep(s.failure) {
		s.broken = g.o.Logs.Record(context.WithoutCancel(ctx), s.log, s.riders(o)...)
	}
	g.o.Relay.Observe(o, s.call.received(), s.log.Ingress)
}

// riders are what commits with the sample's Log.
func (s *sample) riders(o *relay.Outcome) []*store.Rider {
	if s.index > 0 {
		return nil
	}
	out := s.call.Input.Riders
	if note := s.call.Input.Note; note != nil && o.Native() && s.failure == nil {
		if r := note(s.log, s.ended(), o.Holder()); r != nil {
			out = append(slices.Clip(out), r)
		}
	}
	return out
}

// ended is a native answer, or of a stream the frame that ended it; nil for none.
func (s *sample) ended() json.Value {
	if len(s.tail) > 0 {
		return s.tail[0].Data
	}
	return s.native
}
