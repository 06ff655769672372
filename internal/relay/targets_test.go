package relay_test

import (
	"context"
	"fmt"
	"iter"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/models"
	"github.com/openloop-server/openloop/internal/relay"
	"github.com/openloop-server/openloop/internal/secret"
	"github.com/openloop-server/openloop/internal/store"
	"github.com/openloop-server/openloop/internal/vault"
)

// keyed is a provider that answers by the key: with its failure, if it has one.
type keyed struct {
	mu    sync.Mutex
	fails map[string]*errs.Error // by key
	asked []string               // keys, without their end
	meet  func()                 // while a call is in flight
}

const keyEnd = "-0123456789" // so that names can be keys

func (k *keyed) Generate(_ context.Context, r *llm.Request) (*llm.Response, error) {
	name := strings.TrimSuffix(r.Credentials.Key, keyEnd)
	k.mu.Lock()
	k.asked = append(k.asked, name)
	fails := k.fails[name]
	k.mu.Unlock()
	if k.meet != nil {
		k.meet()
	}
	if fails != nil {
		return nil, fails
	}
	return &llm.Response{Message: llm.Message{Role: llm.Assistant, Content: llm.Text("OK")}, Finish: llm.FinishStop}, nil
}

func (k *keyed) Stream(ctx context.Context, r *llm.Request) iter.Seq2[llm.Event, error] {
	return func(yield func(llm.Event, error) bool) {
		if _, err := k.Generate(ctx, r); err != nil {
			yield(llm.Event{}, err)
			return
		}
		yield(llm.Event{Text: "OK"}, nil)
	}
}

// ring is a relay with a provider of several keys, and a clock that waits alone move.
type ring struct {
	*relay.Relay
	db    *store.DB
	vault *vault.Vault
	model *keyed
	now   time.Time

	pressure float64 // of this server
}

