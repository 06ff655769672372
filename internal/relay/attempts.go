package relay

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/health"
	"github.com/openloop-server/openloop/internal/telemetry"
)

// attempt asks a candidate.
type attempt func(context.Context, *candidate) error

// ask calls the models of p in order until one answers. Each attempt calls try, which leaves what came of it in o.Response. ask makes no further attempt once output was forwarded, the
// caller is gone, or less than leastTime is left to it. If all of them fail, it returns the error of the first.
func (r *Relay) ask(ctx context.Context, p *Plan, o *Outcome, try attempt) error {
	o.until, o.conversation = p.until, p.conversation
	var first error
	var failed *candidate
	for i := range p.choices {
		err := r.persist(ctx, o, &p.choices[i], p.retries, try)
		if err == nil || o.settled(err) {
			return err
		}
		if i == 0 {
			first, failed = err, o.candidate
		}
		if !takenOver(err) || !r.inTime(ctx, o, 0) {
			break
		}
	}
	o.candidate = failed
	return first
}

// persist asks one choice of models, and retries as long as retries remain and the failure is retryable.
func (r *Relay) persist(ctx context.Context, o *Outcome, c *choice, retries int, try attempt) error {
	slug := c.candidates[0].slug
	r.budgets.earn(slug)
	err := r.round(ctx, o, c, try)
	for n := range retries {
		if err == nil || o.settled(err) || !errs.From(err).Reason.Retryable() {
			return err
		}
		wait := pause(errs.From(err).RetryAfter, n)
		if wait > maxPause || !r.inTime(ctx, o, wait) || !r.budgets.spend(slug, r.o.Pressure()) {
			return err
		}
		if gone := r.o.Wait(ctx, wait); gone != nil {
			return gone
		}
		o.waited = wait
		err = r.round(ctx, o, c, try)
	}
	return err
}

// round asks one target after another, until one answers or the request is at fault. Those that are out are left out, unless all are. It
// returns the failure of the first, but one that is retryable before others.
func (r *Relay) round(ctx context.Context, o *Outcome, c *choice, try attempt) error {
	now := r.o.Now()
	line := c.line(now)
	var first error
	var failed *candidate
	for _, t := range alternatives(line) {
		if first != nil && !r.inTime(ctx, o, 0) {
			break
		}
		pass, ok := t.enter(now)
		if !ok {
			continue
		}
		err := r.once(ctx, o, t, pass, now, try)
		if err == nil || o.settled(err) || !movesOn(err) {
			return err
		}
		if first == nil || !errs.From(first).Reason.Retryable() && errs.From(err).Reason.Retryable() {
			first, failed = err, t
		}
		now = o.DoneAt
	}
	if first == nil {
		failed = best(line, now)
		first = r.once(ctx, o, failed, failed.insist(now), now, try)
	}
	if o.candidate = failed; first == nil || o.settled(first) {
		return first
	}
	return whenOneIsBack(first, line, o.DoneAt)
}

// inTime reports whether a further attempt may begin after wait, in view of the deadline of ctx and of how long the caller waits.
func (r *Relay) inTime(ctx context.Context, o *Outcome, wait time.Duration) bool {
	if !o.until.IsZero() && o.until.Sub(r.o.Now()) < wait+leastTime {
		return false
	}
	end, ok := ctx.Deadline()
	return !ok || time.Until(end) >= wait+leastTime
}

// leastTime is the time below which no further attempt is of use.
const leastTime = time.Second

// movesOn reports whether another target may answer a call that failed with err.
func movesOn(err error) bool {
	return health.Blames(errs.From(err).Reason) || errs.Is(err, errs.ProviderKeyMissing)
}

// whenOneIsBack tells with the failure of all candidates in line when the first of them is back.
func whenOneIsBack(err error, line []*candidate, now time.Time) error {
	e := errs.From(err)
	if len(line) == 1 || !e.Reason.Retryable() {
		return err
	}
	soonest := best(line, now).ends(now)
	if soonest == 0 || soonest == e.RetryAfter {
		return err
	}
	return e.With(func(e *errs.Error) { e.RetryAfter = soonest })
}

// once makes one attempt, which begins now, and records it in o.Attempts.
func (r *Relay) once(ctx context.Context, o *Outcome, t *candidate, pass health.Pass, now time.Time, try attempt) (err error) {
	o.candidate, o.SentAt = t, now
	err = errUnfinished
	ctx, span := telemetry.Ask(ctx, telemetry.Attempt{
		Provider: t.slug, Credential: t.credential, Request: &t.request, Streamed: o.Streamed, Conversation: o.conversation, Number: len(o.Attempts) + 1,
	})
	defer func() {
		pass.Done(o.DoneAt, err)
		span.Answered(o.answer(err))
	}()
	if err = t.setup; err == nil {
		err = try(ctx, t)
	}
	o.DoneAt = after(o.SentAt, r.o.Now())
	made := errs.Attempt{
		Provider: t.slug, Model: t.request.Model, Credential: t.credential, Milliseconds: o.DoneAt.Sub(o.SentAt).Milliseconds(), Waited: o.waited.Milliseconds(),
	}
	o.waited = 0
	if err != nil && !Cancelled(err) {
		e := errs.From(err)
		made.Reason, made.ProviderStatus = e.Reason, e.ProviderStatus
	}
	o.Attempts = append(o.Attempts, made)
	return err
}

var errUnfinished = errors.New("the attempt did not end")

// after returns now, measured from earlier by the monotonic clock, so that a change of the wall clock does not affect the difference. The
// result is never before earlier.
func after(earlier, now time.Time) time.Time { return earlier.Add(max(0, now.Sub(earlier))) }

// settled reports whether a failure is final, because the caller is gone or has received output.
func (o *Outcome) settled(err error) bool { return Cancelled(err) || o.begun }

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
