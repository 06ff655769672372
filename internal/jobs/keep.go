package jobs

import (
	"context"
	"slices"
	"time"
)

// keep does what recurs until ctx ends: it renews leases, frees those that ran out, notices which tasks were taken away, and makes tasks
// again that were lost.
func (s *Scheduler) keep(ctx context.Context) {
	chores := []struct {
		every time.Duration
		do    func(context.Context) error
		next  time.Time
	}{
		{every: renewEvery, do: s.meet},
		{every: healEvery, do: s.o.Heal},
		{every: lookEvery, do: s.checkBudget},
		{every: lookEvery, do: s.checkHeld},
		{every: rescue, do: s.free},
		{every: renewEvery, do: s.renew},
	}
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		for i := range chores {
			c := &chores[i]
			if now := s.o.Now(); !now.Before(c.next) {
				c.next = now.Add(c.every)
				if err := c.do(ctx); err != nil {
					s.complain(ctx, "the background work on tasks is held up", err)
				}
			}
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// meet tells other processes of this one, and divides what providers allow among all.
func (s *Scheduler) meet(ctx context.Context) error {
	n, err := s.o.DB.SeenReplica(ctx, s.o.ID)
	if err == nil {
		s.setReplicas(n)
	}
	return err
}

// free frees the tasks of processes that are gone.
func (s *Scheduler) free(ctx context.Context) error {
	n, err := s.o.DB.FreeTasks(ctx)
	if n > 0 {
		s.o.Logger.WarnContext(ctx, "tasks of a server that is gone, or too slow, were freed", "tasks", n)
	}
	return err
}

func (s *Scheduler) renew(ctx context.Context) error {
	return s.drop(func() ([]int64, error) { return s.o.DB.RenewTasks(ctx, s.o.ID, lease) })
}

// checkHeld notices tasks that were deleted, because their Run was closed.
func (s *Scheduler) checkHeld(ctx context.Context) error {
	return s.drop(func() ([]int64, error) { return s.o.DB.HeldTasks(ctx, s.o.ID) })
}

// drop cancels the tasks that this process does not hold any more. read returns those that it holds, in order.
func (s *Scheduler) drop(read func() ([]int64, error)) error {
	mine := s.claimedNow()
	if len(mine) == 0 {
		return nil
	}
	held, err := read()
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, seq := range mine {
		_, still := slices.BinarySearch(held, seq)
		if t := s.held[seq]; t != nil && !still {
			t.cancel(errGone)
		}
	}
	return nil
}

// claimedNow returns the numbers of the tasks that were claimed and have not ended.
func (s *Scheduler) claimedNow() []int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	seqs := make([]int64, 0, len(s.held))
	for seq := range s.held {
		seqs = append(seqs, seq)
	}
	return seqs
}

// checkBudget stops and continues the tasks of providers by what was spent today.
func (s *Scheduler) checkBudget(ctx context.Context) error {
	if s.o.DailyCost <= 0 {
		return nil
	}
	spent, err := s.o.DB.SpentToday(ctx)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if broke := spent >= s.o.DailyCost; broke != s.broke {
		s.broke = broke
		for _, p := range s.pools {
			if broke && p.limit.adaptive {
				s.giveBack(p)
			}
		}
		s.o.Logger.WarnContext(ctx, "the daily budget of Evaluations", "spent", broke)
	}
	return nil
}
