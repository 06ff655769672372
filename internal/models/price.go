package models

// Usage counts the tokens of one call in disjoint buckets. Negative counts are taken as zero.
type Usage struct {
	Input       int64 // read at the full price
	CachedInput int64 // read from the provider's prompt cache
	CacheWrite  int64 // written to the provider's prompt cache
	Output      int64 // visible output
	Reasoning   int64 // hidden output; billed as output and not counted in Output
}

// Rates are prices in US dollars per million tokens.
type Rates struct {
	Input       float64
	CachedInput float64
	CacheWrite  float64
	Output      float64
}

// Tier holds the rates of a request whose prompt (input, cached input and cache write together) is longer than Above tokens.
// They apply to the whole request, not to the tokens beyond the limit.
type Tier struct {
	Above int64
	Rates
}

// Price is what a model costs. The zero Price is free of charge; a price that nobody knows is a nil *Price.
type Price struct {
	Rates
	Tiers []Tier // ascending by Above; empty for one price at all lengths
}

// Cost returns what u costs in US dollars, the prompt and the output apart.
// It counts tokens only: fees per request, per image or per hour of storage are not in it.
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
