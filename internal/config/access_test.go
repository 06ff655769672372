package config_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/config"
	"github.com/openloop-server/openloop/internal/vendor"
)

func TestReadsAccessByTheNameOfTheProvider(t *testing.T) {
	got, err := config.Read(strings.Fields(`GROQ_API_KEY=g VLLM_BASE_URL=http://v:8000/v1 OPENAI_COMPATIBLE_API_KEY=c OPENAI_COMPATIBLE_BASE_URL=https://c/v1
		MISTRAL_API_KEY= NOBODY_API_KEY=n AZURE_OPENAI_API_KEY=a AZURE_OPENAI_ENDPOINT=https://r.openai.azure.com AZURE_OPENAI_API_VERSION=2024-10-21`))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]vendor.Access{
		"openai_azure": {Key: "a", BaseURL: "https://r.openai.azure.com", Further: map[string]string{"AZURE_OPENAI_API_VERSION": "2024-10-21"}},
		"groq":         {Key: "g"}, "vllm": {BaseURL: "http://v:8000/v1"}, "openai_compatible": {Key: "c", BaseURL: "https://c/v1"},
	}
	if d := cmp.Diff(want, got.Providers); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

// TestEveryVariableOfAVendorIsRead sets them one by one.
func TestEveryVariableOfAVendorIsRead(t *testing.T) {
	for _, v := range vendor.All() {
		for _, s := range v.Variables() {
			for _, name := range s.Names {
				got, err := config.Read([]string{name + "=https://example.com"})
				if _, ok := got.Providers[v.Slug]; !ok || len(got.Providers) != 1 {
					t.Errorf("%s of %s: got %v, %v", name, v.Slug, got.Providers, err)
				}
			}
		}
	}
}

func TestReadsTheSecondNameOfReplicatesKey(t *testing.T) {
	for environ, want := range map[string]string{
		"REPLICATE_API_TOKEN=t": "t", "REPLICATE_API_TOKEN=t REPLICATE_API_KEY=k": "k",
	} {
		got, err := config.Read(strings.Fields(environ))
		if got.Providers["replicate"].Key != want || err != nil {
			t.Errorf("%s: got %v, %v", environ, got.Providers, err)
		}
	}
}

func TestReadRefusesBaseURLsThatAreNone(t *testing.T) {
	_, err := config.Read(strings.Fields("OPENLOOP_ALLOW_PRIVATE_URLS=leak AZURE_OPENAI_ENDPOINT=leak GROQ_BASE_URL=leak OLLAMA_BASE_URL=localhost:11434"))
	const want = `OPENLOOP_ALLOW_PRIVATE_URLS must be true or false
AZURE_OPENAI_ENDPOINT must be an http or https URL
GROQ_BASE_URL must be an http or https URL
OLLAMA_BASE_URL must be an http or https URL`
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}
