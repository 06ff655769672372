package models_test

import (
	"testing"

	"github.com/openloop-server/openloop/internal/models"
)

// lookups are names as callers write them and the model they mean: "" for none, provider/id otherwise.
func lookups() []struct{ provider, name, want string } {
	return []struct{ provider, name, want string }{
		{"openai", "gpt-4o", "openai/gpt-4o"},
		{"openai", "gpt-4o-2024-08-06", "openai/gpt-4o-2024-08-06"},
		{"openai", "gpt-4o-2025-01-02", "openai/gpt-4o"},
		{"openai", "gpt-4o-mini-2024-07-18", "openai/gpt-4o-mini"},
		{"openai", "gpt-5-mini-2025-08-07", "openai/gpt-5-mini"},
		{"openai", "o3-2025-04-16", "openai/o3"},
		{"openai", "gpt-4-turbo-2024-04-09", "openai/gpt-4-turbo"},
		{"openai", "gpt-3.5-turbo-1106", "openai/gpt-3.5-turbo-1106"},
		{"openai", "gpt-4o-mini-prod", ""},
		{"openai", "gpt-4o-miniature", ""},
		{"openai", "gpt-4o-audio-preview-2024-12-17", ""},
		{"openai", "ft:gpt-4o-mini-2024-07-18:acme::abc", ""},
		{"openai", "gpt-9", ""},
		{"openai", "GPT-4o", ""},
		{"openai", "", ""},
		{"openai", "-2024-08-06", ""},
		{"openai", "gpt-4o-2024-08-0x", ""},
		{"openai_azure", "gpt-4o", "openai_azure/gpt-4o"},
		{"openai_azure", "gpt-35-turbo", "openai_azure/gpt-35-turbo"},
		{"openai_azure", "gpt-4o-mini-2024-07-18", "openai_azure/gpt-4o-mini"},
		{"openai_azure", "text-embedding-3-large", "openai/text-embedding-3-large"},
		{"openai_azure", "our-deployment", ""},
		{"anthropic", "claude-sonnet-4-5-20250929", "anthropic/claude-sonnet-4-5-20250929"},
		{"anthropic", "claude-sonnet-4-6-20260101", "anthropic/claude-sonnet-4-6"},
		{"anthropic", "claude-opus-4-1-20250805", "anthropic/claude-opus-4-1"},
		{"anthropic", "claude-opus-4-20250514", "anthropic/claude-opus-4-20250514"},
		{"anthropic", "claude-sonnet-4-6-latest", "anthropic/claude-sonnet-4-6"},
		{"anthropic", "claude-3-5-sonnet-latest", "anthropic/claude-3-5-sonnet-latest"},
		{"anthropic", "claude-3-5-sonnet-20990101", ""},
		{"anthropic", "claude-sonnet-4", ""},
		{"google", "models/gemini-2.5-pro", "google/gemini-2.5-pro"},
		{"google", "models/gemini-2.0-flash-001", "google/gemini-2.0-flash"},
		{"google", "gemini-1.5-pro-002", "google/gemini-1.5-pro"},
		{"google", "gemini-2.5-flash-latest", "google/gemini-2.5-flash"},
		{"google", "gemini-2.5-flash-preview-04-17", ""},
		{"google", "tunedModels/gemini-2.5-flash", ""},
		{"vertex_ai", "google/gemini-2.5-flash", "vertex_ai/gemini-2.5-flash"},
		{"vertex_ai", "publishers/google/models/gemini-2.5-flash", "vertex_ai/gemini-2.5-flash"},
		{"vertex_ai", "projects/p/locations/europe-west1/publishers/google/models/gemini-2.0-flash-001", "vertex_ai/gemini-2.0-flash"},
		{"vertex_ai", "publishers/anthropic/models/gemini-2.5-flash", ""},
		{"vertex_ai", "projects/p/locations/l/endpoints/123", ""},
		{"bedrock", "us.anthropic.claude-sonnet-4-5-20250929-v1:0", "bedrock/us.anthropic.claude-sonnet-4-5-20250929-v1:0"},
		{"bedrock", "apac.anthropic.claude-sonnet-4-5-20250929-v1:0", "bedrock/us.anthropic.claude-sonnet-4-5-20250929-v1:0"},
		{"bedrock", "eu.anthropic.claude-3-haiku-20240307-v1:0", "bedrock/anthropic.claude-3-haiku-20240307-v1:0"},
		{"bedrock", "anthropic.claude-sonnet-4-20250514-v1:0", "bedrock/us.anthropic.claude-sonnet-4-20250514-v1:0"},
		{"bedrock", "global.meta.llama3-3-70b-instruct-v1:0", "bedrock/meta.llama3-3-70b-instruct-v1:0"},
		{"bedrock", "us-gov.anthropic.claude-3-haiku-20240307-v1:0", ""},
		{"bedrock", "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0", "bedrock/amazon.nova-lite-v1:0"},
		{"bedrock", "arn:aws:bedrock:eu-west-1:123456789012:inference-profile/eu.amazon.nova-lite-v1:0", "bedrock/eu.amazon.nova-lite-v1:0"},
		{"bedrock", "arn:aws:bedrock:us-east-1:123456789012:custom-model/amazon.nova-lite-v1:0", ""},
		{"bedrock", "nodots", ""},
		{"mistral", "pixtral-12b-2409", "mistral/pixtral-12b-2409"},
		{"mistral", "mistral-large-2312", ""},
		{"xai", "grok-3-0217", "xai/grok-3"},
		{"cohere", "command-r-08-2024", "cohere/command-r-08-2024"},
		{"cohere", "command-r-12-2029", ""},
		{"replicate", "meta/meta-llama-3-8b-instruct:0a1b2c", "replicate/meta/meta-llama-3-8b-instruct"},
		{"openrouter", "openai/gpt-4o-mini:nitro", ""},
		{"mock", "error/rate_limited", "mock/*"},
		{"ollama", "llama3", ""},
		{"vllm", "mistral", ""},
		{"openai_compatible", "gpt-4o", ""},
		{"nobody", "gpt-4o", ""},
		{"", "", ""},
	}
}

