package vertex

import (
	"testing"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/llm"
)

func TestBaseURL(t *testing.T) {
	for location, want := range map[string]string{
		"global":       "https://aiplatform.googleapis.com",
		"eu":           "https://aiplatform.eu.rep.googleapis.com",
		"europe-west1": "https://europe-west1-aiplatform.googleapis.com",
	} {
		if got := baseURL(location); got != want {
			t.Errorf("baseURL(%q) = %s, want %s", location, got, want)
		}
	}
}

func TestPathIsEscaped(t *testing.T) {
	if got, want := pathOf("example.com:p/../q", "l", "google"), "/v1/projects/example.com:p%2F..%2Fq/locations/l/publishers/google"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestSplit(t *testing.T) {
	for model, want := range map[string][2]string{
		"gemini-2.5-pro":                        {"google", "gemini-2.5-pro"},
		"claude-sonnet-4-5@20250929":            {"anthropic", "claude-sonnet-4-5@20250929"},
		"google/gemini-2.5-pro":                 {"google", "gemini-2.5-pro"},
		"anthropic/claude-opus-4-6":             {"anthropic", "claude-opus-4-6"},
		"publishers/google/models/gemini-flash": {"google", "gemini-flash"},
		"meta/llama-4":                          {"meta", "llama-4"},
		"publishers/google":                     {"google", ""},
		"":                                      {"google", ""},
	} {
		if publisher, name := split(model); publisher != want[0] || name != want[1] {
			t.Errorf("split(%q) = %q, %q, want %q", model, publisher, name, want)
		}
	}
}

func TestModelsOfOthersAreRefused(t *testing.T) {
	d := New(Options{Project: "p"})
	for _, model := range []string{"meta/llama-4", "google/a/b", "projects/p/locations/l/endpoints/1", "publishers/google/models/a/b"} {
		_, err := d.Generate(t.Context(), &llm.Request{Model: model, Credentials: llm.Credentials{Key: "t"}})
		if e := errs.From(err); e == nil || e.Reason != errs.ModelNotFound || e.Param != "model" || e.Model != model {
			t.Errorf("%s: %v", model, err)
		}
	}
}

func TestWithoutProject(t *testing.T) {
	d := New(Options{})
	var got error
	for _, err := range d.Stream(t.Context(), &llm.Request{Model: "gemini-2.5-pro", Credentials: llm.Credentials{Key: "t"}}) {
		got = err
	}
	if e := errs.From(got); e == nil || e.Reason != errs.EndpointNotFound || e.Message == "" {
		t.Errorf("got %v", got)
	}
}
