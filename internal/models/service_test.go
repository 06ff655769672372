package models_test

import (
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/models"
)

// TestCostOfServiceTiers has the price of a tier where the catalogue has one, and never the standard price for another. Fault B15.
func TestCostOfServiceTiers(t *testing.T) {
	const file = `{"models": {
		"openai": {"m": {"price": {"input": 2, "output": 8, "services": {"flex": {"input": 1, "cached_input": 0.25, "output": 4}}}}, "none": {}},
		"anthropic": {"claude-x": {"price": {"input": 3, "cache_write": 3.75, "output": 15, "tiers": [{"above": 2000000, "input": 6, "cache_write": 7.5, "output": 22}]}}},
		"openrouter": {"priced": {"price": {"input": 1, "cache_write": 1.25, "cache_write_1h": 4, "output": 1}}, "not": {"price": {"input": 1, "cache_write": 1.25, "output": 1}}}}}`
	catalog, err := new(models.Registry).WithOverrides(strings.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	const m = 1_000_000
	for _, c := range []struct {
		provider, model string
		usage           models.Usage
		prompt, output  float64
		known           bool
	}{
		{"openai", "m", models.Usage{Input: m, Output: m}, 2, 8, true},
		{"openai", "m", models.Usage{Input: m, CachedInput: m, Output: m, Service: "flex"}, 1.25, 4, true},
		{"openai", "m", models.Usage{Input: m, Output: m, Service: "priority"}, 0, 0, false},
		{"openai", "none", models.Usage{Input: m}, 0, 0, false},
		{"anthropic", "claude-x", models.Usage{CacheWrite: m}, 3.75, 0, true},
		{"anthropic", "claude-x", models.Usage{CacheWrite: m, CacheWriteLong: m}, 6, 0, true},
		{"anthropic", "claude-x", models.Usage{Input: m, CacheWrite: m, CacheWriteLong: m / 2}, 3 + 3.75/2 + 3, 0, true},
		{"anthropic", "claude-x", models.Usage{Input: 2 * m, CacheWrite: m, CacheWriteLong: m}, 12 + 12, 0, true},
		{"anthropic", "claude-x", models.Usage{Input: m, Service: "batch"}, 0, 0, false},
		{"openrouter", "priced", models.Usage{CacheWrite: m, CacheWriteLong: m}, 4, 0, true},
		{"openrouter", "not", models.Usage{CacheWrite: m, CacheWriteLong: 1}, 0, 0, false},
	} {
		model, _ := catalog.Lookup(c.provider, c.model)
		prompt, output, known := model.Cost(c.usage)
		if known != c.known || known && (math.Abs(prompt-c.prompt) > 1e-9 || math.Abs(output-c.output) > 1e-9) {
			t.Errorf("%s of %+v: %v, %v, %v", c.model, c.usage, prompt, output, known)
		}
	}
	var b strings.Builder
	if err := catalog.Encode(&b); err != nil {
		t.Fatal(err)
	}
	again, err := new(models.Registry).WithOverrides(strings.NewReader(b.String()))
	if err != nil {
		t.Fatal(err)
	}
	want, _ := catalog.Lookup("openai", "m")
	got, _ := again.Lookup("openai", "m")
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("written and read again (-want +got):\n%s", d)
	}
}

func TestServicesAreChecked(t *testing.T) {
	_, err := new(models.Registry).WithOverrides(strings.NewReader(`{"models": {"openai": {"m": {"price": {"input": 2, "output": 8, "cache_write_1h": -1,
		"services": {"flex": {"input": 1, "above": 3, "services": {"x": {}}}}}}}}}`))
	want := "/models/openai/m/price/cache_write_1h: must not be negative; /models/openai/m/price/services/flex/output: is missing (US dollars per million tokens); " +
		"/models/openai/m/price/services/flex/services: a service tier has no services; /models/openai/m/price/services/flex/above: belongs into a tier"
	if err == nil || err.Error() != want {
		t.Errorf("%v", err)
	}
}
