package relay

import (
	"context"
	"time"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/llm"
)

// countTimeout is how long a provider may take to count. Whoever asks has an estimate.
const countTimeout = 10 * time.Second

// Count returns how many tokens the prompt of q has, as the provider of the model counts that is asked first. ok is false if that one counts none,
// has no key, or fails: the model may answer all the same. What comes of it says nothing of how the target does. Errors: unknown_provider,
// model_not_found, and that of ctx.
func (r *Relay) Count(ctx context.Context, q *Question) (n int64, ok bool, err error) {
	p, err := r.Plan(ctx, q)
	if err != nil {
		return 0, false, err
	}
	now := r.o.Now()
	t := best(p.choices[0].line(now), now)
	counter, able := t.driver.(llm.Counter)
	if t.setup != nil || !able {
		return 0, false, nil
	}
	within, cancel := context.WithTimeout(ctx, countTimeout)
	defer cancel()
	n, err = counter.Count(within, &t.request)
	switch {
	case err == nil:
		return n, true, nil
	case ctx.Err() != nil:
		return 0, false, ctx.Err()
	case errs.Is(err, errs.ModelNotFound):
		return 0, false, err
	}
	return 0, false, nil
}
