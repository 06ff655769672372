package copying

import (
	"bytes"
	"context"
	"errors"
)

// writer stores chunks of a table beside the reader, one at a time, while the next is read.
type writer struct {
	c       *copier
	t       *table
	ctx     context.Context // a writer lives as long as one call
	now     *chunk          // that rows are added to
	free    *chunk          // that is not in use; nil while it is stored
	waiting chan error      // of the chunk that is stored; nil for none
	mark    *mark
	failed  error
}

func (c *copier) writer(ctx context.Context, t *table, m *mark) *writer {
	return &writer{c: c, t: t, ctx: ctx, now: new(chunk), free: new(chunk), mark: m}
}

func (w *writer) add(tuple []byte) { w.now.add(tuple) }
func (w *writer) rows() int        { return w.now.rows }
func (w *writer) bytes() int       { return len(w.now.data) }

// errWriting ends reading: why is in failed.
var errWriting = errors.New("the target failed")

// flush stores what was added, once the chunk before is stored. With the last chunk the table is whole.
func (w *writer) flush(whole bool) error {
	if w.await(); w.failed != nil {
		return errWriting
	}
	m, c := w.mark, w.now
	m.copied, m.whole = m.copied+int64(c.rows), whole
	if c.rows > 0 {
		m.last = bytes.Clone(c.data[c.last:])
	}
	kept := *m
	done := make(chan error, 1)
	go func() { done <- w.c.dst.store(w.ctx, w.t, c, &kept) }()
	w.waiting = done
	w.now, w.free = w.free, c
	w.now.reset()
	return nil
}

// await waits for the chunk that is stored.
func (w *writer) await() {
	if w.waiting == nil {
		return
	}
	w.failed = errors.Join(w.failed, <-w.waiting)
	w.waiting = nil
	if w.failed == nil {
		w.c.tell(Progress{Table: w.t.name, Rows: w.mark.copied, Of: w.mark.expected})
	}
}

// stop waits for what is stored, and returns why it could not be.
func (w *writer) stop() error {
	w.await()
	return w.failed
}
