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

	mu   sync.Mutex
	done []store.FinishedTask
	back []store.TaskFailure
}

const (
	batchRows = 64
	batchTime = 20 * time.Millisecond
	againTime = time.Second // after a failure
)

func newBatch() *batch {
	return &batch{some: make(chan struct{}, 1), full: make(chan struct{}, 1)}
}

func (b *batch) finish(t store.FinishedTask) {
	if t.Gone && t.Nano == 0 {
		return // its Log has said it all
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.done = append(b.done, t)
	b.told()
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
func (b *batch) take() (done []store.FinishedTask, back []store.TaskFailure) {
	b.mu.Lock()
	defer b.mu.Unlock()
	done, back = b.done, b.back
	b.done, b.back = nil, nil
	select {
	case <-b.full:
	default:
	}
	return done, back
}

// restore puts back what could not be written.
func (b *batch) restore(done []store.FinishedTask, back []store.TaskFailure) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.done, b.back = append(done, b.done...), append(back, b.back...)
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
	done, back := s.batch.take()
	if err := s.o.DB.FinishTasks(ctx, s.o.ID, done); err != nil {
		s.batch.restore(done, back)
		s.complain(ctx, "finished tasks could not be deleted yet", err)
		return false
	}
	if err := s.o.DB.PutBackTasks(ctx, s.o.ID, back); err != nil {
		s.batch.restore(nil, back)
		s.complain(ctx, "tasks could not be put back yet", err)
		return false
	}
	return true
}
