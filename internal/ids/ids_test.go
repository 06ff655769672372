package ids_test

import (
	"regexp"
	"testing"
	"time"

	"github.com/openloop-server/openloop/internal/ids"
)

func TestNewHasTheDocumentedForm(t *testing.T) {
	form := regexp.MustCompile(`^prv_[0-9A-Za-z]{21}$`)
	if id := ids.New(ids.PromptVersion, time.Now()); !form.MatchString(id) {
		t.Errorf("New made %q", id)
	}
}

func TestIDsSortByTime(t *testing.T) {
	t0 := time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, later := range []time.Duration{time.Millisecond, time.Hour, 90 * 365 * 24 * time.Hour} {
		a, b := ids.New(ids.Log, t0), ids.New(ids.Log, t0.Add(later))
		if a >= b {
			t.Errorf("%q is not before %q, made %v later", a, b, later)
		}
	}
}

func TestIDsOfOneMomentDiffer(t *testing.T) {
	now, seen := time.Now(), map[string]bool{}
	for range 10_000 {
		id := ids.New(ids.Log, now)
		if seen[id] {
			t.Fatalf("%q was made twice", id)
		}
		seen[id] = true
	}
}

func TestOfNamesAThingOnce(t *testing.T) {
	form := regexp.MustCompile(`^log_[0-9A-Za-z]{21}$`)
	a, again, b := ids.Of(ids.Log, []byte("a")), ids.Of(ids.Log, []byte("a")), ids.Of(ids.Log, []byte("b"))
	if a != again || a == b || !form.MatchString(a) {
		t.Errorf("a is %q and %q, b is %q", a, again, b)
	}
}

func TestDerivedFollowsFromItsParts(t *testing.T) {
	form := regexp.MustCompile(`^log_[0-9A-Za-z]{21}$`)
	id := ids.Derived(ids.Log, "a", "bc", "1")
	if id != ids.Derived(ids.Log, "a", "bc", "1") || !form.MatchString(id) {
		t.Errorf("made %q", id)
	}
	for _, parts := range [][]string{{"a", "bc", "2"}, {"ab", "c", "1"}, {"a", "bc1"}, {"a", "bc", "1", ""}, {"abc1"}} {
		if ids.Derived(ids.Log, parts...) == id {
			t.Errorf("%q make the same id", parts)
		}
	}
}

func BenchmarkNew(b *testing.B) {
	now := time.Now()
	for b.Loop() {
		ids.New(ids.Log, now)
	}
}
