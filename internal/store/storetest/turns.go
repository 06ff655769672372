package storetest

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/store"
	"github.com/openloop-server/openloop/internal/trace"
)

var turns = map[string]func(*testing.T, *harness){
	"A turn has one holder":                  turnHasOneHolder,
	"A turn that was lost is free":           lostTurnIsFree,
	"Of many takers one has the turn":        turnIsTakenOnce,
	"A step of a Log leaves no event":        stepLeavesNoEvent,
	"A turn of a Log whose id is a client's": strangeTurn,
}

const minute = time.Minute

// opened stores an Agent's Log with its first turn, which "first" holds.
func opened(t *testing.T, h *harness, id string) *trace.Log {
	t.Helper()
	agent := h.save(t, saveOf(file.AgentKind, "a", "1"))
	l := logOf(&agent, id)
	l.Status = trace.Incomplete
	must(t, h.AppendLog(t.Context(), l, h.FirstTurn(store.Turn{LogID: id, Holder: "first", Lease: minute})))
	return l
}

// take reports whether a holder gets the turn.
func (h *harness) take(t *testing.T, id, holder string) bool {
	t.Helper()
	taken, err := h.TakeTurn(t.Context(), store.Turn{LogID: id, Holder: holder, Lease: minute})
	must(t, err)
	return taken
}

// renew reports whether a holder still has the turn.
func (h *harness) renew(t *testing.T, id, holder string) bool {
	t.Helper()
	held, err := h.RenewTurn(t.Context(), store.Turn{LogID: id, Holder: holder, Lease: minute})
	must(t, err)
	return held
}

func (h *harness) end(t *testing.T, id, holder string) {
	t.Helper()
	must(t, h.EndTurn(t.Context(), store.Turn{LogID: id, Holder: holder}))
}

func turnHasOneHolder(t *testing.T, h *harness) {
	id := opened(t, h, newLogID()).ID
	equal(t, "taken while it is held", false, h.take(t, id, "second"))
	h.end(t, id, "second")
	equal(t, "held after a stranger ended it", true, h.renew(t, id, "first"))
	h.end(t, id, "first")
	equal(t, "held after its end", false, h.renew(t, id, "first"))
	equal(t, "taken after its end", true, h.take(t, id, "second"))
	equal(t, "held by the first again", false, h.renew(t, id, "first"))
}

func lostTurnIsFree(t *testing.T, h *harness) {
	id := opened(t, h, newLogID()).ID
	h.ticks.Add((59 * time.Second).Milliseconds())
	equal(t, "taken before the lease is over", false, h.take(t, id, "second"))
	equal(t, "renewed", true, h.renew(t, id, "first"))
	h.ticks.Add((59 * time.Second).Milliseconds())
	equal(t, "taken before the renewed lease is over", false, h.take(t, id, "second"))
	h.ticks.Add((2 * time.Second).Milliseconds())
	equal(t, "taken after it", true, h.take(t, id, "second"))
	h.ticks.Add((25 * time.Hour).Milliseconds())
	equal(t, "another's", true, h.take(t, "log_other", "third"))
	equal(t, "held a day after it was lost", false, h.renew(t, id, "second"))
}

func turnIsTakenOnce(t *testing.T, h *harness) {
	id := opened(t, h, newLogID()).ID
	h.end(t, id, "first")
	var all sync.WaitGroup
	var taken atomic.Int64
	for i := range 8 {
		all.Go(func() {
			if h.take(t, id, "holder"+itoa(i)) {
				taken.Add(1)
			}
		})
	}
	all.Wait()
	equal(t, "takers", int64(1), taken.Load())
}

func stepLeavesNoEvent(t *testing.T, h *harness) {
	l := opened(t, h, newLogID())
	last := h.lastEvent(t)
	stepped, err := h.AdvanceLog(t.Context(), l.ID, func(l *trace.Log) error { l.Source = "s"; return nil })
	must(t, err)
	equal(t, "the source", "s", stepped.Source)
	equal(t, "events", nil, h.eventsAfter(t, last))
}

// strangeTurn is of a Log whose id the client made up, of letters that not every database keeps in its texts.
func strangeTurn(t *testing.T, h *harness) {
	id := opened(t, h, "mine/ü 1").ID
	equal(t, "taken while it is held", false, h.take(t, id, "second"))
	h.end(t, id, "first")
	equal(t, "taken after its end", true, h.take(t, id, "second"))
}
