package gateway

import (
	"context"

	"github.com/openloop-server/openloop/internal/relay"
)

// record sets the outcome on the sample's Log, commits the Log, and leaves on the sample what the caller will get.
func (g *Gateway) record(ctx context.Context, s *sample, o *relay.Outcome) {
	s.endedAt, s.failure = o.DoneAt, o.Describe(ctx, s.log)
	if keep := s.call.Input.Keep; s.failure == nil || keep == nil || keep(s.failure) {
		s.broken = g.o.Logs.Record(context.WithoutCancel(ctx), s.log)
	}
	g.o.Relay.Observe(o, s.call.received())
}
