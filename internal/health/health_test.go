package health_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/health"
)

var (
	start  = time.Date(2026, 3, 4, 0, 0, 0, 0, time.UTC)
	acct   = health.Account{Provider: "openai", Credential: "default", Revision: 1}
	target = health.Target{Account: acct, Model: "m"}
)

// step is a call at a time: whether it gets leave, how it ends at once, and for how long its target is out then.
type step struct {
	at     float64 // seconds
	ends   errs.Reason
	after  time.Duration // that the provider asked for
	passes bool
	out    time.Duration
}

const (
	ok   errs.Reason = ""
	left errs.Reason = "left" // the caller
)

func outcome(s errs.Reason, after time.Duration) error {
	if s == ok {
		return nil
	}
	if s == left {
		return context.Canceled
	}
	return &errs.Error{Reason: s, RetryAfter: after, ProviderStatus: 503}
}

func many(n int, s step) []step {
	out := make([]step, n)
	for i := range out {
		out[i] = s
	}
	return out
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }

// TestWhatAFailureDoes has a target with alternatives.
func TestWhatAFailureDoes(t *testing.T) {
	const s, m = time.Second, time.Minute
	five := many(5, step{0, errs.Overloaded, 0, true, 0})
	five[4].out = 5 * s
	for name, steps := range map[string][]step{
		"a limit lasts as long as the provider says": {
			{0, errs.RateLimited, 7 * s, true, 7 * s}, {6.9, ok, 0, false, s / 10}, {7, ok, 0, true, 0},
		},
		"a limit of which nothing is said doubles to a minute": {
			{0, errs.RateLimited, 0, true, 2 * s}, {2, errs.RateLimited, 0, true, 4 * s}, {6, errs.RateLimited, 0, true, 8 * s},
			{14, errs.RateLimited, 0, true, 16 * s}, {30, errs.RateLimited, 0, true, 32 * s}, {62, errs.RateLimited, 0, true, m}, {122, errs.RateLimited, 0, true, m},
		},
		"an answer ends the doubling": {
			{0, errs.RateLimited, 0, true, 2 * s}, {2, errs.RateLimited, 0, true, 4 * s}, {6, ok, 0, true, 0}, {7, errs.RateLimited, 0, true, 2 * s},
		},
		"a quota lasts until the reset":                    {{0, errs.QuotaExhausted, 3 * time.Hour, true, 3 * time.Hour}, {9000, ok, 0, false, 30 * m}},
		"a quota without a reset lasts ten minutes":        {{0, errs.QuotaExhausted, 0, true, 10 * m}, {599, ok, 0, false, s}, {600, ok, 0, true, 0}},
		"no money lasts ten minutes":                       {{0, errs.Billing, 0, true, 10 * m}},
		"a model that is not there lasts ten minutes":      {{0, errs.ModelNotFound, s, true, 10 * m}},
		"a model that is not allowed, too":                 {{0, errs.PermissionDenied, s, true, 10 * m}},
		"a bad key lasts fifteen minutes":                  {{0, errs.InvalidAPIKey, s, true, 15 * m}, {899, ok, 0, false, s}, {900, ok, 0, true, 0}},
		"faults of requests do nothing":                    many(20, step{0, errs.InvalidRequest, 0, true, 0}),
		"callers who leave do nothing":                     many(20, step{0, left, 0, true, 0}),
		"four failures do nothing":                         append(many(4, step{0, errs.Timeout, 0, true, 0}), step{1, ok, 0, true, 0}),
		"five open it":                                     append(five, step{4.9, ok, 0, false, s / 10}),
		"old failures do not count":                        append(many(4, step{0, errs.Timeout, 0, true, 0}), many(4, step{31, errs.Timeout, 0, true, 0})...),
		"failures that are few among answers do not count": append(many(6, step{0, ok, 0, true, 0}), many(5, step{1, errs.Timeout, 0, true, 0})...),
		"half of all count":                                append(append(many(5, step{0, ok, 0, true, 0}), many(4, step{1, errs.Timeout, 0, true, 0})...), step{1, errs.Timeout, 0, true, 5 * s}),
		"a probe that fails doubles the pause to a minute": append(five,
			step{5, errs.Timeout, 0, true, 10 * s}, step{15, errs.Timeout, 0, true, 20 * s}, step{35, errs.Timeout, 0, true, 40 * s},
			step{75, errs.Timeout, 0, true, m}, step{135, errs.Timeout, 0, true, m}),
		"three probes that succeed close it":             append(append(append(five, many(3, step{5, ok, 0, true, 0})...), many(4, step{6, errs.Timeout, 0, true, 0})...), step{6, errs.Timeout, 0, true, 5 * s}),
		"two do not":                                     append(append(five, many(2, step{5, ok, 0, true, 0})...), step{6, errs.Timeout, 0, true, 10 * s}),
		"a probe whose request is at fault says nothing": append(five, step{5, errs.InvalidRequest, 0, true, 0}, step{5, left, 0, true, 0}, step{5, errs.Timeout, 0, true, 10 * s}),
	} {
		t.Run(name, func(t *testing.T) {
			r := health.New(start, nil).Of(target)
			for i, c := range steps {
				at := start.Add(seconds(c.at))
				p, passes := r.Enter(at)
				if passes {
					p.Done(at, outcome(c.ends, c.after))
				}
				if out := r.Ends(at); passes != c.passes || out != c.out {
					t.Fatalf("step %d: passes %t and is out for %v, want %+v", i, passes, out, c)
				}
			}
		})
	}
}

