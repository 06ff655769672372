package explore

import (
	"context"
	"iter"
	"reflect"
	"time"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/trace"
	"github.com/openloop-server/openloop/internal/web"
)

// A stream looks for new Logs this often, and shows so many of them each time: 20 a second at most.
const (
	tailEvery = 250 * time.Millisecond
	tailShown = 5
)

type tailLogs struct{ filter }

func (h *handlers) tailOperation() web.Operation {
	return web.Stream(web.Streaming[tailLogs, struct{}, tailChunk]{
		Stream: h.tail, AppendError: appendFailure, Name: nameOf, Documented: reflect.TypeFor[TailEvent](),
	})
}

// tailChunk is an event on the wire.
type tailChunk struct {
	TailEvent
	more bool
}

// More implements [web.Chunk].
func (c tailChunk) More() bool { return c.more }

// AppendJSON implements [web.Chunk].
func (c tailChunk) AppendJSON(dst []byte) []byte { return json.AppendValue(dst, &c.TailEvent) }

func appendFailure(dst []byte, _ tailChunk, d *errs.Detail) []byte {
	return json.AppendValue(dst, &TailEvent{Type: "error", Detail: d})
}

func nameOf(c tailChunk, failed bool) string {
	if failed {
		return "error"
	}
	return c.Type
}

// tail shows Logs as they are stored, until the client or the server leaves.
func (h *handlers) tail(ctx context.Context, in *tailLogs) iter.Seq2[tailChunk, error] {
	return func(yield func(tailChunk, error) bool) {
		f, err := in.read(h.o.Now())
		if err != nil {
			yield(tailChunk{}, err)
			return
		}
		t, err := h.o.DB.TailLogs(ctx, &f)
		if err != nil || !yield(tailChunk{TailEvent: TailEvent{Type: "open"}}, nil) {
			if err != nil {
				yield(tailChunk{}, err)
			}
			return
		}
		tick := time.NewTicker(tailEvery)
		defer tick.Stop()
		for !h.o.Leaving() {
			select {
			case <-tick.C:
			case <-ctx.Done():
				return
			}
			rows, skipped, err := t.Next(ctx, tailShown)
			if err != nil {
				yield(tailChunk{}, err)
				return
			}
			if !show(rows, skipped, yield) {
				return
			}
		}
	}
}

// show yields rows, and how many were skipped.
func show(rows []trace.Row, skipped int, yield func(tailChunk, error) bool) bool {
	for i := range rows {
		row := rowOf(&rows[i])
		more := skipped > 0 || i < len(rows)-1
		if !yield(tailChunk{TailEvent{Type: "log", Log: &row}, more}, nil) {
			return false
		}
	}
	return skipped == 0 || yield(tailChunk{TailEvent: TailEvent{Type: "skipped", Skipped: skipped}}, nil)
}
