package relay

import "sync"

// budgets limit the retries of each provider, so that they do not multiply an outage. Each call adds a tenth of a retry, up to retryBurst.
type budgets struct {
	mu    sync.Mutex
	spent map[string]float64 // of retryBurst
}

const (
	retryBurst = 20
	retryShare = 0.1
)

func (b *budgets) earn(provider string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if spent := b.spent[provider]; spent > 0 {
		b.spent[provider] = max(spent-retryShare, 0)
	}
}

func (b *budgets) spend(provider string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.spent == nil {
		b.spent = map[string]float64{}
	}
	if b.spent[provider] > retryBurst-1 {
		return false
	}
	b.spent[provider]++
	return true
}