// TestATargetWithoutAlternativesIsAlwaysAsked fails it for every reason, often.
func TestATargetWithoutAlternativesIsAlwaysAsked(t *testing.T) {
	r := health.New(start, nil).Of(target)
	for _, reason := range []errs.Reason{errs.RateLimited, errs.InvalidAPIKey, errs.ModelNotFound, errs.Billing, errs.Overloaded} {
		for range 9 {
			r.Insist(start).Done(start, outcome(reason, 0))
		}
	}
	if r.Ends(start) == 0 || r.Load() != 0 {
		t.Errorf("it is out for %v, with %d in flight", r.Ends(start), r.Load())
	}
	later := start.Add(time.Hour)
	for range 3 {
		r.Insist(later).Done(later, nil)
	}
	if got := r.Ends(later); got != 0 {
		t.Errorf("three answers leave %v", got)
	}
}

func TestOneProbeAtATime(t *testing.T) {
	r := health.New(start, nil).Of(target)
	for range 5 {
		p, _ := r.Enter(start)
		p.Done(start, outcome(errs.Timeout, 0))
	}
	at := start.Add(seconds(6))
	first, passes := r.Enter(at)
	_, second := r.Enter(at)
	if !passes || second {
		t.Fatalf("the first passes: %t, the second: %t", passes, second)
	}
	first.Done(at, nil)
	if _, passes := r.Enter(at); !passes {
		t.Error("no probe follows the first")
	}
}

// TestCallsThatFailTogetherCountAsOneLimit sends ten at once, and then one.
func TestCallsThatFailTogetherCountAsOneLimit(t *testing.T) {
	r := health.New(start, nil).Of(target)
	var all []health.Pass
	for range 10 {
		p, _ := r.Enter(start)
		all = append(all, p)
	}
	if r.Load() != 10 {
		t.Errorf("%d are in flight", r.Load())
	}
	at := start.Add(time.Second)
	for _, p := range all {
		p.Done(at, outcome(errs.RateLimited, 0))
	}
	if got := r.Ends(at); got != 2*time.Second || r.Load() != 0 {
		t.Errorf("out for %v, %d in flight", got, r.Load())
	}
}

// TestALaterEndStays has limits that end at different times, and an answer to a call from before.
func TestALaterEndStays(t *testing.T) {
	r := health.New(start, nil).Of(target)
	var all [4]health.Pass
	for i := range all {
		all[i], _ = r.Enter(start)
	}
	at := start.Add(time.Second)
	all[0].Done(at, outcome(errs.RateLimited, 20*time.Second))
	all[1].Done(at, outcome(errs.RateLimited, 5*time.Second))
	all[2].Done(at, nil)
	if got := r.Ends(at); got != 20*time.Second {
		t.Errorf("a shorter one or an earlier answer leaves %v", got)
	}
	all[3].Done(at, outcome(errs.RateLimited, 30*time.Second))
	if got := r.Ends(at); got != 30*time.Second {
		t.Errorf("a longer one leaves %v", got)
	}
	p := r.Insist(at)
	p.Done(at, nil)
	if got := r.Ends(at); got != 0 {
		t.Errorf("a later answer leaves %v", got)
	}
}

