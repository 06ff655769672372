package relay

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"github.com/openloop-server/openloop/internal/errs"
)

// ask calls the candidates of p in order until one answers. Each attempt calls try. ask makes no further attempt once output was forwarded or
// the caller is gone. If all of them fail, it returns the error of the first.
func (r *Relay) ask(ctx context.Context, p *Plan, o *Outcome, try func(*candidate) error) error {
	var first error
	for i := range p.candidates {
		o.candidate = &p.candidates[i]
		err := r.persist(ctx, o, p.retries, try)
		if err == nil || o.settled(err) {
			return err
		}
		if i == 0 {
			first = err
		}
		if !takenOver(err) {
			break
		}
	}
	o.candidate = &p.candidates[0]
	return first
}

// persist calls one candidate, and retries as long as retries remain and the failure is retryable.
func (r *Relay) persist(ctx context.Context, o *Outcome, retries int, try func(*candidate) error) error {
	r.budgets.earn(o.candidate.slug)
	for n := 0; ; n++ {
		err := r.once(o, try)
		if err == nil || o.settled(err) || n >= retries || !errs.From(err).Reason.Retryable() {
			return err
		}
		wait := pause(errs.From(err).RetryAfter, n)
		if wait > maxPause || !r.budgets.spend(o.candidate.slug) {
			return err
		}
		if gone := r.o.Wait(ctx, wait); gone != nil {
			return gone
		}
		o.waited = wait
	}
}

// once makes one attempt and records it in s.attempts.
func (r *Relay) once(o *Outcome, try func(*candidate) error) error {
	o.SentAt = r.o.Now()
	err := o.candidate.setup
	if err == nil {
		err = try(o.candidate)
	}
	o.DoneAt = after(o.SentAt, r.o.Now())
	attempt := errs.Attempt{
		Provider: o.candidate.slug, Model: o.candidate.request.Model, Milliseconds: o.DoneAt.Sub(o.SentAt).Milliseconds(), Waited: o.waited.Milliseconds(),
	}
	o.waited = 0
	if err != nil && !Cancelled(err) {
		e := errs.From(err)
		attempt.Reason, attempt.ProviderStatus = e.Reason, e.ProviderStatus
	}
	o.Attempts = append(o.Attempts, attempt)
	return err
}

// after returns now, measured from earlier by the monotonic clock, so that a change of the wall clock does not affect the difference. The
// result is never before earlier.
func after(earlier, now time.Time) time.Time { return earlier.Add(max(0, now.Sub(earlier))) }

// settled reports whether a failure is final, because the caller is gone or has received output.
func (o *Outcome) settled(err error) bool { return Cancelled(err) || !o.FirstAt.IsZero() }

// Cancelled reports whether err says that the caller, and not the provider, ended the request.
func Cancelled(err error) bool {
	_, classified := errors.AsType[*errs.Error](err)
	return !classified && (errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded))
}

// takenOver reports whether a fallback may answer a call that failed with err.
func takenOver(err error) bool {
	e := errs.From(err)
	return e.Reason.Retryable() || errs.Is(err, errs.Billing, errs.QuotaExhausted, errs.InvalidAPIKey, errs.AccountDisabled,
		errs.ModelNotFound, errs.ProviderKeyMissing)
}

// The wait before a retry is the one that the provider asks for. Otherwise it doubles each time, with random variation. If it would exceed
// maxPause, the call fails instead.
const (
	firstPause = 500 * time.Millisecond
	longest    = 8 * time.Second
	maxPause   = 30 * time.Second
)

func pause(asked time.Duration, attempt int) time.Duration {
	backoff := min(firstPause<<min(attempt, 10), longest)
	backoff -= time.Duration(rand.Int64N(int64(backoff) / 4)) //nolint:gosec // spreads retries, guards nothing
	return max(asked, backoff)
}