func TestLookup(t *testing.T) {
	c := embedded(t)
	for _, tc := range lookups() {
		got := ""
		if m, ok := c.Lookup(tc.provider, tc.name); ok {
			got = m.Provider + "/" + m.ID
		}
		if got != tc.want {
			t.Errorf("Lookup(%q, %q) = %q, want %q", tc.provider, tc.name, got, tc.want)
		}
	}
}

// A name that a caller makes up costs no memory, so there is nothing to fill up.
func TestLookupKeepsNothing(t *testing.T) {
	c := embedded(t)
	for _, name := range []string{"gpt-4o", "gpt-4o-2025-01-02", "no-such-model"} {
		if n := testing.AllocsPerRun(100, func() { c.Lookup("openai", name) }); n != 0 {
			t.Errorf("Lookup(openai, %s) allocates %v times, want 0", name, n)
		}
	}
}

// Whatever the name, a model that is found is found again under its own id.
func FuzzLookup(f *testing.F) {
	for _, tc := range lookups() {
		f.Add(tc.provider, tc.name)
	}
	c := embedded(f)
	f.Fuzz(func(t *testing.T, provider, name string) {
		m, ok := c.Lookup(provider, name)
		if !ok {
			return
		}
		if again, _ := c.Lookup(m.Provider, m.ID); again != m {
			t.Errorf("Lookup(%q, %q) is %s, but Lookup(%q, %q) is %+v", provider, name, m.ID, m.Provider, m.ID, again)
		}
	})
}

func BenchmarkLookup(b *testing.B) {
	c := embedded(b)
	for _, bc := range []struct{ name, provider, model string }{
		{"exact", "openai", "gpt-4o"},
		{"dated", "openai", "gpt-4o-2025-01-02"},
		{"azure", "openai_azure", "text-embedding-3-large"},
		{"bedrock", "bedrock", "apac.anthropic.claude-sonnet-4-5-20250929-v1:0"},
		{"unknown", "openai", "no-such-model"},
	} {
		b.Run(bc.name, func(b *testing.B) {
			b.ReportAllocs()
			var m *models.Model
			for b.Loop() {
				m, _ = c.Lookup(bc.provider, bc.model)
			}
			_ = m
		})
	}
}
