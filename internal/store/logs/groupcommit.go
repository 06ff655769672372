package logs

import (
	"context"
	"log/slog"
	"runtime"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/semaphore"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/store/sqldb"
	"github.com/openloop-server/openloop/internal/worker"
)

// committer gathers entries and commits whatever is waiting. A lone entry is committed at once; entries that come during a commit are
// committed together in the next one.
type committer struct {
	insert func(context.Context, []*pendingLog) error
	fail   func(op string, err error) error // classifies an error of insert
	wake   func()                           // tells of tasks that were stored
	log    *slog.Logger
	room   *semaphore.Weighted // bytes left in the queue; nil if callers wait for their commit, which bounds the queue

	mu      sync.Mutex
	waiting sync.Cond // until queue holds something, or closed
	queue   []*pendingLog
	left    uint64                   // entries that have left it
	queued  map[string]chan struct{} // ids of entries that nobody waits for; await adds the channel
	closed  bool
	commits Commits

	work *worker.Worker // its end ends commits in progress
}

const (
	maxBatch      = 512              // entries
	maxBatchBytes = 8 << 20          // reached by large payloads
	maxQueueBytes = 64 << 20         // of entries that nobody waits for
	commitTimeout = 30 * time.Second // after which a database that is out of reach is given up
	hangs         = time.Second      // after which a commit takes too long
	gatherRounds  = 4
)

func newCommitter(insert func(context.Context, []*pendingLog) error, fail func(string, error) error, wake func(), log *slog.Logger, relaxed bool) *committer {
	c := &committer{insert: insert, fail: fail, wake: wake, log: log}
	c.waiting.L = &c.mu
	if relaxed {
		c.room, c.queued = semaphore.NewWeighted(maxQueueBytes), map[string]chan struct{}{}
	}
	return c
}

// start runs the given number of workers, which commit concurrently.
func (c *committer) start(workers int) {
	c.work = worker.New(func(ctx context.Context, ready func()) {
		var all sync.WaitGroup
		for range workers {
			all.Go(func() { c.run(ctx) })
		}
		ready()
		all.Wait()
	})
	c.work.Start(context.Background())
}

// add queues e. Unless the committer is relaxed, it then waits until e is committed. If it returns ctx's error, e must not be used again.
func (c *committer) add(ctx context.Context, e *pendingLog) error {
	if c.room != nil {
		if err := c.room.Acquire(ctx, e.weight()); err != nil {
			return err
		}
	}
	if !c.push(e) {
		return sqldb.ErrClosed()
	}
	if c.room != nil {
		return nil
	}
	select {
	case <-e.done:
		return e.err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// weight is how many bytes e holds, as far as there is room for.
func (e *pendingLog) weight() int64 {
	n := e.size()
	if e.part != nil {
		n += len(e.part.asked)
	}
	return min(int64(n), maxQueueBytes)
}

func (c *committer) push(entries ...*pendingLog) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return false
	}
	idle, now := len(c.queue) == 0, time.Now()
	c.queue = append(c.queue, entries...)
	for _, e := range entries {
		e.since = now
		if _, awaited := c.queued[e.id]; c.room != nil && !awaited {
			c.queued[e.id] = nil
		}
	}
	if idle {
		c.waiting.Signal()
	}
	return true
}

// waits describes the queue. Entries that are being committed have left it, and those that the next commit takes do not count, unless it is long in coming.
func (c *committer) waits() CommitQueue {
	c.mu.Lock()
	defer c.mu.Unlock()
	q := CommitQueue{Left: c.left}
	if len(c.queue) == 0 {
		return q
	}
	q.Oldest = time.Since(c.queue[0].since)
	if q.Waiting = len(c.queue); q.Oldest < hangs {
		q.Waiting -= c.batch()
	}
	return q
}

// batch returns how many entries of the queue the next commit takes.
func (c *committer) batch() (n int) {
	for bytes := 0; n < len(c.queue) && n < maxBatch && bytes < maxBatchBytes; n++ {
		bytes += c.queue[n].size()
	}
	return n
}

// Commits are what was committed since the start.
type Commits struct {
	Made, Failed int64 // transactions
	Logs         int64 // in those that were made
	Took         time.Duration
}

// count notes a transaction.
func (c *committer) count(logs int, took time.Duration, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.commits.Took += took
	if err != nil {
		c.commits.Failed++
		return
	}
	c.commits.Made++
	c.commits.Logs += int64(logs)
}