// TestABadKeyIsOutForAllModels until it is tested or changed.
func TestABadKeyIsOutForAllModels(t *testing.T) {
	b := health.New(start, nil)
	other, changed, elsewhere := target, target, target
	other.Model, changed.Revision, elsewhere.Credential = "other", 2, "second"
	p, _ := b.Of(target).Enter(start)
	p.Done(start, outcome(errs.InvalidAPIKey, 0))
	ends := func() (out []time.Duration) {
		for _, t := range []health.Target{target, other, changed, elsewhere} {
			out = append(out, b.Of(t).Ends(start))
		}
		return out
	}
	if d := cmp.Diff([]time.Duration{15 * time.Minute, 15 * time.Minute, 0, 0}, ends()); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	b.Tested(acct)
	if d := cmp.Diff(make([]time.Duration, 4), ends()); d != "" {
		t.Errorf("after a test (-want +got):\n%s", d)
	}
}

// TestMemoryIsBounded names ever new models. The target that is out stays known.
func TestMemoryIsBounded(t *testing.T) {
	b := health.New(start, nil)
	r := b.Of(target)
	p, _ := r.Enter(start)
	p.Done(start, outcome(errs.RateLimited, time.Hour))
	for i := range 20_000 {
		b.Of(health.Target{Account: health.Account{Provider: "openai", Revision: uint64(i)}, Model: fmt.Sprint(i)})
		if records, accounts := b.Kept(); records > 4096 || accounts > 4096 {
			t.Fatalf("%d records and %d accounts", records, accounts)
		}
	}
	if b.Of(target) != r {
		t.Error("what is out was forgotten")
	}
	for i := range 20_000 {
		p, _ := b.Of(health.Target{Account: acct, Model: fmt.Sprint(i)}).Enter(start)
		p.Done(start, outcome(errs.ModelNotFound, 0))
		if records, _ := b.Kept(); records > 4096 {
			t.Fatalf("%d records are out", records)
		}
	}
}

func TestAllAtOnce(t *testing.T) {
	b := health.New(start, nil)
	reasons := []errs.Reason{ok, ok, errs.RateLimited, errs.Timeout, errs.InvalidAPIKey, left, errs.InvalidRequest}
	var all sync.WaitGroup
	for g := range 8 {
		all.Go(func() {
			for i := range 2000 {
				at := start.Add(time.Duration(i) * 10 * time.Millisecond)
				r := b.Of(health.Target{Account: acct, Model: fmt.Sprint(i % 3)})
				p, passes := r.Enter(at)
				if !passes {
					p = r.Insist(at)
				}
				_ = r.Ends(at)
				p.Done(at, outcome(reasons[(g+i)%len(reasons)], 0))
			}
		})
	}
	all.Wait()
	for i := range 3 {
		if n := b.Of(health.Target{Account: acct, Model: fmt.Sprint(i)}).Load(); n != 0 {
			t.Errorf("%d calls of %d are still in flight", n, i)
		}
	}
}

// TestReasonsOfRequestsBlameNobody holds the reasons that tell of a target against all there are.
func TestReasonsOfRequestsBlameNobody(t *testing.T) {
	var got []errs.Reason
	for _, r := range errs.Reasons() {
		if health.Blames(r) {
			got = append(got, r)
		}
	}
	want := []errs.Reason{
		errs.InvalidAPIKey, errs.PermissionDenied, errs.RegionNotSupported, errs.AccountDisabled, errs.ModelNotFound, errs.RateLimited, errs.QuotaExhausted,
		errs.Billing, errs.ProviderInternal, errs.MalformedProviderResponse, errs.Overloaded, errs.Timeout, errs.ProviderUnreachable, errs.StreamInterrupted,
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

// BenchmarkHealthy is what a call costs whose target is well: finding the record, asking, reporting.
func BenchmarkHealthy(b *testing.B) {
	book := health.New(start, nil)
	for i := range 1000 {
		book.Of(health.Target{Account: acct, Model: fmt.Sprint(i)})
	}
	at := start.Add(time.Hour)
	b.ReportAllocs()
	for b.Loop() {
		book.Of(target).Insist(at).Done(at, nil)
	}
}
