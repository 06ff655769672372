package gateway_test

import (
	"context"
	"iter"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/gateway"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/models"
	"github.com/openloop-server/openloop/internal/relay"
	"github.com/openloop-server/openloop/internal/store"
	"github.com/openloop-server/openloop/internal/trace"
)

// plan is a provider whose n-th call fails with the n-th error, and answers "ok" where that is nil or there is none.
type plan []error

func (p plan) play(_ context.Context, n int) iter.Seq2[llm.Event, error] {
	return func(yield func(llm.Event, error) bool) {
		if n < len(p) && p[n] != nil {
			yield(llm.Event{}, p[n])
			return
		}
		_ = yield(llm.Event{Text: "ok"}, nil) && yield(llm.Event{Finish: llm.FinishStop, Usage: &llm.Usage{Input: 1, Output: 1, Known: true}}, nil)
	}
}

func failing(reason errs.Reason, after time.Duration) error {
	return &errs.Error{Reason: reason, Message: "It failed.", Origin: "OpenAI", ProviderStatus: 500, RetryAfter: after}
}

// rig is a gateway with two providers and a clock that notes how long it was waited.
type rig struct {
	gateway *gateway.Gateway
	db      *store.DB
	waited  []time.Duration
}

func newRig(t *testing.T, first, second plan) *rig {
	t.Helper()
	db, err := store.Open(t.Context(), store.Options{Path: filepath.Join(t.TempDir(), "test.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close(context.WithoutCancel(t.Context())) })
	b := &rig{db: db}
	b.gateway = newGateway(db, relay.Options{
		Models: &models.Registry{}, Now: time.Now,
		Wait: func(_ context.Context, d time.Duration) error {
			b.waited = append(b.waited, d)
			return nil
		},
		Providers: map[string]relay.Provider{
			"openai":    {Driver: newDriver(first.play), Display: "OpenAI"},
			"anthropic": {Driver: newDriver(second.play), Display: "Anthropic"},
		},
	})
	return b
}

func wants(retries int, fallbacks ...file.Fallback) *gateway.CallInput {
	return &gateway.CallInput{
		Ref:      file.Ref{Path: "retries"},
		Prompt:   &file.Prompt{Model: "gpt-4o", MaxRetries: &retries, Fallbacks: fallbacks},
		Messages: []llm.Message{{Role: llm.User, Content: llm.Text("hi")}},
	}
}

var claude = file.Fallback{Provider: "anthropic", Model: "claude"}

// outcome is what a caller sees of who answered.
type outcome struct {
	Text, Provider, Model string
	Reason                errs.Reason
	Attempts              []errs.Attempt
}

func tried(provider, model string, reason errs.Reason) errs.Attempt {
	a := errs.Attempt{Provider: provider, Model: model, Reason: reason}
	if reason != "" {
		a.ProviderStatus = 500
	}
	return a
}

func (b *rig) call(t *testing.T, in *gateway.CallInput) outcome {
	t.Helper()
	r, err := b.gateway.Call(t.Context(), in)
	if err != nil {
		e := errs.From(err)
		return outcome{Reason: e.Reason, Attempts: e.Attempts}
	}
	return seen(r.Logs[0])
}

func seen(l *trace.Log) outcome {
	return outcome{Text: *l.Payload.Output, Provider: l.Provider, Model: l.Model, Attempts: l.Attempts}
}

func TestWhoAnswers(t *testing.T) {
	gpt := func(r errs.Reason) errs.Attempt { return tried("openai", "gpt-4o", r) }
	cl := func(r errs.Reason) errs.Attempt { return tried("anthropic", "claude", r) }
	for name, c := range map[string]struct {
		first, second plan
		in            *gateway.CallInput
		want          outcome
	}{
		"no retries by default": {
			plan{failing(errs.Overloaded, 0)}, nil, wants(0), outcome{Reason: errs.Overloaded},
		},
		"a retry that answers": {
			plan{failing(errs.Overloaded, 0)}, nil, wants(1),
			outcome{"ok", "openai", "gpt-4o", "", []errs.Attempt{gpt(errs.Overloaded), gpt("")}},
		},
		"no more retries than allowed": {
			plan{failing(errs.Timeout, 0), failing(errs.Overloaded, 0), failing(errs.Overloaded, 0)}, nil, wants(1),
			outcome{Reason: errs.Overloaded, Attempts: []errs.Attempt{gpt(errs.Timeout), gpt(errs.Overloaded)}},
		},
		"what cannot help is not retried": {
			plan{failing(errs.InvalidRequest, 0)}, nil, wants(5, claude), outcome{Reason: errs.InvalidRequest},
		},
		"a fallback that answers": {
			plan{failing(errs.Billing, 0)}, nil, wants(3, claude),
			outcome{"ok", "anthropic", "claude", "", []errs.Attempt{gpt(errs.Billing), cl("")}},
		},
		"all fail, and the first is told": {
			plan{failing(errs.Billing, 0)}, plan{failing(errs.Overloaded, 0)}, wants(0, claude),
			outcome{Reason: errs.Billing, Attempts: []errs.Attempt{gpt(errs.Billing), cl(errs.Overloaded)}},
		},
		"a wait that is too long is not begun": {
			plan{failing(errs.RateLimited, time.Minute)}, nil, wants(3), outcome{Reason: errs.RateLimited},
		},
	} {
		t.Run(name, func(t *testing.T) {
			got := newRig(t, c.first, c.second).call(t, c.in)
			if d := cmp.Diff(c.want, got, cmpopts.IgnoreFields(errs.Attempt{}, "Milliseconds", "Waited")); d != "" {
				t.Errorf("outcome (-want +got):\n%s", d)
			}
		})
	}
}

func TestTheCallsFallbacksTakeThePlaceOfThePrompts(t *testing.T) {
	b := newRig(t, plan{failing(errs.Billing, 0)}, nil)
	in := wants(0)
	in.Fallbacks = []file.Fallback{claude}
	if got := b.call(t, in); got.Provider != "anthropic" {
		t.Errorf("got %+v", got)
	}
}

func TestRetriesWaitAsLongAsTheProviderAsks(t *testing.T) {
	b := newRig(t, plan{failing(errs.RateLimited, 7*time.Second), failing(errs.Overloaded, 0)}, nil)
	b.call(t, wants(2))
	if len(b.waited) != 2 || b.waited[0] != 7*time.Second || b.waited[1] < 750*time.Millisecond || b.waited[1] > time.Second {
		t.Errorf("waited %v", b.waited)
	}
}

func TestRetriesHaveABudget(t *testing.T) {
	outage := make(plan, 100)
	for i := range outage {
		outage[i] = failing(errs.Overloaded, 0)
	}
	b := newRig(t, outage, nil)
	for range 30 {
		b.call(t, wants(2))
	}
	if n := len(b.waited); n < 20 || n > 23 {
		t.Errorf("30 calls of an outage were retried %d times", n)
	}
}

func TestAStreamFallsBackBeforeItsFirstOutput(t *testing.T) {
	b := newRig(t, plan{failing(errs.Overloaded, 0)}, nil)
	var text string
	var last *trace.Log
	for c, err := range b.gateway.Stream(t.Context(), wants(0, claude)) {
		if err != nil {
			t.Fatal(err)
		}
		if c.Event != nil {
			text += c.Event.Text
		}
		last = c.Final
	}
	if text != "ok" || last == nil || seen(last).Provider != "anthropic" || len(last.Attempts) != 2 {
		t.Errorf("got %q, %+v", text, last)
	}
}

func TestNothingIsTriedAgainAfterOutput(t *testing.T) {
	b := newRig(t, nil, nil)
	broken := func(context.Context, int) iter.Seq2[llm.Event, error] {
		return func(yield func(llm.Event, error) bool) {
			_ = yield(llm.Event{Text: "half"}, nil) && yield(llm.Event{}, failing(errs.StreamInterrupted, 0))
		}
	}
	g := newGateway(b.db, relay.Options{
		Models: &models.Registry{}, Now: time.Now,
		Providers: map[string]relay.Provider{
			"openai": {Driver: newDriver(broken), Display: "OpenAI"}, "anthropic": {Driver: newDriver(plan{}.play), Display: "Anthropic"},
		},
	})
	var text string
	var failure error
	for c, err := range g.Stream(t.Context(), wants(3, claude)) {
		if err != nil {
			failure = err
			break
		}
		if !c.Opens() {
			text += c.Event.Text
		}
	}
	if text != "half" || !errs.Is(failure, errs.StreamInterrupted) || len(errs.From(failure).Attempts) > 0 {
		t.Errorf("got %q, then %v", text, failure)
	}
}

func TestAttemptsAreOnTheLog(t *testing.T) {
	b := newRig(t, plan{failing(errs.Overloaded, 0)}, nil)
	r, err := b.gateway.Call(t.Context(), wants(1))
	if err != nil {
		t.Fatal(err)
	}
	stored, err := b.db.Log(t.Context(), r.Logs[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(r.Logs[0].Attempts, stored.Attempts); d != "" || len(stored.Attempts) != 2 {
		t.Errorf("attempts (-answered +stored):\n%s", d)
	}
	if waited := b.waited[0].Milliseconds(); stored.Attempts[0].Waited != 0 || stored.Attempts[1].Waited != waited {
		t.Errorf("%d ms were waited: %+v", waited, stored.Attempts)
	}
}
