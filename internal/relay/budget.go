package relay

import "sync"

// budgets holds the remaining retries of each provider.
type budgets struct {
	mu sync.Mutex
	by map[string]*budget
}

func (b *budgets) of(provider string) *budget {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.by == nil {
		b.by = map[string]*budget{}
	}
	one := b.by[provider]
	if one == nil {
		one = &budget{left: retryBurst}
		b.by[provider] = one
	}
	return one
}

// budget limits retries so that they do not multiply an outage. Each call adds a tenth of a retry, up to retryBurst.
type budget struct {
	mu   sync.Mutex
	left float64
}

const (
	retryBurst = 20
	retryShare = 0.1
)

func (b *budget) earn() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.left = min(b.left+retryShare, retryBurst)
}

func (b *budget) spend() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.left < 1 {
		return false
	}
	b.left--
	return true
}
