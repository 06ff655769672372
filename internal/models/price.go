package models

import "strings"

// Usage counts the tokens of one call in groups that do not overlap. Negative counts are treated as zero.
type Usage struct {
	Input       int64 // read at the full price
	CachedInput int64 // read from the provider's prompt cache
	CacheWrite  int64 // written to the provider's prompt cache
	Output      int64 // visible output
	Reasoning   int64 // hidden output; billed as output and not counted in Output

	CacheWriteLong int64  // the part of CacheWrite that is kept for an hour
	Service        string // the service tier that the call was served in; "" for the standard one
}

// Rates are prices in US dollars per million tokens.
type Rates struct {
	Input       float64
	CachedInput float64
	CacheWrite  float64
	Output      float64
}

// Tier is the rates of a request whose prompt (input, cached input and cache write together) is longer than Above tokens. They apply to the
// whole request, not only to the tokens beyond the limit.
type Tier struct {
	Above int64
	Rates
}

// Price is the price of a model. The zero Price is free. An unknown price is a nil *Price.
type Price struct {
	Rates
	Tiers []Tier // ascending by Above; empty for one price at all lengths

	Services       map[string]Rates // by service tier: flex, priority, …; of one that is not here nobody knows the price
	CacheWriteLong float64          // of tokens that are written to the cache for an hour; 0 when unknown
}

// longWrite is the factor on the input price for tokens that Claude caches for an hour, at every provider: "1-hour cache write tokens are 2
// times the base input tokens price" (platform.claude.com/docs/en/build-with-claude/prompt-caching).
const longWrite = 2

// Cost returns the cost of u in US dollars, separately for the prompt and the output. It is unknown for a model without a price, for a
// service tier without rates, and for tokens cached for an hour if their rate is unknown.
func (m *Model) Cost(u Usage) (prompt, output float64, known bool) {
	p := m.Price
	if p == nil {
		return 0, 0, false
	}
	if u.Service != "" {
		rates, known := p.Services[u.Service]
		if !known {
			return 0, 0, false
		}
		p = &Price{Rates: rates}
	}
	prompt, output = p.Cost(u)
	long := min(count(u.CacheWriteLong), count(u.CacheWrite))
	if long == 0 {
		return prompt, output, true
	}
	rates := p.rates(count(u.Input) + count(u.CachedInput) + count(u.CacheWrite))
	rate := p.CacheWriteLong
	if rate == 0 && strings.Contains(m.ID, "claude") {
		rate = longWrite * rates.Input
	}
	return prompt + long*(rate-rates.CacheWrite)/1e6, output, rate > 0
}

// Cost returns the cost of u in US dollars, separately for the prompt and the output. It counts only tokens, not fees per request, per
// image or per hour of storage.
func (p *Price) Cost(u Usage) (prompt, output float64) {
	input, cached, write := count(u.Input), count(u.CachedInput), count(u.CacheWrite)
	r := p.rates(input + cached + write)
	prompt = (input*r.Input + cached*r.CachedInput + write*r.CacheWrite) / 1e6
	output = (count(u.Output) + count(u.Reasoning)) * r.Output / 1e6
	return prompt, output
}

func (p *Price) rates(promptTokens float64) *Rates {
	for i := len(p.Tiers) - 1; i >= 0; i-- {
		if promptTokens > float64(p.Tiers[i].Above) {
			return &p.Tiers[i].Rates
		}
	}
	return &p.Rates
}

func count(tokens int64) float64 {
	return float64(max(tokens, 0))
}
