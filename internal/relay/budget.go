package relay

import "sync"

// budgets limit the retries of each provider, so that they do not multiply an outage. Each call adds a tenth of a retry, up to retryBurst. While
// this server has too much to do they stop before any call is turned away: half of them above a pressure of 1, all above noRetries.
type budgets struct {
	mu    sync.Mutex
	spent map[string]float64 // of retryBurst
}

const (
	retryBurst = 20
	retryShare = 0.1
	noRetries  = 1.5
)

func (b *budgets) earn(provider string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if spent := b.spent[provider]; spent > 0 {
		b.spent[provider] = max(spent-retryShare, 0)
	}
}

func (b *budgets) spend(provider string, pressure float64) bool {
	burst := float64(retryBurst)
	switch {
	case pressure > noRetries:
		return false
	case pressure > 1:
		burst /= 2
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.spent == nil {
		b.spent = map[string]float64{}
	}
	if b.spent[provider] > burst-1 {
		return false
	}
	b.spent[provider]++
	return true
}
