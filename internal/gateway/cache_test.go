package gateway_test

import (
	"context"
	"fmt"
	"iter"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/auth"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/gateway"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/relay"
	"github.com/openloop-server/openloop/internal/store"
	"github.com/openloop-server/openloop/internal/trace"
)

// numbered answers the n-th call with its number, and finishes as it is told.
func numbered(finish llm.FinishReason) play {
	return func(_ context.Context, n int) iter.Seq2[llm.Event, error] {
		return func(yield func(llm.Event, error) bool) {
			_ = yield(text(fmt.Sprint(n)), nil) && yield(llm.Event{Finish: finish, Usage: &llm.Usage{Input: 10, Output: 20, Known: true}}, nil)
		}
	}
}

// shop is a gateway whose provider numbers its answers, with a clock that stands.
type shop struct {
	*gateway.Gateway
	db       *store.DB
	observed <-chan relay.Observation
	now      time.Time
}

func newShop(t *testing.T, finish llm.FinishReason) *shop {
	t.Helper()
	s := &shop{now: time.Date(2026, 3, 4, 0, 0, 0, 0, time.UTC)}
	s.Gateway, s.db, s.observed = openAt(t, numbered(finish), func() time.Time { return s.now })
	return s
}

var forAMinute = &gateway.Caching{TTL: time.Minute}

// cachedInput is a call that takes an answer of at most a minute ago.
func cachedInput(change func(*gateway.CallInput)) *gateway.CallInput {
	in := input("gpt-4o", 1)
	in.Caching = forAMinute
	if change != nil {
		change(in)
	}
	return in
}

// ask makes a call and returns its answers, and whether the first was remembered.
func (s *shop) ask(t *testing.T, by string, in *gateway.CallInput) (out string) {
	t.Helper()
	r, err := s.Call(auth.With(t.Context(), auth.Principal{KeyID: by}), in)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range r.Logs {
		out += *l.Payload.Output
		if l.Cached {
			out += "c"
		}
	}
	return strings.TrimSpace(out + " " + string(r.Cache))
}

func TestTheSameCallIsAnsweredFromMemory(t *testing.T) {
	s := newShop(t, llm.FinishStop)
	same := func(change func(*gateway.CallInput)) *gateway.CallInput { return cachedInput(change) }
	for _, c := range []struct {
		what string
		by   string
		in   *gateway.CallInput
		want string
	}{
		{"the first", "key_1", same(nil), "0 miss"},
		{"the same", "key_1", same(nil), "0c hit"},
		{"for another end user", "key_1", same(func(in *gateway.CallInput) { in.Asked = &llm.Request{User: "ada"}; in.Log.User = "ada" }), "0c hit"},
		{"with other metadata", "key_1", same(func(in *gateway.CallInput) { in.Log.Metadata = json.Value(`{"a":1}`) }), "0c hit"},
		{"in another conversation", "key_1", same(func(in *gateway.CallInput) { in.Sticky = "other" }), "0c hit"},
		{"that does not ask for it", "key_1", same(func(in *gateway.CallInput) { in.Caching = nil }), "1"},
		{"with another key", "key_2", same(nil), "2 miss"},
		{"with other messages", "key_1", same(func(in *gateway.CallInput) {
			in.Messages = append(in.Messages, llm.Message{Role: llm.User, Content: llm.Text("more")})
		}), "3 miss"},
		{"with other parameters", "key_1", same(func(in *gateway.CallInput) { in.Asked = &llm.Request{Temperature: new(0.5)} }), "4 miss"},
		{"with another tool choice", "key_1", same(func(in *gateway.CallInput) { in.ToolChoice = llm.ToolChoice{Mode: llm.ToolsNone} }), "5 miss"},
		{"of another model", "key_1", same(func(in *gateway.CallInput) { in.Prompt.Model = "gpt-4o-mini" }), "6 miss"},
		{"with a provider's key of its own", "key_1", same(func(in *gateway.CallInput) { in.Keys = map[string]string{"openai": "sk-0123456789"} }), "7 miss"},
		{"of other models of an alias", "key_1", same(func(in *gateway.CallInput) {
			in.Among = []relay.Destination{{Fallback: file.Fallback{Provider: "openai", Model: "gpt-5"}, Weight: 1}}
		}), "8 miss"},
		{"that asks again", "key_1", same(func(in *gateway.CallInput) { in.Caching = &gateway.Caching{TTL: time.Minute, Refresh: true} }), "9 miss"},
		{"the same afterwards", "key_1", same(nil), "9c hit"},
	} {
		if got := s.ask(t, c.by, c.in); got != c.want {
			t.Errorf("%s is answered %q, want %q", c.what, got, c.want)
		}
	}
}

