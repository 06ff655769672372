package load

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestOverload offers ten calls a second to a caller that takes 150 ms for each, and whose second class is turned away at once.
func TestOverload(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow := func() Outcome { time.Sleep(150 * time.Millisecond); return Answered }
		quick := func() Outcome { return TurnedAway }
		got := Overload(t.Context(), [][]Tried{{slow, quick}}, []int{0, 0, 0, 1}, 10, 2*time.Second, 200*time.Millisecond, time.Sleep)
		all := Sum(got)
		if got[1].Of[TurnedAway]+got[1].Of[Lost] != 5 || got[0].Offered != 15 || all.Offered != 20 || len(all.Latency) != all.Of[Answered]+all.Of[Late] {
			t.Errorf("%+v", got)
		}
		if got[0].Of[Late]+got[0].Of[Lost] == 0 || got[0].Of[Answered] == 0 {
			t.Errorf("nobody waited in vain: %+v", got[0])
		}
	})
	if d := cmp.Diff(0.25, (&Arrivals{Offered: 4, Of: [Lost + 1]int{Late: 1}}).Share(Late)); d != "" {
		t.Error(d)
	}
}