// run commits batches until the committer is closed and its queue is empty.
func (c *committer) run(ctx context.Context) {
	var batch []*pendingLog
	for {
		batch = c.take(batch[:0])
		if len(batch) == 0 {
			return
		}
		c.commit(ctx, batch)
		clear(batch)
	}
}

// take waits for entries and appends the next ones to batch. It returns no entries once the committer is closed.
func (c *committer) take(batch []*pendingLog) []*pendingLog {
	c.mu.Lock()
	defer c.mu.Unlock()
	for {
		for len(c.queue) == 0 {
			if c.closed {
				return batch
			}
			c.waiting.Wait()
		}
		c.gather()
		if len(c.queue) > 0 { // another worker may have been faster
			break
		}
	}
	n := c.batch()
	c.left += uint64(n) //nolint:gosec // it is a length
	batch = append(batch, c.queue[:n]...)
	rest := copy(c.queue, c.queue[n:])
	clear(c.queue[rest:])
	c.queue = c.queue[:rest]
	if rest > 0 {
		c.waiting.Signal()
	}
	return batch
}

// gather lets goroutines run that are about to add entries, as long as some do. It costs nothing when the process is idle.
func (c *committer) gather() {
	for range gatherRounds {
		before := len(c.queue)
		c.mu.Unlock()
		runtime.Gosched()
		c.mu.Lock()
		if len(c.queue) == before || len(c.queue) >= maxBatch {
			return
		}
	}
}

// commit stores a batch and wakes those who wait. If the batch fails for another reason than an outage, commit stores its entries one by
// one, so that an entry that cannot be stored does not fail the others.
func (c *committer) commit(ctx context.Context, batch []*pendingLog) {
	err := c.attempt(ctx, batch)
	if len(batch) > 1 && errs.Is(err, errs.Internal) {
		for i := range batch {
			batch[i].err = nil
			c.settle(batch[i:i+1], c.attempt(ctx, batch[i:i+1]))
		}
		return
	}
	c.settle(batch, err)
}

func (c *committer) attempt(ctx context.Context, batch []*pendingLog) (err error) {
	began := time.Now()
	defer func() { c.count(len(batch), time.Since(began), err) }()
	ctx, cancel := context.WithTimeout(ctx, commitTimeout)
	defer cancel()
	err = c.insert(ctx, batch)
	if err != nil && ctx.Err() != nil {
		err = errs.New(errs.DependencyUnavailable, "%s", sqldb.OutageMessage).With(func(e *errs.Error) { e.Err = err })
	}
	return c.fail("store.AppendLog", err)
}

func (c *committer) settle(batch []*pendingLog, err error) {
	defer c.settled(batch)
	if err == nil && slices.ContainsFunc(batch, (*pendingLog).wakes) {
		c.wake()
	}
	for _, e := range batch {
		if err != nil {
			e.err = err
		}
		if e.err != nil && e.part != nil {
			e.part.seq.Store(0)
		}
		if c.room == nil {
			e.done <- struct{}{}
			continue
		}
		c.room.Release(e.weight())
		if e.err != nil {
			c.log.Error("a Log was lost", "log", e.id, "error", e.err)
		}
	}
}

// wakes reports whether e was stored with what may make tasks.
func (e *pendingLog) wakes() bool {
	return e.err == nil && slices.ContainsFunc(e.riders, func(r *Rider) bool { return r.Wakes })
}

// settled wakes those who await entries of a batch.
func (c *committer) settled(batch []*pendingLog) {
	if c.room == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, e := range batch {
		if done := c.queued[e.id]; done != nil {
			close(done)
		}
		delete(c.queued, e.id)
	}
}

// await waits until the Log with this id is stored, if it is queued. So a Log that was answered before its commit can be read at once.
func (c *committer) await(ctx context.Context, id string) error {
	if c.room == nil {
		return nil
	}
	c.mu.Lock()
	done, queued := c.queued[id]
	if queued && done == nil {
		done = make(chan struct{})
		c.queued[id] = done
	}
	c.mu.Unlock()
	if !queued {
		return nil
	}
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// close refuses further entries and waits until the queue is committed. If ctx ends first, the remaining entries are lost.
func (c *committer) close(ctx context.Context) error {
	c.mu.Lock()
	c.closed = true
	c.mu.Unlock()
	c.waiting.Broadcast()
	stop := context.AfterFunc(ctx, c.work.Stop)
	<-c.work.Done()
	if !stop() {
		return ctx.Err()
	}
	return nil
}