func TestAnAnswerGetsTooOld(t *testing.T) {
	s := newShop(t, llm.FinishToolCalls)
	got := []string{s.ask(t, "", cachedInput(nil))}
	for range 2 {
		s.now = s.now.Add(time.Minute)
		got = append(got, s.ask(t, "", cachedInput(nil)))
		s.now = s.now.Add(time.Second)
	}
	s.now = s.now.Add(time.Hour)
	got = append(got, s.ask(t, "", cachedInput(func(in *gateway.CallInput) { in.Caching = &gateway.Caching{TTL: 2 * time.Hour} })))
	if d := cmp.Diff([]string{"0 miss", "0c hit", "1 miss", "1c hit"}, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

func TestAnAnswerThatWasCutIsNotRemembered(t *testing.T) {
	for _, finish := range []llm.FinishReason{llm.FinishLength, llm.FinishContentFilter, "pause"} {
		s := newShop(t, finish)
		if got := s.ask(t, "", cachedInput(nil)) + ", " + s.ask(t, "", cachedInput(nil)); got != "0 miss, 1 miss" {
			t.Errorf("%s: %s", finish, got)
		}
	}
}

// TestSamplesAreRememberedEach asks for two of one call, and for three.
func TestSamplesAreRememberedEach(t *testing.T) {
	s := newShop(t, llm.FinishStop)
	of := func(n int) string {
		return s.ask(t, "", cachedInput(func(in *gateway.CallInput) { in.Samples = n }))
	}
	first, again := of(2), of(3)
	digits := strings.NewReplacer(" miss", "", " hit", "", "c", "")
	if two, three := digits.Replace(first), digits.Replace(again); three != two+"2" || !strings.HasSuffix(again, "hit") {
		t.Errorf("%q, and then %q", first, again)
	}
}

// TestWhatAHitIsOnTheLogAndInMetrics has a stream after a whole answer.
func TestWhatAHitIsOnTheLogAndInMetrics(t *testing.T) {
	s := newShop(t, llm.FinishStop)
	s.ask(t, "", cachedInput(nil))
	s.now = s.now.Add(7 * time.Second)
	var said string
	var final *trace.Log
	for c, err := range s.Stream(t.Context(), cachedInput(nil)) {
		if err != nil {
			t.Fatal(err)
		}
		if c.Opens() {
			continue
		}
		if c.Cache != relay.CacheHit || c.Age != 7*time.Second {
			t.Errorf("a chunk says %q of %v", c.Cache, c.Age)
		}
		if final = c.Final; final == nil {
			said += c.Event.Text
		}
	}
	stored, err := s.db.Log(t.Context(), final.ID)
	if err != nil {
		t.Fatal(err)
	}
	type seen struct {
		Said, Output, Provider, Model, Finish string
		Cached                                bool
		Prompt, Answer                        int64
		Cost                                  float64
		Latency, First                        *float64
		Attempts                              int
		Exchanged                             int
	}
	got := seen{
		said, *stored.Payload.Output, stored.Provider, stored.Model, stored.FinishReason, stored.Cached, *stored.PromptTokens, *stored.OutputTokens,
		*stored.PromptCost + *stored.OutputCost, stored.Latency, stored.FirstToken, len(stored.Attempts), len(stored.Payload.ProviderRequest) + len(stored.Payload.ProviderResponse),
	}
	if d := cmp.Diff(seen{Said: "0", Output: "0", Provider: "openai", Model: "gpt-4o", Finish: "stop", Cached: true, Prompt: 10, Answer: 20}, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	miss, hit := <-s.observed, <-s.observed
	if miss.Cache != relay.CacheMiss || hit.Cache != relay.CacheHit || hit.Usage.Known || hit.Upstream != 0 || miss.Usage.Output != 20 {
		t.Errorf("observed are %+v and %+v", miss, hit)
	}
}

// TestAFailureIsNotRemembered fails the first call.
func TestAFailureIsNotRemembered(t *testing.T) {
	g, _, _ := open(t, plan{failing(errs.Overloaded, 0)}.play)
	var got []relay.CacheUse
	for range 3 {
		if r, err := g.Call(t.Context(), cachedInput(nil)); err == nil {
			got = append(got, r.Cache)
		}
	}
	if d := cmp.Diff([]relay.CacheUse{relay.CacheMiss, relay.CacheHit}, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

func TestWhatTheHeaderOfCachingSays(t *testing.T) {
	for header, want := range map[string]*gateway.Caching{
		"": forAMinute, " ": forAMinute, "off": nil, "ttl=600": {TTL: 10 * time.Minute}, "refresh": {TTL: time.Minute, Refresh: true},
		"refresh, ttl=5": {TTL: 5 * time.Second, Refresh: true}, "ttl=5,refresh": {TTL: 5 * time.Second, Refresh: true},
	} {
		got, err := gateway.CachingOf(header, forAMinute)
		if d := cmp.Diff(want, got); d != "" || err != nil {
			t.Errorf("%q: %v (-want +got):\n%s", header, err, d)
		}
	}
	if got, err := gateway.CachingOf("refresh", nil); err != nil || got.TTL != 10*time.Minute {
		t.Errorf("refresh alone: %v, %v", got, err)
	}
	for _, header := range []string{"on", "ttl", "ttl=", "ttl=0", "ttl=-1", "ttl=604801", "ttl=1h", "off, ttl=5", "ttl=5;refresh"} {
		if _, err := gateway.CachingOf(header, nil); !errs.Is(err, errs.ValidationFailed) {
			t.Errorf("%q: %v", header, err)
		}
	}
}
