package admit_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/openloop-server/openloop/internal/admit"
	"github.com/openloop-server/openloop/internal/auth"
)

var day = time.Date(2026, 11, 30, 0, 0, 0, 0, time.UTC)

// at returns a controller whose pressure is p, and which draws what draw returns.
func at(p float64, draw func() float64) *admit.Controller {
	c := admit.New(admit.Options{Draw: draw, Signals: []admit.Signal{{Name: "test", Target: 1, Read: func(time.Time) float64 { return p }}}})
	for i := range 200 {
		c.Sample(day.Add(time.Duration(i) * admit.Every))
	}
	return c
}

// TestSharesOfPriorities enters each priority with every hundredth of chance, and counts who is let in.
func TestSharesOfPriorities(t *testing.T) {
	type shares struct{ Critical, Interactive, Batch, Unnamed int }
	for pressure, want := range map[float64]shares{
		0: {100, 100, 100, 100}, 1: {100, 100, 100, 100}, 1.25: {100, 100, 64, 100}, 2: {100, 56, 25, 56}, 4: {100, 14, 6, 14}, 8: {100, 4, 2, 4}, 16: {25, 1, 0, 1}, 1000: {3, 0, 0, 0},
	} {
		chance := 0.0
		c := at(pressure, func() float64 { return chance })
		count := func(p auth.Priority) (n int) {
			for i := range 100 {
				chance = (float64(i) + 0.5) / 100
				pass, ok := c.Enter(p)
				if ok {
					n++
				}
				pass.Leave()
			}
			return n
		}
		got := shares{count(auth.Critical), count(auth.Interactive), count(auth.Batch), count("")}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("at %v (-want +got):\n%s", pressure, d)
		}
		if c.Open() != 0 || c.Shed(auth.Batch) != int64(100-want.Batch) {
			t.Errorf("at %v: %d are open, %d of batch were shed", pressure, c.Open(), c.Shed(auth.Batch))
		}
	}
}

// TestALoweredRequestHasTheChanceOfItsClass: that a request was let in with a higher priority gives it nothing, and takes nothing from it.
func TestALoweredRequestHasTheChanceOfItsClass(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := rapid.Float64Range(0, 0.999999).Draw(t, "draw")
		c := at(rapid.Float64Range(0, 12).Draw(t, "pressure"), func() float64 { return draw })
		classes := []auth.Priority{auth.Critical, auth.Interactive, auth.Batch}
		from, to := rapid.SampledFrom(classes).Draw(t, "from"), rapid.SampledFrom(classes).Draw(t, "to")
		_, alone := c.Enter(from.Lowered(to))
		pass, ok := c.Enter(from)
		if got := ok && pass.Lower(to); got != alone {
			t.Fatalf("%s lowered to %s is let in: %v; %s itself: %v", from, to, got, from.Lowered(to), alone)
		}
	})
}

// TestPressureFollowsTheWorstSignal states how fast.
func TestPressureFollowsTheWorstSignal(t *testing.T) {
	level := 0.0
	c := admit.New(admit.Options{Signals: []admit.Signal{
		{Name: "low", Target: 100, Read: func(time.Time) float64 { return 50 }},
		{Name: "moving", Target: 2, Read: func(time.Time) float64 { return level }},
	}})
	now := day
	after := func(n int) float64 {
		for range n {
			now = now.Add(admit.Every)
			c.Sample(now)
		}
		return c.Pressure()
	}
	if p := after(100); p != 0 {
		t.Errorf("below all targets the pressure is %v", p)
	}
	level = 8
	if p := after(1); p != 0 {
		t.Errorf("a moment of pressure counts: %v", p)
	}
	if p := after(20); p < 3.9 || p > 4 {
		t.Errorf("after a second the pressure is %v of 4", p)
	}
	level = 1e9
	after(100)
	level = 0
	if p := after(20); p != 0 {
		t.Errorf("a second after a stall the pressure is %v", p)
	}
	want := []admit.Level{{Signal: "low", Pressure: 0.5}, {Signal: "moving", Pressure: 0}}
	round := cmp.Transformer("round", func(f float64) int { return int(f*10 + 0.5) })
	after(100)
	if d := cmp.Diff(want, c.Levels(), round); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

// TestEditsOfAdminsAreLetIn at twenty a second.
func TestEditsOfAdminsAreLetIn(t *testing.T) {
	c := at(1000, func() float64 { return 0.5 })
	edits := func(now time.Time) (n int) {
		for range 100 {
			if _, ok := c.EnterEdit(auth.Batch, now); ok {
				n++
			}
		}
		return n
	}
	got := []int{edits(day), edits(day), edits(day.Add(500 * time.Millisecond)), edits(day.Add(time.Hour))}
	if d := cmp.Diff([]int{20, 0, 10, 20}, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

// TestTheOperatorIsTold of the beginning, each ten seconds, and the end.
func TestTheOperatorIsTold(t *testing.T) {
	level := 0.0
	var told []admit.Report
	c := admit.New(admit.Options{
		Draw: func() float64 { return 0.99 }, Tell: func(r admit.Report) { r.Pressure = 0; told = append(told, r) },
		Signals: []admit.Signal{{Name: "test", Target: 1, Read: func(time.Time) float64 { return level }}},
	})
	now := day
	pass := func(d time.Duration) {
		for end := now.Add(d); now.Before(end); {
			c.Enter(auth.Interactive)
			now = now.Add(admit.Every)
			c.Sample(now)
		}
	}
	pass(time.Minute)
	level = 1.3 // batch alone would be turned away
	pass(time.Minute)
	level = 100
	pass(15 * time.Second)
	level = 0
	pass(time.Minute)
	if len(told) != 3 || told[0].Signal != "test" || told[0].Shed == 0 || told[1].Lasted < 10*time.Second || !told[2].Over || told[2].Signal != "" {
		t.Errorf("told %+v", told)
	}
}

// TestRetriesAreSpread over one to three seconds.
func TestRetriesAreSpread(t *testing.T) {
	chance := 0.0
	c := at(0, func() float64 { return chance })
	got := map[time.Duration]int{}
	for i := range 90 {
		chance = float64(i) / 90
		got[c.RetryAfter()]++
	}
	if d := cmp.Diff(map[time.Duration]int{time.Second: 30, 2 * time.Second: 30, 3 * time.Second: 30}, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

// TestWithoutSignals everybody is let in.
func TestWithoutSignals(t *testing.T) {
	c := admit.New(admit.Options{})
	c.Sample(day)
	if pass, ok := c.Enter(auth.Batch); !ok || !pass.Lower(auth.Batch) || len(c.Levels()) != 0 {
		t.Error("a request is turned away")
	}
}

// BenchmarkEnter is what a call costs: two additions and a look.
func BenchmarkEnter(b *testing.B) {
	c := at(0.5, nil)
	for b.Loop() {
		pass, _ := c.Enter(auth.Interactive)
		pass.Leave()
	}
}
