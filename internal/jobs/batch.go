package jobs

import (
	"context"
	"sync"
	"time"

	"github.com/openloop-server/openloop/internal/store"
)

// batch gathers what is to be written of tasks that have ended.
type batch struct {
	some chan struct{} // holds a token when there is something
	full chan struct{} // likewise, for as much as is written at once

	mu sync.Mutex
	gathered
}

// gathered is what is written at once.
type gathered struct {
	done    []store.FinishedTask
	back    []store.TaskFailure
	written []chan struct{} // closed once done is written
}

const (
	batchRows = 64
	batchTime = 20 * time.Millisecond
	againTime = time.Second // after a failure
)

func newBatch() *batch {
	return &batch{some: make(chan struct{}, 1), full: make(chan struct{}, 1)}
}

// finish adds a task that is done. The channel is closed once that is written; it is nil if there is nothing to write.
func (b *batch) finish(t store.FinishedTask) (written <-chan struct{}) {
	if t.Gone && t.Nano == 0 {
		return nil // its Log has said it all
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.written == nil {
		b.written = append(b.written, make(chan struct{}))
	}
	b.done = append(b.done, t)
	b.told()
	return b.written[len(b.written)-1]
}

func (b *batch) putBack(t store.TaskFailure) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.back = append(b.back, t)
	b.told()
}

func (b *batch) told() {
	offer(b.some)
	if len(b.done)+len(b.back) >= batchRows {
		offer(b.full)
	}
}

// take empties the batch.
func (b *batch) take() gathered {
	b.mu.Lock()
	defer b.mu.Unlock()
	g := b.gathered
	b.gathered = gathered{}
	select {
	case <-b.full:
	default:
	}
	return g
}

// restore puts back what could not be written.
func (b *batch) restore(g gathered) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.done, b.back, b.written = append(g.done, b.done...), append(g.back, b.back...), append(g.written, b.written...)
	offer(b.some)
}

// write writes what has gathered, in batches, until ctx ends.
func (s *Scheduler) write(ctx context.Context) {
	for {
		select {
		case <-s.batch.some:
		case <-ctx.Done():
			return
		}
		wait(ctx, batchTime, s.batch.full)
		if !s.flush(ctx) {
			wait(ctx, againTime, nil)
		}
	}
}

// wait returns after d, or when there is a token in early, or when ctx ends.
func wait(ctx context.Context, d time.Duration, early <-chan struct{}) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-early:
	case <-ctx.Done():
	}
}

// flush writes what has gathered. What cannot be written stays, and flush returns false.
func (s *Scheduler) flush(ctx context.Context) bool {
	g := s.batch.take()
	if err := s.o.DB.FinishTasks(ctx, s.o.ID, g.done); err != nil {
		s.batch.restore(g)
		s.complain(ctx, "finished tasks could not be deleted yet", err)
		return false
	}
	for _, written := range g.written {
		close(written)
	}
	if err := s.o.DB.PutBackTasks(ctx, s.o.ID, g.back); err != nil {
		s.batch.restore(gathered{back: g.back})
		s.complain(ctx, "tasks could not be put back yet", err)
		return false
	}
	return true
}
