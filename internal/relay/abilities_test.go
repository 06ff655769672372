package relay_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/models"
	"github.com/openloop-server/openloop/internal/relay"
)

// TestFitIsToldWhatEachModelCanDo plans a question for models of two providers, one of which serves two makers.
func TestFitIsToldWhatEachModelCanDo(t *testing.T) {
	no := false
	r := relay.New(relay.Options{
		Now: time.Now, Models: models.New("a test", []models.Model{{Provider: "a", ID: "old", Tools: &no, JSONSchema: &no}}),
		Providers: map[string]relay.Provider{
			"a": {Serves: []llm.Served{{Endpoint: llm.Chat, Abilities: llm.Abilities{Tools: true, JSONSchema: true}}, {Endpoint: llm.Complete}}},
			"b": {Serves: []llm.Served{
				{Endpoint: llm.Chat, Abilities: llm.Abilities{Tools: true, JSONSchema: true, JSONObject: true}},
				{Endpoint: llm.Chat, Abilities: llm.Abilities{Tools: true, FreeTools: true, JSONSchema: true}},
			}},
		},
	})
	got := map[string]llm.Abilities{}
	_, err := r.Plan(t.Context(), &relay.Question{
		Model: file.Fallback{Provider: "a", Model: "new"}, Fallbacks: []file.Fallback{{Model: "old"}, {Provider: "b", Model: "new"}},
		Fit: func(provider string, can llm.Abilities, r *llm.Request) { got[provider+" "+r.Model] = can },
	})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]llm.Abilities{
		"a new": {Tools: true, JSONSchema: true}, "a old": {}, "b new": {Tools: true, FreeTools: true, JSONSchema: true},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}
