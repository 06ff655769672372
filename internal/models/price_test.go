package models_test

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"github.com/openloop-server/openloop/internal/models"
)

func near(a, b float64) bool {
	return math.Abs(a-b) <= 1e-12*max(1, math.Abs(a), math.Abs(b))
}

func TestCost(t *testing.T) {
	sonnet := models.Price{Rates: models.Rates{Input: 3, CachedInput: 0.3, CacheWrite: 3.75, Output: 15}}
	gemini := models.Price{
		Rates: models.Rates{Input: 1.25, CachedInput: 0.125, CacheWrite: 1.25, Output: 10},
		Tiers: []models.Tier{
			{Above: 200_000, Rates: models.Rates{Input: 2.5, CachedInput: 0.25, CacheWrite: 2.5, Output: 15}},
			{Above: 500_000, Rates: models.Rates{Input: 5, CachedInput: 0.5, CacheWrite: 5, Output: 30}},
		},
	}
	cases := []struct {
		name           string
		price          models.Price
		usage          models.Usage
		prompt, output float64
	}{
		{"nothing", sonnet, models.Usage{}, 0, 0},
		{"plain", sonnet, models.Usage{Input: 1000, Output: 500}, 0.003, 0.0075},
		{"cached input", sonnet, models.Usage{Input: 1000, CachedInput: 10_000}, 0.006, 0},
		{"cache write", sonnet, models.Usage{CacheWrite: 10_000}, 0.0375, 0},
		{"reasoning is billed beside output", sonnet, models.Usage{Output: 100, Reasoning: 900}, 0, 0.015},
		{"all buckets", sonnet, models.Usage{Input: 1e6, CachedInput: 1e6, CacheWrite: 1e6, Output: 1e6, Reasoning: 1e6}, 7.05, 30},
		{"at the limit of a tier", gemini, models.Usage{Input: 200_000, Output: 1000}, 0.25, 0.01},
		{"above the limit the whole request is dearer", gemini, models.Usage{Input: 200_001, Output: 1000}, 0.5000025, 0.015},
		{"all prompt buckets count towards the limit", gemini, models.Usage{Input: 1, CachedInput: 100_000, CacheWrite: 100_000}, 0.2750025, 0},
		{"output does not", gemini, models.Usage{Input: 1, Output: 300_000}, 0.00000125, 3},
		{"highest tier", gemini, models.Usage{Input: 600_000, Reasoning: 1000}, 3, 0.03},
		{"negative counts are zero", sonnet, models.Usage{Input: -5, CachedInput: -5, CacheWrite: -5, Output: -5, Reasoning: -5}, 0, 0},
		{"free", models.Price{}, models.Usage{Input: 1000, Output: 1000}, 0, 0},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			prompt, output := tc.price.Cost(tc.usage)
			if !near(prompt, tc.prompt) || !near(output, tc.output) {
				t.Errorf("Cost(%+v) = %v, %v; want %v, %v", tc.usage, prompt, output, tc.prompt, tc.output)
			}
		})
	}
}

// More tokens never cost less, whatever the model.
func TestCostGrowsWithUsage(t *testing.T) {
	var list []*models.Model
	for m := range embedded(t).All() {
		if m.Price != nil {
			list = append(list, m)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		m := rapid.SampledFrom(list).Draw(t, "model")
		tokens := rapid.Int64Range(0, 1_000_000)
		u := models.Usage{Input: tokens.Draw(t, "input"), CachedInput: tokens.Draw(t, "cached"), Output: tokens.Draw(t, "output")}
		more := u
		more.Input += tokens.Draw(t, "more input")
		more.Output += tokens.Draw(t, "more output")
		p1, o1 := m.Price.Cost(u)
		p2, o2 := m.Price.Cost(more)
		if p1 < 0 || o1 < 0 || p2 < p1 || o2 < o1 {
			t.Fatalf("%s/%s: %+v costs %v + %v, %+v costs %v + %v", m.Provider, m.ID, u, p1, o1, more, p2, o2)
		}
	})
}
