package store_test

import (
	"testing"
	"time"

	"github.com/openloop-server/openloop/internal/store"
)

// TestLeasesHoldBetweenClocks has two replicas whose clocks are ten minutes apart share leases: neither takes what the other holds, and each takes what is free.
func TestLeasesHoldBetweenClocks(t *testing.T) {
	url := databases["postgres"](t).URL
	at := func(off time.Duration) *store.DB {
		return open(t, store.Options{URL: url, Now: func() time.Time { return time.Now().Add(off) }})
	}
	early, late := at(-5*time.Minute), at(5*time.Minute)
	for name, db := range map[string][2]*store.DB{"early": {early, late}, "late": {late, early}} {
		turn := func(holder string) store.Turn { return store.Turn{LogID: name, Holder: holder, Lease: time.Minute} }
		first, err1 := db[0].TakeTurn(t.Context(), turn("first"))
		second, err2 := db[1].TakeTurn(t.Context(), turn("second"))
		if !first || second || err1 != nil || err2 != nil {
			t.Errorf("%s takes a turn: %v %v, and then the other: %v %v", name, first, err1, second, err2)
		}
		held, _, err1 := db[0].HoldLease(t.Context(), name, "first", time.Minute)
		both, left, err2 := db[1].HoldLease(t.Context(), name, "second", time.Minute)
		if !held || both || err1 != nil || err2 != nil || left > time.Minute+time.Second {
			t.Errorf("%s leads: %v %v, and then the other: %v %v for %v", name, held, err1, both, err2, left)
		}
		taken, _, err := db[1].HoldLease(t.Context(), name+" over", "second", -time.Second)
		again, _, err2 := db[0].HoldLease(t.Context(), name+" over", "first", time.Minute)
		if !taken || !again || err != nil || err2 != nil {
			t.Errorf("%s takes what is over: %v %v, %v %v", name, taken, err, again, err2)
		}
	}
}
