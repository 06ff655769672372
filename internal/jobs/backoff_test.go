package jobs

import (
	"testing"
	"time"
)

func TestBackoffDoublesUpToFiveMinutes(t *testing.T) {
	for attempts, want := range map[int]time.Duration{0: 2 * time.Second, 1: 4 * time.Second, 5: 64 * time.Second, 8: 5 * time.Minute, 1000: 5 * time.Minute} {
		if got := backoff(0, attempts, 0.5); got != want {
			t.Errorf("after %d attempts %s, want %s", attempts, got, want)
		}
	}
}

func TestBackoffVariesByAQuarter(t *testing.T) {
	for chance, want := range map[float64]time.Duration{0: 1500 * time.Millisecond, 0.5: 2 * time.Second, 1: 2500 * time.Millisecond} {
		if got := backoff(0, 0, chance); got != want {
			t.Errorf("by chance %v %s, want %s", chance, got, want)
		}
	}
}

func TestBackoffIsWhatTheProviderAsksFor(t *testing.T) {
	for asked, want := range map[time.Duration]time.Duration{time.Second: time.Second, time.Minute: time.Minute, time.Hour: maxBackoff} {
		if got := backoff(asked, 3, 0); got != want {
			t.Errorf("asked for %s it waits %s", asked, got)
		}
	}
}
