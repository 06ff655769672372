package jobs

import (
	"testing"
	"time"
)

// TestPace has tasks end at a rate for a while, and none afterwards.
func TestPace(t *testing.T) {
	var p pace
	for i := range 300 {
		p.ended(start.Add(time.Duration(i) * time.Millisecond))
	}
	for after, want := range map[time.Duration]int{0: 100, soon: 100, soon + 1: 0} {
		if got := p.soon(start.Add(300*time.Millisecond - 1 + after)); got != want {
			t.Errorf("%s later %d end soon, want %d", after, got, want)
		}
	}
}

func TestPaceOfABurst(t *testing.T) {
	var p pace
	for second := range 3 {
		for range 64 {
			p.ended(start.Add(time.Duration(second) * time.Second))
		}
		if got := p.soon(start.Add(time.Duration(second) * time.Second)); got != 0 {
			t.Errorf("%d end soon", got)
		}
	}
}
