package file_test

import (
	"testing"

	"github.com/openloop-server/openloop/internal/file"
)

func TestPoolOf(t *testing.T) {
	for name, test := range map[string]struct {
		content file.Content
		want    string
	}{
		"a Prompt":                    {&file.Prompt{Provider: "anthropic"}, "anthropic"},
		"a Prompt without a provider": {&file.Prompt{}, "openai"},
		"an Agent":                    {&file.Agent{Prompt: file.Prompt{Provider: "google"}}, "google"},
		"an LLM Evaluator":            {&file.Evaluator{Type: file.LLMEvaluator, Prompt: &file.Prompt{Provider: "mistral"}}, "mistral"},
		"one without a Prompt":        {&file.Evaluator{Type: file.LLMEvaluator}, ""},
		"a code Evaluator":            {&file.Evaluator{Type: file.PythonEvaluator, Code: "def f(log): return 1"}, "python"},
		"Cost":                        {file.PresetEvaluator("Cost"), "native"},
		"Tokens":                      {file.PresetEvaluator("Tokens"), "native"},
		"Latency":                     {file.PresetEvaluator("Latency"), "native"},
		"a preset that is run":        {file.PresetEvaluator("Example Evaluators/Code/Exact match"), "python"},
		"people":                      {file.PresetEvaluator("rating"), ""},
		"clients":                     {&file.Evaluator{Type: file.ExternalEvaluator}, ""},
		"a Flow":                      {&file.Flow{}, ""},
		"a Tool":                      {&file.Tool{}, ""},
	} {
		if got := file.PoolOf(test.content); got != test.want {
			t.Errorf("%s occupies %q, want %q", name, got, test.want)
		}
		content, _, err := file.Seal(test.content)
		if err != nil {
			t.Fatal(err)
		}
		if got := file.PoolIn(test.content.Kind(), content); got != test.want {
			t.Errorf("%s in JSON occupies %q, want %q", name, got, test.want)
		}
	}
	if got := file.PoolIn(file.PromptKind, []byte(`{"provider":`)); got != "" {
		t.Errorf("what is no JSON occupies %q", got)
	}
}
