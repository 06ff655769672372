package storetest

import (
	"testing"
	"time"

	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/store"
)

var kept = map[string]func(*testing.T, *harness){
	"KeptResponse finds what a Log noted, for its key":    responseIsKept,
	"SweepResponses forgets what providers keep no more":  responseIsForgotten,
	"The first Log that notes a response keeps its place": responseKeepsItsPlace,
}

// keep stores a Log whose answer a provider keeps.
func (h *harness) keep(t *testing.T, logID string, r store.KeptResponse) store.KeptResponse {
	t.Helper()
	prompt := h.save(t, saveOf(file.PromptKind, "p"+logID, "1"))
	r.LogID = logID
	must(t, h.AppendLog(t.Context(), logOf(&prompt, logID), store.KeepResponse(&r, h.options.Now())))
	return r
}

// keptBy is what is known of a response to an API key.
func (h *harness) keptBy(t *testing.T, id, key string) any {
	t.Helper()
	r, ok, err := h.KeptResponse(t.Context(), id, key)
	must(t, err)
	if !ok {
		return nil
	}
	return r
}

func responseIsKept(t *testing.T, h *harness) {
	r := h.keep(t, newLogID(), store.KeptResponse{ID: "resp_1", Provider: "openai", Credential: "second", KeyID: "key_1"})
	equal[any](t, "to its key", r, h.keptBy(t, "resp_1", "key_1"))
	equal[any](t, "to another key", nil, h.keptBy(t, "resp_1", "key_2"))
	equal[any](t, "another response", nil, h.keptBy(t, "resp_2", "key_1"))
}

func responseIsForgotten(t *testing.T, h *harness) {
	r := h.keep(t, newLogID(), store.KeptResponse{ID: "resp_1", Provider: "openai", KeyID: "key_1"})
	h.ticks.Add((30 * 24 * time.Hour).Milliseconds())
	must(t, h.SweepResponses(t.Context()))
	equal[any](t, "after 30 days", r, h.keptBy(t, "resp_1", "key_1"))
	h.ticks.Add((2 * 24 * time.Hour).Milliseconds())
	must(t, h.SweepResponses(t.Context()))
	equal[any](t, "after 32 days", nil, h.keptBy(t, "resp_1", "key_1"))
}

func responseKeepsItsPlace(t *testing.T, h *harness) {
	first := h.keep(t, newLogID(), store.KeptResponse{ID: "resp_1", Provider: "openai", KeyID: "key_1"})
	h.keep(t, newLogID(), store.KeptResponse{ID: "resp_1", Provider: "vllm", KeyID: "key_2"})
	equal[any](t, "to the first", first, h.keptBy(t, "resp_1", "key_1"))
	equal[any](t, "to the second", nil, h.keptBy(t, "resp_1", "key_2"))
}
