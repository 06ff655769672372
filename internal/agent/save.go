package agent

import (
	"context"

	"github.com/openloop-server/openloop/internal/trace"
)

// mark tells the states of an Agent's Log apart. A turn stores a step only onto the state that it stored last.
type mark struct {
	turn, steps, messages int
	failed                bool
}

func markOf(l *trace.Log) mark {
	p := progressOf(l)
	m := mark{turn: p.Turn, steps: len(p.Steps), failed: l.Error != nil}
	if !l.PayloadDropped {
		m.messages = len(l.Payload.Messages)
	}
	return m
}

// save stores the Log as it is now, even if the caller has left. Errors: conflict if another turn has gone on; illegal_state if the Log was
// completed by somebody else.
func (t *turn) save(ctx context.Context) error {
	t.progress.put(t.log)
	stored, err := t.o.Logs.Advance(context.WithoutCancel(ctx), t.log.ID, func(l *trace.Log) error {
		if markOf(l) != t.stored {
			return t.lost()
		}
		t.put(l)
		return nil
	})
	if err != nil {
		return err
	}
	payload := t.log.Payload
	t.log, t.stored = stored, markOf(stored)
	t.log.Payload = payload
	return nil
}

// put writes what the turn has made of the Log on l, the stored one. Times and labels are those of l: Logs below it may have widened them.
func (t *turn) put(l *trace.Log) {
	own := t.log
	l.Status, l.Error, l.Detail, l.FinishReason = own.Status, own.Error, own.Detail, own.FinishReason
	l.Provider, l.Model, l.Usage, l.Latency = own.Provider, own.Model, own.Usage, own.Latency
	l.Payload = own.Payload
	t.place(l)
	t.progress.put(l)
}

// place puts a Log that is complete into its Run.
func (t *turn) place(l *trace.Log) {
	if l.Status == trace.Complete && t.RunID != "" {
		l.RunID, l.DatapointID = t.RunID, t.DatapointID
	}
}
