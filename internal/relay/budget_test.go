package relay_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/relay"
)

// TestRetriesStopUnderLoad: a provider that always fails gets a number of retries, half of it when this server has too much to do, and none when it has
// much too much.
func TestRetriesStopUnderLoad(t *testing.T) {
	got := map[float64]int{}
	for _, pressure := range []float64{0, 1.2, 1.6} {
		r := newRing(t)
		r.pressure = pressure
		r.model.fails["environment"] = &errs.Error{Reason: errs.Overloaded, Message: "m"}
		for range 5 {
			used, _ := r.call(t, relay.Question{Retries: new(10)})
			got[pressure] += len(used) - 1
		}
	}
	if d := cmp.Diff(map[float64]int{0: 20, 1.2: 10, 1.6: 0}, got); d != "" {
		t.Errorf("retries by pressure (-want +got):\n%s", d)
	}
}
