package gateway

import (
	"context"

	"github.com/openloop-server/openloop/internal/relay"
	"github.com/openloop-server/openloop/internal/store"
)

// record sets the outcome on the sample's Log, commits the Log, and leaves on the sample what the caller will get.
func (g *Gateway) record(ctx context.Context, s *sample, o *relay.Outcome) {
	s.endedAt, s.attempts, s.failure = o.DoneAt, len(o.Attempts), o.Describe(ctx, s.log)
	if o.Native() {
		s.log.Ignored = s.call.Overruled // all else went on
	}
	if r := o.Response; r != nil && r.Native {
		s.native = r.RawResponse
	}
	if keep := s.call.Input.Keep; s.failure == nil || keep == nil || keep(s.failure) {
		s.broken = g.o.Logs.Record(context.WithoutCancel(ctx), s.log, s.riders()...)
	}
	g.o.Relay.Observe(o, s.call.received())
}

// riders are what commits with the sample's Log.
func (s *sample) riders() []*store.Rider {
	if s.index > 0 {
		return nil
	}
	return s.call.Input.Riders
}
