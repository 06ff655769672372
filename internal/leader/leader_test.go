package leader_test

import (
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/leader"
	"github.com/openloop-server/openloop/internal/store"
)

// TestOneLeads plays two replicas whose clocks are five minutes apart, on the clock of their database.
func TestOneLeads(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	clock := func(off time.Duration) func() time.Time {
		return func() time.Time { return now.Add(off) }
	}
	db, err := store.Open(t.Context(), store.Options{Path: filepath.Join(t.TempDir(), "x.db"), Now: clock(0)})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close(t.Context()) }()
	replica := func(name string, off time.Duration) *leader.Leader {
		return leader.New(leader.Options{DB: db, Name: "upkeep", Holder: name, Now: clock(off), Logger: slog.New(slog.DiscardHandler)})
	}
	a, b := replica("a", 0), replica("b", -5*time.Minute)
	type state struct {
		A, B bool // leads
		Next time.Duration
	}
	var got []state
	try := func(l *leader.Leader, after time.Duration) {
		now = now.Add(after)
		next := l.Try(t.Context())
		got = append(got, state{a.Leads(), b.Leads(), next})
	}
	const second = time.Second
	try(a, 0)
	try(b, second)
	try(a, 2*second) // renewed
	try(b, 8*second)
	try(b, 2100*time.Millisecond) // it has ended
	try(a, 3*second)              // too late
	a.Leave(t.Context())          // it has nothing to give
	try(a, second)
	b.Leave(t.Context())
	try(a, 0)
	now = now.Add(10 * second)
	got = append(got, state{a.Leads(), b.Leads(), 0}) // nobody has renewed it
	soon := 100 * time.Millisecond
	want := []state{
		{true, false, 3 * second}, {true, false, 3 * second}, {true, false, 3 * second}, {true, false, 2*second + soon},
		{false, true, 3 * second}, {false, true, 3 * second}, {false, true, 3 * second}, {true, false, 3 * second}, {false, false, 0},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
