package jobs

import (
	"cmp"
	"slices"
	"time"

	"github.com/openloop-server/openloop/internal/store"
)

// pool is what tasks of one kind of work occupy: Python, or a provider.
type pool struct {
	name    string
	limit   limit
	running int
	ready   []*Task // that were claimed, and begin as soon as others end
	pace    pace
	claims  int
	hungry  bool // there may be more to claim
}

// lastEvery is how often the last lane is served first, so that it does not starve.
const lastEvery = 8

// pool returns the pool with this name. The caller holds s.mu.
func (s *Scheduler) pool(name string) *pool {
	p := s.pools[name]
	if p == nil {
		size, fixed := s.o.Sizes[name]
		if !fixed {
			size = s.share()
		}
		p = &pool{name: name, limit: newLimit(size, !fixed)}
		s.pools[name] = p
	}
	return p
}

// share is how many tasks of a provider this process may run at once at most. The caller holds s.mu.
func (s *Scheduler) share() int { return max(s.o.Concurrency/s.replicas, 1) }

// setReplicas notes how many processes share the limits.
func (s *Scheduler) setReplicas(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.replicas = max(n, 1)
	for _, p := range s.pools {
		if p.limit.adaptive {
			p.limit.share(s.share())
		}
	}
}

// waiting notes that these pools have tasks.
func (s *Scheduler) waiting(names []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, name := range names {
		s.pool(name).hungry = true
	}
}

// room is how many tasks are to be claimed: those that can begin at once, and as many as end soon. It is 0 while enough are ready.
func (p *pool) room(now time.Time) int {
	ahead, free := p.pace.soon(now), p.limit.free(p.running, now)-len(p.ready)
	if p.limit.rests(now) || free <= 0 && len(p.ready) > ahead/2 {
		return 0
	}
	return max(free+ahead, 0)
}

// claims returns what to claim now: for each pool that may have tasks as many as there is room for.
func (s *Scheduler) claims() []store.TaskClaim {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.o.Now()
	var list []store.TaskClaim
	for _, p := range s.pools {
		room := p.room(now)
		if !p.hungry || room == 0 || p.limit.adaptive && s.broke || !s.o.Ready(p.name) { // what only waits would count as lost in a crash
			continue
		}
		p.claims++
		list = append(list, store.TaskClaim{Worker: s.o.ID, Pool: p.name, Most: room, Lease: lease, Last: p.claims%lastEvery == 0})
	}
	slices.SortFunc(list, func(a, b store.TaskClaim) int { return cmp.Compare(a.Pool, b.Pool) })
	return list
}

// PoolState is what a pool does at a moment.
type PoolState struct {
	Name           string
	Running, Limit int
}

// Pools returns the pools that have had tasks, by name.
func (s *Scheduler) Pools() []PoolState {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := make([]PoolState, 0, len(s.pools))
	for _, p := range s.pools {
		list = append(list, PoolState{p.name, p.running, p.limit.now()})
	}
	slices.SortFunc(list, func(a, b PoolState) int { return cmp.Compare(a.Name, b.Name) })
	return list
}

// Observation is a task that was worked on.
type Observation struct {
	Pool    string
	Lane    store.Lane
	Outcome string // "done", "failed", "retried" or "cancelled"
	Took    time.Duration
}

// The outcomes of an [Observation].
const (
	outcomeDone      = "done"
	outcomeFailed    = "failed"
	outcomeRetried   = "retried"
	outcomeCancelled = "cancelled"
)
