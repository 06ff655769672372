package app_test

import (
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestModelsOfTheOperator lists models of the operator's own file: what they are based on, what they change, and what nobody knows.
func TestModelsOfTheOperator(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "models.json")
	const own = `{"models": {
		"openai_azure": {"our-deployment": {"same_as": "openai_azure/gpt-4.1", "price": {"input": 1, "output": 4}}},
		"vllm": {"our-llama": {"context_window": 32000}, "our-mystery": {"price": null}}
	}}`
	if err := os.WriteFile(path, []byte(own), 0o600); err != nil {
		t.Fatal(err)
	}
	s := start(t, "OPENLOOP_MODELS_FILE="+path)
	const unknown = `"max_output":null,"inputs":[],"reasoning":false,"tools":null,"json_schema":null,"retired":null}`
	for query, want := range map[string]string{
		"provider=vllm": `{"records":[` +
			`{"provider":"vllm","id":"our-llama","name":"our-llama","kind":"chat","price":null,"context_window":32000,` + unknown + `,` +
			`{"provider":"vllm","id":"our-mystery","name":"our-mystery","kind":"chat","price":null,"context_window":null,` + unknown +
			`],"page":1,"size":10,"total":2}`,
		"name=our-dep": `{"records":[{"provider":"openai_azure","id":"our-deployment","name":"GPT-4.1","kind":"chat",` +
			`"price":{"input":1,"cached_input":1,"cache_write":1,"output":4,"tiers":[]},"context_window":1047576,"max_output":32768,` +
			`"inputs":["text","image"],"reasoning":false,"tools":true,"json_schema":true,"retired":null}],"page":1,"size":10,"total":1}`,
	} {
		a := s.get(t, "/v5/models?"+query)
		if d := cmp.Diff(want, a.body); d != "" || a.status != http.StatusOK {
			t.Errorf("%s: %d (-want +got):\n%s", query, a.status, d)
		}
	}
}
