package models_test

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/models"
)

func embedded(tb testing.TB) *models.Registry {
	tb.Helper()
	c, err := models.Embedded()
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

// The prices as the providers publish them, in US dollars per million tokens.
func TestPublishedPrices(t *testing.T) {
	flat := func(input, cached, write, output float64) *models.Price {
		return &models.Price{Rates: models.Rates{Input: input, CachedInput: cached, CacheWrite: write, Output: output}}
	}
	long := &models.Price{
		Rates: models.Rates{Input: 1.25, CachedInput: 0.125, CacheWrite: 1.25, Output: 10},
		Tiers: []models.Tier{{Above: 200_000, Rates: models.Rates{Input: 2.5, CachedInput: 0.25, CacheWrite: 2.5, Output: 15}}},
	}
	cases := []struct {
		provider, model string
		want            *models.Price
	}{
		{"openai", "gpt-4o", flat(2.5, 1.25, 2.5, 10)},
		{"openai", "gpt-4o-mini", flat(0.15, 0.075, 0.15, 0.6)},
		{"openai", "gpt-4o-2024-05-13", flat(5, 5, 5, 15)},
		{"openai", "gpt-4.1", flat(2, 0.5, 2, 8)},
		{"openai", "o3", flat(2, 0.5, 2, 8)},
		{"openai", "gpt-4", flat(30, 30, 30, 60)},
		{"openai", "gpt-4-turbo", flat(10, 10, 10, 30)},
		{"openai", "gpt-3.5-turbo", flat(0.5, 0.5, 0.5, 1.5)},
		{"openai", "gpt-3.5-turbo-instruct", flat(1.5, 1.5, 1.5, 2)},
		{"openai", "davinci-002", flat(2, 2, 2, 2)},
		{"openai", "babbage-002", flat(0.4, 0.4, 0.4, 0.4)},
		{"openai", "text-embedding-3-small", flat(0.02, 0.02, 0.02, 0)},
		{"anthropic", "claude-sonnet-4-5", flat(3, 0.3, 3.75, 15)},
		{"anthropic", "claude-haiku-4-5", flat(1, 0.1, 1.25, 5)},
		{"anthropic", "claude-opus-4-1", flat(15, 1.5, 18.75, 75)},
		{"anthropic", "claude-3-haiku-20240307", flat(0.25, 0.03, 0.3, 1.25)},
		{"google", "gemini-2.5-flash", flat(0.3, 0.03, 0.3, 2.5)},
		{"google", "gemini-2.5-pro", long},
		{"vertex_ai", "gemini-2.5-pro", long},
		{"groq", "llama-3.3-70b-versatile", flat(0.59, 0.59, 0.59, 0.79)},
		{"bedrock", "eu.amazon.nova-lite-v1:0", flat(0.069, 0.01725, 0.069, 0.276)},
		{"cohere", "command-r-08-2024", flat(0.15, 0.15, 0.15, 0.6)},
		{"mock", "echo", flat(0, 0, 0, 0)},
	}
	c := embedded(t)
	for _, tc := range cases {
		m, ok := c.Lookup(tc.provider, tc.model)
		if !ok {
			t.Errorf("%s/%s is not in the catalogue", tc.provider, tc.model)
			continue
		}
		if d := cmp.Diff(tc.want, m.Price); d != "" {
			t.Errorf("price of %s/%s (-want +got):\n%s", tc.provider, tc.model, d)
		}
	}
}

func TestModelFacts(t *testing.T) {
	want := models.Model{
		Provider: "openai", ID: "gpt-4o", Name: "GPT-4o", Kind: models.Chat,
		Price:         &models.Price{Rates: models.Rates{Input: 2.5, CachedInput: 1.25, CacheWrite: 2.5, Output: 10}},
		ContextWindow: 128_000, MaxOutput: 16_384, Inputs: []string{"text", "image"},
		Tools: new(true), JSONSchema: new(true), Retired: "2027-01-14",
	}
	m, ok := embedded(t).Lookup("openai", "gpt-4o")
	if !ok {
		t.Fatal("not found")
	}
	if d := cmp.Diff(want, *m); d != "" {
		t.Errorf("gpt-4o (-want +got):\n%s", d)
	}
}

func TestUnknownPriceIsNil(t *testing.T) {
	c := embedded(t)
	for _, id := range []string{"openrouter/auto", "auto"} {
		m, ok := c.Lookup("openrouter", id)
		if !ok || m.Price != nil {
			t.Errorf("openrouter/%s: got %+v, %v; want a model without a price", id, m, ok)
		}
	}
	if m, ok := c.Lookup("openrouter", "google/gemma-4-31b-it:free"); !ok || m.Price == nil || m.Price.Input != 0 {
		t.Errorf("a free model: got %+v, %v; want a price of zero", m, ok)
	}
}

// The file in the repository is what the generator would write, and holds the supplement as it is now.
func TestCatalogFileIsCurrent(t *testing.T) {
	file, err := os.ReadFile("catalog.json")
	if err != nil {
		t.Fatal(err)
	}
	supplement, err := os.Open("supplement.json")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = supplement.Close() }()
	c, err := embedded(t).WithOverrides(supplement)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(file), encode(t, c)); d != "" {
		t.Errorf("catalog.json is stale, run the generator (-file +supplement applied):\n%s", d)
	}
}

func TestProvidersAreSorted(t *testing.T) {
	want := []string{
		"anthropic", "bedrock", "cohere", "deepseek", "fireworks", "google", "groq", "mistral", "mock", "openai",
		"openai_azure", "openrouter", "perplexity", "replicate", "together", "vertex_ai", "xai",
	}
	if d := cmp.Diff(want, embedded(t).Providers()); d != "" {
		t.Errorf("Providers (-want +got):\n%s", d)
	}
}

func TestAllYieldsEveryModelInOrderAndStops(t *testing.T) {
	c := parse(t, `{"models":{"openai":{"b":{},"a":{}},"anthropic":{"c":{}}}}`)
	var got []string
	for m := range c.All() {
		got = append(got, m.Provider+"/"+m.ID)
	}
	if d := cmp.Diff([]string{"anthropic/c", "openai/a", "openai/b"}, got); d != "" {
		t.Errorf("All (-want +got):\n%s", d)
	}
	for m := range c.All() {
		if m.ID != "c" {
			t.Errorf("All went on to %s after the loop had ended", m.ID)
		}
		break
	}
	if c.Len() != 3 {
		t.Errorf("Len() = %d, want 3", c.Len())
	}
}

func TestZeroCatalogIsEmpty(t *testing.T) {
	var c models.Registry
	if m, ok := c.Lookup("openai", "gpt-4o"); ok {
		t.Errorf("Lookup found %+v", m)
	}
	if d := cmp.Diff("{\n\"source\":\"\",\n\"models\":{\n}\n}\n", encode(t, &c)); d != "" {
		t.Errorf("Encode (-want +got):\n%s", d)
	}
}

func parse(tb testing.TB, text string) *models.Registry {
	tb.Helper()
	c, err := new(models.Registry).WithOverrides(strings.NewReader(text))
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

func encode(tb testing.TB, c *models.Registry) string {
	tb.Helper()
	var b bytes.Buffer
	if err := c.Encode(&b); err != nil {
		tb.Fatal(err)
	}
	return b.String()
}

func BenchmarkDecode(b *testing.B) {
	text := encode(b, embedded(b))
	b.ReportAllocs()
	for b.Loop() {
		_ = parse(b, text)
	}
}
