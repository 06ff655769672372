package jobs

import (
	"testing"
	"time"
)

var start = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

func TestALimitGrowsByOneAfterAsManySuccessesAsItIs(t *testing.T) {
	l := newLimit(16, true)
	var sizes []int
	for range 4 + 5 + 6 {
		l.succeeded()
		sizes = append(sizes, l.now())
	}
	want := []int{4, 4, 4, 5, 5, 5, 5, 5, 6, 6, 6, 6, 6, 6, 7}
	for i := range want {
		if sizes[i] != want[i] {
			t.Fatalf("sizes %v, want %v", sizes, want)
		}
	}
}

func TestALimitStaysWithinItsShare(t *testing.T) {
	l := newLimit(5, true)
	for range 100 {
		l.succeeded()
	}
	if l.now() != 5 {
		t.Errorf("grew to %d", l.now())
	}
	if l.share(2); l.now() != 2 {
		t.Errorf("a share of 2 leaves %d", l.now())
	}
	l.share(0)
	l.refused(0, start)
	if l.now() != 1 {
		t.Errorf("the least is %d", l.now())
	}
	if l := newLimit(2, true); l.now() != 2 {
		t.Errorf("begins at %d of 2", l.now())
	}
}

func TestALimitHalvesOnceASecond(t *testing.T) {
	l := newLimit(16, true)
	l.size = 16
	l.refused(0, start)
	l.refused(0, start.Add(halveAgain-1))
	if l.now() != 8 {
		t.Errorf("refusals of one moment: %d", l.now())
	}
	if l.refused(0, start.Add(halveAgain)); l.now() != 4 {
		t.Errorf("a second later: %d", l.now())
	}
}

func TestAPoolWaitsForAsLongAsTheProviderAsks(t *testing.T) {
	l := newLimit(16, true)
	l.refused(30*time.Second, start)
	l.refused(10*time.Second, start) // one that asks for less does not shorten it
	for at, want := range map[time.Duration]int{0: 0, 30*time.Second - 1: 0, 30 * time.Second: 2} {
		if got := l.free(0, start.Add(at)); got != want {
			t.Errorf("after %s %d are free, want %d", at, got, want)
		}
	}
	if l.refused(time.Hour, start); l.free(0, start.Add(longestWait)) == 0 {
		t.Error("it waits for an hour")
	}
}

// TestAPoolWaitsLongerWhileNothingSucceeds has a provider that refuses everything, and does not say for how long.
func TestAPoolWaitsLongerWhileNothingSucceeds(t *testing.T) {
	l := newLimit(16, true)
	now := start
	var pauses []time.Duration
	for range 9 {
		l.refused(0, now)
		pauses = append(pauses, max(l.paused.Sub(now), 0))
		now = now.Add(max(l.paused.Sub(now), halveAgain))
	}
	want := []time.Duration{0, time.Second, 2 * time.Second, 4 * time.Second, 8 * time.Second, 16 * time.Second, 32 * time.Second, maxPause, maxPause}
	for i := range want {
		if pauses[i] != want[i] {
			t.Fatalf("pauses %v, want %v", pauses, want)
		}
	}
	l.succeeded()
	if l.refused(0, now); l.free(0, now) == 0 {
		t.Error("a refusal after a success makes it wait")
	}
}

func TestAFixedLimitDoesNotFollow(t *testing.T) {
	l := newLimit(3, false)
	l.succeeded()
	if l.free(1, start) != 2 || l.free(3, start) != 0 || l.free(5, start) != 0 {
		t.Errorf("%d, %d, %d are free", l.free(1, start), l.free(3, start), l.free(5, start))
	}
}
