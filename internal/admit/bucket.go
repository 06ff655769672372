package admit

import (
	"sync"
	"time"
)

// Changes that admins make are always let in at this rate, and as many at once.
const editsASecond = 20

// bucket is a token bucket. The zero value is full.
type bucket struct {
	mu    sync.Mutex
	spent float64
	last  time.Time
}

// take takes a token, if there is one.
func (b *bucket) take(now time.Time) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if elapsed := now.Sub(b.last); elapsed > 0 {
		b.spent = max(0, b.spent-editsASecond*elapsed.Seconds())
		b.last = now
	}
	if b.spent > editsASecond-1 {
		return false
	}
	b.spent++
	return true
}
