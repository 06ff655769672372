package logs

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/errs"
)

// disk is an insert function that takes a second for each batch.
type disk struct {
	mu      sync.Mutex
	batches []int
	fails   func(batch []*pendingLog) error
}

func (d *disk) insert(ctx context.Context, batch []*pendingLog) error {
	d.mu.Lock()
	d.batches = append(d.batches, len(batch))
	d.mu.Unlock()
	select {
	case <-time.After(time.Second):
	case <-ctx.Done():
		return ctx.Err()
	}
	if d.fails != nil {
		return d.fails(batch)
	}
	return nil
}

func (d *disk) committer(workers int, relaxed bool, log *slog.Logger) *committer {
	c := newCommitter(d.insert, errs.Wrap, func() {}, log, relaxed)
	c.start(workers)
	return c
}

var silent = slog.New(slog.DiscardHandler)

func named(id string) *pendingLog {
	e := newEntry()
	e.id = id
	return e
}

func TestLoneEntryIsCommittedAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := new(disk)
		c := d.committer(1, false, silent)
		start := time.Now()
		if err := c.add(t.Context(), named("1")); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(start); took != time.Second {
			t.Errorf("it took %v, a commit takes 1s", took)
		}
		if err := c.close(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

func TestEntriesThatComeDuringACommitShareTheNext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := new(disk)
		c := d.committer(1, false, silent)
		var group sync.WaitGroup
		start := time.Now()
		for i := range 10 {
			group.Go(func() {
				time.Sleep(time.Duration(i) * 100 * time.Millisecond)
				if err := c.add(t.Context(), named("x")); err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
		if diff := cmp.Diff([]int{1, 9}, d.batches); diff != "" {
			t.Error(diff)
		}
		if took := time.Since(start); took != 2*time.Second {
			t.Errorf("both commits took %v", took)
		}
		if err := c.close(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

func TestWorkersCommitAtTheSameTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := new(disk)
		c := d.committer(2, false, silent)
		var group sync.WaitGroup
		start := time.Now()
		for i := range 2 {
			group.Go(func() {
				time.Sleep(time.Duration(i) * 500 * time.Millisecond)
				if err := c.add(t.Context(), named("x")); err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
		if took := time.Since(start); took != 1500*time.Millisecond {
			t.Errorf("both commits took %v", took)
		}
		if err := c.close(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

func TestEntryThatCannotBeStoredFailsAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		poison := errors.New("bad value")
		d := &disk{fails: func(batch []*pendingLog) error {
			if slices.ContainsFunc(batch, func(e *pendingLog) bool { return e.id == "bad" }) {
				return poison
			}
			return nil
		}}
		c := d.committer(1, false, silent)
		var group sync.WaitGroup
		for _, id := range []string{"first", "good", "bad", "fine"} {
			group.Go(func() {
				if id != "first" {
					time.Sleep(time.Millisecond)
				}
				if err := c.add(t.Context(), named(id)); errors.Is(err, poison) != (id == "bad") {
					t.Errorf("%s: %v", id, err)
				}
			})
		}
		group.Wait()
		if diff := cmp.Diff([]int{1, 3, 1, 1, 1}, d.batches); diff != "" {
			t.Error(diff)
		}
		if err := c.close(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

func TestOutageFailsTheBatchOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &disk{fails: func([]*pendingLog) error { return errs.New(errs.DependencyUnavailable, "full") }}
		c := d.committer(1, false, silent)
		var group sync.WaitGroup
		for i := range 4 {
			group.Go(func() {
				time.Sleep(time.Duration(i) * time.Millisecond)
				if err := c.add(t.Context(), named("x")); !errs.Is(err, errs.DependencyUnavailable) {
					t.Error(err)
				}
			})
		}
		group.Wait()
		if diff := cmp.Diff([]int{1, 3}, d.batches); diff != "" {
			t.Error(diff)
		}
		if err := c.close(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

func TestCommitThatHangsIsGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCommitter(func(ctx context.Context, _ []*pendingLog) error {
			<-ctx.Done()
			return ctx.Err()
		}, errs.Wrap, func() {}, silent, false)
		c.start(1)
		start := time.Now()
		err := c.add(t.Context(), named("1"))
		if !errs.Is(err, errs.DependencyUnavailable) || time.Since(start) != commitTimeout {
			t.Errorf("after %v: %v", time.Since(start), err)
		}
		if err := c.close(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

func TestWaitEndsWithTheContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := new(disk)
		c := d.committer(1, false, silent)
		ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
		defer cancel()
		if err := c.add(ctx, named("1")); !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
		if err := c.close(t.Context()); err != nil { // waits for the commit
			t.Error(err)
		}
	})
}

func TestCloseCommitsWhatIsQueuedAndRefusesMore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := new(disk)
		c := d.committer(1, true, silent)
		for range 700 {
			if err := c.add(t.Context(), named("x")); err != nil {
				t.Fatal(err)
			}
		}
		if err := c.close(t.Context()); err != nil {
			t.Error(err)
		}
		total := 0
		for _, n := range d.batches {
			total += n
		}
		if total != 700 {
			t.Errorf("%d entries were committed", total)
		}
		if err := c.add(t.Context(), named("x")); !errs.Is(err, errs.ShuttingDown) {
			t.Error(err)
		}
	})
}

func TestCloseGivesUpWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := new(disk)
		c := d.committer(1, true, silent)
		if err := c.add(t.Context(), named("x")); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		if err := c.close(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
	})
}

func TestRelaxedQueueIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := new(disk)
		c := d.committer(1, true, silent)
		large := func() *pendingLog {
			e := named("x")
			e.payload = make([]byte, maxQueueBytes/2)
			return e
		}
		start := time.Now()
		for range 2 {
			if err := c.add(t.Context(), large()); err != nil {
				t.Fatal(err)
			}
		}
		if took := time.Since(start); took != time.Second {
			t.Errorf("the second waited %v for room, a commit takes 1s", took)
		}
		if err := c.close(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

func TestRelaxedLossIsToldToTheOperator(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		d := &disk{fails: func(batch []*pendingLog) error {
			batch[0].err = errs.New(errs.AlreadyExists, "taken")
			return nil
		}}
		c := d.committer(1, true, slog.New(slog.NewTextHandler(&out, nil)))
		if err := c.add(t.Context(), named("log_1")); err != nil {
			t.Fatal(err)
		}
		if err := c.close(t.Context()); err != nil {
			t.Error(err)
		}
		if got := out.String(); !strings.Contains(got, "log=log_1") || !strings.Contains(got, "taken") {
			t.Errorf("the operator reads %q", got)
		}
	})
}

func TestTheQueueIsDescribed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := new(disk)
		c := d.committer(1, false, silent)
		var all sync.WaitGroup
		add := func(n int) {
			for range n {
				all.Go(func() { _ = c.add(t.Context(), named("a")) })
			}
			synctest.Wait()
		}
		add(1) // is being committed
		add(maxBatch)
		time.Sleep(300 * time.Millisecond)
		full := c.waits() // the next commit takes them
		add(2)
		more := c.waits()
		all.Wait()
		want := []CommitQueue{{Left: 1, Oldest: 300 * time.Millisecond}, {Waiting: 2, Left: 1, Oldest: 300 * time.Millisecond}, {Left: 3 + maxBatch}}
		if d := cmp.Diff(want, []CommitQueue{full, more, c.waits()}); d != "" {
			t.Errorf("with a full batch, more than that, and after all (-want +got):\n%s", d)
		}
		if err := c.close(t.Context()); err != nil {
			t.Fatal(err)
		}
	})
}