func newRing(t *testing.T, keys ...vault.Key) *ring {
	t.Helper()
	db, err := store.Open(t.Context(), store.Options{Path: filepath.Join(t.TempDir(), "test.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close(context.WithoutCancel(t.Context())) })
	r := &ring{db: db, now: testDay, model: &keyed{fails: map[string]*errs.Error{}}, vault: vault.New(db, secret.Source{Text: strings.Repeat("61", 32)})}
	r.Relay = relay.New(relay.Options{
		Vault: r.vault, Models: shelf(), Now: func() time.Time { return r.now },
		Providers: map[string]relay.Provider{
			"openai":    {Driver: r.model, Display: "OpenAI", Key: "environment" + keyEnd, NeedsKey: true},
			"anthropic": {Driver: r.model, Display: "Anthropic", Key: "other" + keyEnd, NeedsKey: true},
			"groq":      {Driver: r.model, Display: "Groq", NeedsKey: true},
		},
		Pressure: func() float64 { return r.pressure },
		Wait:     func(_ context.Context, d time.Duration) error { r.now = r.now.Add(d); return nil },
	})
	for _, k := range keys {
		r.keep(t, k)
	}
	return r
}

func (r *ring) keep(t *testing.T, k vault.Key) {
	t.Helper()
	k.Provider, k.Value = "openai", k.Name+keyEnd
	if _, err := r.vault.Save(t.Context(), k); err != nil {
		t.Fatal(err)
	}
}

// key is one of an order, and of a weight.
func key(name string, order, weight int, only ...string) vault.Key {
	return vault.Key{Name: name, Rotation: &store.Rotation{Order: order, Weight: weight, Models: only}}
}

// call asks once and returns the keys that were used, in order.
func (r *ring) call(t *testing.T, q relay.Question) (used []string, o *relay.Outcome) {
	t.Helper()
	if q.Model.Model == "" {
		q.Model = file.Fallback{Provider: "openai", Model: "m"}
	}
	plan, err := r.Plan(t.Context(), &q)
	if err != nil {
		t.Fatal(err)
	}
	r.model.asked = nil
	o = r.Generate(t.Context(), plan)
	return r.model.asked, o
}

func failure(reason errs.Reason, after time.Duration) *errs.Error {
	return &errs.Error{Reason: reason, Message: "It says no.", RetryAfter: after}
}

// TestAFailingKeyGivesWay has two keys of one model, of which the first fails, and calls it again.
func TestAFailingKeyGivesWay(t *testing.T) {
	both, second, first := []string{"a", "b"}, []string{"b"}, []string{"a"}
	for reason, want := range map[errs.Reason][2][]string{
		errs.RateLimited: {both, second}, errs.QuotaExhausted: {both, second}, errs.Billing: {both, second}, errs.InvalidAPIKey: {both, second},
		errs.AccountDisabled: {both, second}, errs.RegionNotSupported: {both, second}, errs.ModelNotFound: {both, second}, errs.PermissionDenied: {both, second},
		errs.Overloaded: {both, both}, errs.ProviderInternal: {both, both}, errs.Timeout: {both, both}, // one failure opens nothing
		errs.InvalidRequest: {first, first}, errs.ContentFiltered: {first, first}, errs.ModelOutputInvalid: {first, first},
	} {
		r := newRing(t, key("a", 0, 1), key("b", 1, 1))
		r.model.fails["a"] = failure(reason, 0)
		var got [2][]string
		for i := range got {
			var o *relay.Outcome
			if got[i], o = r.call(t, relay.Question{}); (o.Err == nil) != (len(want[0]) == 2) {
				t.Errorf("%s: %v", reason, o.Err)
			}
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", reason, d)
		}
	}
}

// TestAKeyComesBack limits the first key for a while.
func TestAKeyComesBack(t *testing.T) {
	r := newRing(t, key("a", 0, 1), key("b", 1, 1))
	r.model.fails["a"] = failure(errs.RateLimited, 7*time.Second)
	_, o := r.call(t, relay.Question{})
	want := []errs.Attempt{
		{Provider: "openai", Model: "m", Credential: "a", Reason: errs.RateLimited}, {Provider: "openai", Model: "m", Credential: "b"},
	}
	if d := cmp.Diff(want, o.Attempts); d != "" {
		t.Errorf("attempts (-want +got):\n%s", d)
	}
	if told, err := json.Marshal(o.Attempts); err != nil || strings.Contains(string(told), keyEnd) {
		t.Errorf("%s, %v", told, err)
	}
	delete(r.model.fails, "a")
	for _, c := range []struct {
		after time.Duration
		want  string
	}{{6 * time.Second, "b"}, {time.Second, "a"}} {
		r.now = r.now.Add(c.after)
		if used, _ := r.call(t, relay.Question{}); len(used) != 1 || used[0] != c.want {
			t.Errorf("after %v it used %v", c.after, used)
		}
	}
}

// TestAllKeysAreOut limits both. The one that is back first is asked all the same, and the failure says when.
func TestAllKeysAreOut(t *testing.T) {
	r := newRing(t, key("a", 0, 1), key("b", 1, 1))
	r.model.fails["a"], r.model.fails["b"] = failure(errs.RateLimited, time.Minute), failure(errs.RateLimited, 40*time.Second)
	used, o := r.call(t, relay.Question{})
	if d := cmp.Diff([]string{"a", "b"}, used); d != "" || errs.From(o.Err).RetryAfter != 40*time.Second {
		t.Errorf("%v, %s", o.Err, d)
	}
	used, o = r.call(t, relay.Question{})
	if d := cmp.Diff([]string{"b"}, used); d != "" || errs.From(o.Err).Message != "It says no." || errs.From(o.Err).RetryAfter != 40*time.Second {
		t.Errorf("%v, %s", o.Err, d)
	}
	r.model.fails["a"] = nil
	r.model.fails["b"] = failure(errs.InvalidAPIKey, 0)
	r.now = r.now.Add(time.Minute - time.Second) // b is back, and then neither
	if used, o = r.call(t, relay.Question{}); len(used) != 1 || !errs.Is(o.Err, errs.InvalidAPIKey) {
		t.Errorf("used %v: %v", used, o.Err)
	}
}

// TestAFailureThatMayPassIsTold has keys that fail for several reasons, of which one may pass: it is waited for, and tried again.
func TestAFailureThatMayPassIsTold(t *testing.T) {
	r := newRing(t, key("a", 0, 1), key("b", 1, 1))
	r.model.fails["a"], r.model.fails["b"] = failure(errs.InvalidAPIKey, 0), failure(errs.RateLimited, 20*time.Second)
	used, o := r.call(t, relay.Question{Retries: new(1)})
	if d := cmp.Diff([]string{"a", "b", "b"}, used); d != "" || !errs.Is(o.Err, errs.RateLimited) || r.now.Sub(testDay) != 20*time.Second {
		t.Errorf("after %v: %v, %s", r.now.Sub(testDay), o.Err, d)
	}
}

// TestABadKeyIsLeftOutUntilItIsTestedOrChanged, for all models.
func TestABadKeyIsLeftOutUntilItIsTestedOrChanged(t *testing.T) {
	r := newRing(t, key("a", 0, 1), key("b", 1, 1))
	expect := func(when, model, want string) {
		t.Helper()
		used, _ := r.call(t, relay.Question{Model: file.Fallback{Provider: "openai", Model: model}})
		if got := strings.Join(used, " "); got != want {
			t.Errorf("%s: it used %q, not %q", when, got, want)
		}
	}
	r.model.fails["a"] = failure(errs.InvalidAPIKey, 0)
	expect("at first", "m", "a b")
	expect("another model", "n", "b")
	if _, err := r.TestCredential(t.Context(), "openai", "a", "m"); !errs.Is(err, errs.InvalidAPIKey) {
		t.Fatal(err)
	}
	expect("after a test that failed", "m", "b")
	r.model.fails["a"] = nil
	if _, err := r.TestCredential(t.Context(), "openai", "a", "m"); err != nil {
		t.Fatal(err)
	}
	expect("after a test", "m", "a")
	r.model.fails["a"] = failure(errs.AccountDisabled, 0)
	expect("disabled", "m", "a b")
	r.model.fails["a"] = nil
	r.keep(t, key("a", 0, 1))
	expect("changed", "m", "a")
	if _, err := r.TestCredential(t.Context(), "openai", "c", "m"); !errs.Is(err, errs.ResourceNotFound) {
		t.Errorf("a test of no key: %v", err)
	}
}

func TestAKeyIsForItsModels(t *testing.T) {
	r := newRing(t, key("a", 0, 1, "gpt-5*", "o3"), key("b", 1, 1, "gpt-4o"))
	for model, want := range map[string]string{"gpt-5": "a", "gpt-5-mini": "a", "o3": "a", "gpt-4o": "b", "o3-mini": "", "gpt-4": ""} {
		used, o := r.call(t, relay.Question{Model: file.Fallback{Provider: "openai", Model: model}})
		if got := strings.Join(used, " "); got != want || (want == "") != errs.Is(o.Err, errs.ProviderKeyMissing) {
			t.Errorf("%s: it used %q: %v", model, got, o.Err)
		}
	}
	_, o := r.call(t, relay.Question{Model: file.Fallback{Provider: "openai", Model: "o1"}})
	if got := errs.From(o.Err).Message; got != "No key that is stored for OpenAI is for the model o1." {
		t.Error(got)
	}
}

// TestAConversationStaysWithItsKey has two keys of weights 3 and 1, to which a third comes.
func TestAConversationStaysWithItsKey(t *testing.T) {
	const conversations = 400
	r := newRing(t, key("a", 0, 3), key("b", 0, 1))
	use := func(i int) string {
		used, _ := r.call(t, relay.Question{Sticky: fmt.Sprint("conversation ", i)})
		return used[0]
	}
	before, count := map[int]string{}, map[string]int{}
	for i := range conversations {
		before[i] = use(i)
		count[before[i]]++
		if again := use(i); again != before[i] {
			t.Fatalf("%d went from %s to %s", i, before[i], again)
		}
	}
	if count["a"] < 270 || count["a"] > 330 {
		t.Errorf("of weights 3 and 1, they were used as %v", count)
	}
	r.keep(t, key("c", 0, 4))
	moved := 0
	for i := range conversations {
		if now := use(i); now == "c" {
			moved++
		} else if now != before[i] {
			t.Fatalf("%d went from %s to %s, and nothing happened to either", i, before[i], now)
		}
	}
	if moved < 170 || moved > 230 {
		t.Errorf("%d of %d went to the new key, which is half of the weight", moved, conversations)
	}
	r.model.fails["c"] = failure(errs.RateLimited, time.Minute)
	for i := range conversations {
		used, _ := r.call(t, relay.Question{Sticky: fmt.Sprint("conversation ", i)})
		if last := used[len(used)-1]; last != before[i] {
			t.Fatalf("%d went to %s, not back to %s", i, last, before[i])
		}
	}
}

// TestOthersGoWhereLessIsInFlight keeps calls in flight until all have begun: of two keys each gets half, up to one.
func TestOthersGoWhereLessIsInFlight(t *testing.T) {
	r := newRing(t, key("a", 0, 1), key("b", 0, 1))
	plan, err := r.Plan(t.Context(), &relay.Question{Model: file.Fallback{Provider: "openai", Model: "m"}})
	if err != nil {
		t.Fatal(err)
	}
	const calls = 40
	leave := make(chan struct{})
	begun := make(chan struct{})
	r.model.meet = func() { begun <- struct{}{}; <-leave }
	var all sync.WaitGroup
	for range calls {
		all.Go(func() { r.Generate(t.Context(), plan) })
		<-begun
	}
	close(leave)
	all.Wait()
	count := map[string]int{}
	for _, name := range r.model.asked {
		count[name]++
	}
	if d := cmp.Diff(map[string]int{"a": calls / 2, "b": calls / 2}, count); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

// TestAnOpenBreakerMovesAllCalls fails the first key five times. Then one call in five seconds finds out whether it answers again.
func TestAnOpenBreakerMovesAllCalls(t *testing.T) {
	r := newRing(t, key("a", 0, 1), key("b", 1, 1))
	r.model.fails["a"] = failure(errs.Overloaded, 0)
	var got []string
	for range 7 {
		used, o := r.call(t, relay.Question{})
		if o.Err != nil {
			t.Fatal(o.Err)
		}
		got = append(got, strings.Join(used, ""))
	}
	delete(r.model.fails, "a")
	for range 5 {
		r.now = r.now.Add(2 * time.Second)
		used, _ := r.call(t, relay.Question{})
		got = append(got, strings.Join(used, ""))
	}
	if d := cmp.Diff([]string{"ab", "ab", "ab", "ab", "ab", "b", "b", "b", "b", "a", "a", "a"}, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

// TestTheOnlyKeyIsAlwaysAsked has one key, as most have, whose provider fails: each call gets its own failure.
func TestTheOnlyKeyIsAlwaysAsked(t *testing.T) {
	r := newRing(t)
	for i := range 20 {
		r.model.fails["environment"] = failure([]errs.Reason{errs.ProviderInternal, errs.Timeout, errs.InvalidAPIKey, errs.RateLimited}[i%4], 0)
		want := errs.From(r.model.fails["environment"]).Reason
		if used, o := r.call(t, relay.Question{}); len(used) != 1 || !errs.Is(o.Err, want) {
			t.Fatalf("%d: %v, want %s", i, o.Err, want)
		}
	}
	delete(r.model.fails, "environment")
	if used, o := r.call(t, relay.Question{}); len(used) != 1 || o.Err != nil {
		t.Errorf("it answers: %v", o.Err)
	}
}

// TestAStreamGivesWayBeforeItsFirstOutput streams from a key that is limited, and from another.
func TestAStreamGivesWayBeforeItsFirstOutput(t *testing.T) {
	r := newRing(t, key("a", 0, 1), key("b", 1, 1))
	r.model.fails["a"] = failure(errs.RateLimited, 0)
	plan, err := r.Plan(t.Context(), &relay.Question{Model: file.Fallback{Provider: "openai", Model: "m"}})
	if err != nil {
		t.Fatal(err)
	}
	var got string
	o := r.Stream(t.Context(), plan, func(_ *relay.Outcome, e *llm.Event, _ time.Time) bool { got += e.Text; return true })
	if d := cmp.Diff([]string{"a", "b"}, r.model.asked); d != "" || o.Err != nil || got != "OK" {
		t.Errorf("%q, %v (-want +got):\n%s", got, o.Err, d)
	}
}

// TestAKeyIsTestedBeforeItIsUsed stores two under one name, of which the second does not work.
func TestAKeyIsTestedBeforeItIsUsed(t *testing.T) {
	r := newRing(t)
	save := func(value, model string) error {
		_, err := r.SaveCredential(t.Context(), vault.Key{Provider: "openai", Name: "a", Value: value + keyEnd}, model)
		return err
	}
	if err := save("good", ""); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]string{"good"}, r.model.asked); d != "" {
		t.Errorf("the test (-want +got):\n%s", d)
	}
	r.model.fails["bad"] = failure(errs.InvalidAPIKey, 0)
	if err := save("bad", "m"); !errs.Is(err, errs.InvalidAPIKey) {
		t.Errorf("a key that does not work: %v", err)
	}
	if used, o := r.call(t, relay.Question{}); o.Err != nil || used[0] != "good" {
		t.Errorf("used %v, %v", used, o.Err)
	}
}

// BenchmarkOneKey is what the relay adds to a call whose provider has one key.
func BenchmarkOneKey(b *testing.B) {
	d := &noted{}
	r := relay.New(relay.Options{Models: &models.Registry{}, Now: time.Now, Providers: map[string]relay.Provider{"openai": {Driver: d, Display: "OpenAI"}}})
	b.ReportAllocs()
	for b.Loop() {
		plan, err := r.Plan(b.Context(), &relay.Question{Model: file.Fallback{Provider: "openai", Model: "m"}})
		if err != nil {
			b.Fatal(err)
		}
		d.asked = d.asked[:0]
		if o := r.Generate(b.Context(), plan); o.Err != nil {
			b.Fatal(o.Err)
		}
	}
}
