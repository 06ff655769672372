package relay_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/relay"
)

// to is a destination at a provider. Its calls use the key that the tests of targets name.
func to(provider string, order, weight int) relay.Destination {
	return relay.Destination{Fallback: file.Fallback{Provider: provider, Model: "m"}, Order: order, Weight: weight}
}

// TestAFailingDestinationGivesWay has two models, of which the first fails, and calls them again.
func TestAFailingDestinationGivesWay(t *testing.T) {
	r := newRing(t)
	r.model.fails["other"] = failure(errs.RateLimited, 7*time.Second)
	q := relay.Question{Among: []relay.Destination{to("openai", 1, 1), to("anthropic", 0, 1)}}
	used, o := r.call(t, q)
	want := []errs.Attempt{
		{Provider: "anthropic", Model: "m", Reason: errs.RateLimited}, {Provider: "openai", Model: "m"},
	}
	if d := cmp.Diff(want, o.Attempts); d != "" || o.Provider() != "openai" || o.Err != nil {
		t.Errorf("used %v of %s, %v (-want +got):\n%s", used, o.Provider(), o.Err, d)
	}
	if used, _ = r.call(t, q); !slices.Equal(used, []string{"environment"}) {
		t.Errorf("while the first is out, used %v", used)
	}
	r.now = r.now.Add(7 * time.Second)
	delete(r.model.fails, "other")
	if used, _ = r.call(t, q); !slices.Equal(used, []string{"other"}) {
		t.Errorf("when it is back, used %v", used)
	}
}

// TestAllDestinationsAreOut limits both. The one that is back first is asked all the same, and its failure says when.
func TestAllDestinationsAreOut(t *testing.T) {
	r := newRing(t)
	r.model.fails["environment"], r.model.fails["other"] = failure(errs.RateLimited, time.Minute), failure(errs.Overloaded, 0)
	q := relay.Question{Among: []relay.Destination{to("openai", 0, 1), to("anthropic", 1, 1)}}
	for range 5 { // opens the breaker of the second, for five seconds, which another failure doubles
		r.call(t, q)
	}
	used, o := r.call(t, q)
	if e := errs.From(o.Err); !slices.Equal(used, []string{"other"}) || e.Reason != errs.Overloaded || e.RetryAfter != 10*time.Second || e.Provider != "anthropic" {
		t.Errorf("used %v: %s of %s, again after %v", used, e.Reason, e.Provider, e.RetryAfter)
	}
}

// TestDestinationsShareCallsByWeight has two models of weights 3 and 1, of which the second has two keys, of another order than that of the first.
func TestDestinationsShareCallsByWeight(t *testing.T) {
	r := newRing(t, key("a", 7, 1), key("b", 7, 1))
	q := relay.Question{Among: []relay.Destination{to("anthropic", 0, 3), to("openai", 0, 1)}}
	count := map[string]int{}
	for i := range 400 {
		q.Sticky = fmt.Sprint("conversation ", i)
		first, _ := r.call(t, q)
		again, _ := r.call(t, q)
		if !slices.Equal(first, again) {
			t.Fatalf("%s went to %v, and then to %v", q.Sticky, first, again)
		}
		count[first[0]]++
	}
	if count["other"] < 270 || count["other"] > 330 || count["a"] < 30 || count["b"] < 30 {
		t.Errorf("of weights 3 and 1, they were used as %v", count)
	}
}

func TestWhatCannotBeCalledIsLeftOut(t *testing.T) {
	r := newRing(t, key("a", 0, 1), key("b", 0, 1))
	named := to("openai", 0, 1)
	named.Credential = "b"
	gone := named
	gone.Credential = "c"
	for _, c := range []struct {
		what  string
		among []relay.Destination
		want  string
	}{
		{"no key", []relay.Destination{to("groq", 0, 1), to("anthropic", 1, 1)}, "other"},
		{"no provider", []relay.Destination{to("nobody", 0, 1), to("anthropic", 1, 1)}, "other"},
		{"a key by its name", []relay.Destination{named}, "b"},
		{"a key that is not there", []relay.Destination{gone, to("anthropic", 1, 1)}, "other"},
	} {
		used, o := r.call(t, relay.Question{Among: c.among})
		if got := strings.Join(used, " "); got != c.want || o.Err != nil || len(o.Attempts) != 1 {
			t.Errorf("%s: used %q in %d attempts: %v", c.what, got, len(o.Attempts), o.Err)
		}
	}
	_, o := r.call(t, relay.Question{Among: []relay.Destination{gone, to("groq", 0, 1)}})
	if got := errs.From(o.Err); got.Reason != errs.ProviderKeyMissing || got.Message != `No key "c" is stored for OpenAI.` {
		t.Errorf("neither can be called: %s %s", got.Reason, got.Message)
	}
	if _, err := r.Plan(t.Context(), &relay.Question{Among: []relay.Destination{to("nobody", 0, 1), to("noone", 0, 1)}}); !errs.Is(err, errs.UnknownProvider) {
		t.Errorf("neither is there: %v", err)
	}
}

// TestNoAttemptBeginsThatCannotEnd has half a second left.
func TestNoAttemptBeginsThatCannotEnd(t *testing.T) {
	r := newRing(t)
	r.model.fails["environment"] = failure(errs.Overloaded, 0)
	for left, want := range map[time.Duration][]string{500 * time.Millisecond: {"environment"}, time.Hour: {"environment", "other"}} {
		for name, q := range map[string]relay.Question{
			"another target": {Among: []relay.Destination{to("openai", 0, 1), to("anthropic", 1, 1)}},
			"a fallback":     {Model: file.Fallback{Provider: "openai", Model: "m"}, Fallbacks: []file.Fallback{{Provider: "anthropic", Model: "m"}}},
		} {
			plan, err := r.Plan(t.Context(), &q)
			if err != nil {
				t.Fatal(err)
			}
			ctx, end := context.WithTimeout(t.Context(), left)
			r.model.asked = nil
			r.Generate(ctx, plan)
			end()
			if d := cmp.Diff(want, r.model.asked); d != "" {
				t.Errorf("%s, with %v left (-want +got):\n%s", name, left, d)
			}
			q.Until = r.now.Add(left) // which the caller says
			if plan, err = r.Plan(t.Context(), &q); err != nil {
				t.Fatal(err)
			}
			r.model.asked = nil
			r.Generate(t.Context(), plan)
			if d := cmp.Diff(want, r.model.asked); d != "" {
				t.Errorf("%s, until %v (-want +got):\n%s", name, left, d)
			}
		}
		r.now = r.now.Add(time.Minute)
	}
}
