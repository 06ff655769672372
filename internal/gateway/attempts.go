package gateway

import (
	"context"
	"math/rand/v2"
	"time"

	"openloop/internal/errs"
	"openloop/internal/file"
	"openloop/internal/llm"
)

// target is a model that may answer a call.
type target struct {
	slug    string
	driver  llm.Driver
	request llm.Request
	setup   error // why it cannot be called
}

// targets are the Prompt's own model and its fallbacks, in order. A provider that this server does not have is the caller's error.
func (g *Gateway) targets(ctx context.Context, c *Call) error {
	p := &c.Prompt.Content
	c.retries = g.o.MaxRetries
	if p.MaxRetries != nil {
		c.retries = *p.MaxRetries
	}
	if c.Input.MaxRetries != nil {
		c.retries = *c.Input.MaxRetries
	}
	fallbacks := p.Fallbacks
	if c.Input.Fallbacks != nil {
		fallbacks = c.Input.Fallbacks
	}
	c.targets = make([]target, 0, 1+len(fallbacks))
	if err := g.addTarget(ctx, c, file.Fallback{Provider: p.Provider, Model: p.Model}); err != nil {
		return err
	}
	for _, f := range fallbacks {
		if f.Provider == "" {
			f.Provider = p.Provider
		}
		if err := g.addTarget(ctx, c, f); err != nil {
			return err
		}
	}
	return nil
}

func (g *Gateway) addTarget(ctx context.Context, c *Call, f file.Fallback) error {
	provider, credentials, err := g.provider(ctx, f.Provider, c.Input.Keys)
	if errs.Is(err, errs.UnknownProvider) {
		return err
	}
	t := target{slug: f.Provider, driver: provider.Driver, setup: err, request: c.request()}
	t.request.Model, t.request.Credentials = f.Model, credentials
	c.targets = append(c.targets, t)
	return nil
}

// ask asks the targets of s until one answers: try makes one attempt. Nothing is tried again once output was forwarded, or when the
// caller is gone. When all targets fail the error is that of the first.
func (g *Gateway) ask(ctx context.Context, s *sample, try func(*target) error) error {
	var first error
	for i := range s.call.targets {
		s.target = &s.call.targets[i]
		err := g.persist(ctx, s, try)
		if err == nil || s.settled(err) {
			return err
		}
		if i == 0 {
			first = err
		}
		if !takenOver(err) {
			break
		}
	}
	s.target = &s.call.targets[0]
	return first
}

// persist asks one target, again as often as the call allows and as it can help.
func (g *Gateway) persist(ctx context.Context, s *sample, try func(*target) error) error {
	budget := g.budgets.of(s.target.slug)
	budget.earn()
	for n := 0; ; n++ {
		err := g.once(s, try)
		if err == nil || s.settled(err) || n >= s.call.retries || !errs.From(err).Reason.Retryable() {
			return err
		}
		wait := pause(errs.From(err).RetryAfter, n)
		if wait > maxPause || !budget.spend() {
			return err
		}
		if gone := g.o.Wait(ctx, wait); gone != nil {
			return gone
		}
	}
}

// once makes one attempt, and notes it.
func (g *Gateway) once(s *sample, try func(*target) error) error {
	s.sentAt = g.o.Now()
	err := s.target.setup
	if err == nil {
		err = try(s.target)
	}
	s.doneAt = after(s.sentAt, g.o.Now())
	attempt := errs.Attempt{Provider: s.target.slug, Model: s.target.request.Model, Milliseconds: s.doneAt.Sub(s.sentAt).Milliseconds()}
	if err != nil && !cancelled(err) {
		e := errs.From(err)
		attempt.Reason, attempt.ProviderStatus = e.Reason, e.ProviderStatus
	}
	s.attempts = append(s.attempts, attempt)
	return err
}

// after is the moment now as the clock showed it at an earlier moment: a clock that is set back or forward meanwhile moves nothing, since
// what lies between is measured apart from it. It is never before.
func after(earlier, now time.Time) time.Time { return earlier.Add(max(0, now.Sub(earlier))) }

// settled reports whether a failure is final for the whole call: the caller is gone, or has some of the output.
func (s *sample) settled(err error) bool { return cancelled(err) || !s.firstAt.IsZero() }

// takenOver reports whether another target may answer what failed with err.
func takenOver(err error) bool {
	e := errs.From(err)
	return e.Reason.Retryable() || errs.Is(err, errs.Billing, errs.QuotaExhausted, errs.InvalidAPIKey, errs.AccountDisabled,
		errs.ModelNotFound, errs.ProviderKeyMissing)
}

// Waiting before an attempt is repeated: what the provider asks for, or else twice as long each time with some chance in it. A longer
// wait than maxPause is not worth a caller's connection.
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

// Sleep waits for d, or until ctx ends, whose error it returns. It is the usual [Options.Wait].
func Sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}
