package jobs

import "time"

// pace says how many tasks of a pool end in a short time. So many are claimed ahead: short tasks share claims, and of long ones none waits here that
// somebody else could do.
type pace struct {
	since  time.Time // when the present stretch of time began
	n      int       // tasks that have ended in it
	before int       // in the stretch before
}

const (
	soon    = 100 * time.Millisecond
	maxSoon = 256 // tasks
)

// ended counts a task that has ended.
func (p *pace) ended(now time.Time) {
	if stretch := now.Sub(p.since); stretch >= soon {
		p.before = 0
		if stretch < 2*soon {
			p.before = p.n
		}
		p.since, p.n = now, 0
	}
	p.n++
}

// soon is how many tasks are likely to end soon.
func (p *pace) soon(now time.Time) int {
	if now.Sub(p.since) >= 2*soon {
		return 0
	}
	return min(p.before, maxSoon)
}
