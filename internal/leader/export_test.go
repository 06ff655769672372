package leader

import (
	"context"
	"time"
)

// Try tries once to get or to renew the lease.
func (l *Leader) Try(ctx context.Context) time.Duration { return l.try(ctx) }

// Leave gives the lease back.
func (l *Leader) Leave(ctx context.Context) { l.leave(ctx) }
