package llmtest

import (
	"net/url"
	"strings"
	"testing"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/llm"
)

// coverage fails for every case without a fixture, and if the fixtures call another path than the declared one.
func (h *Harness) coverage(t *testing.T, all fixtures) {
	for _, name := range cases(&h.Serves.Abilities) {
		if !all.has(name) {
			t.Errorf("%s has no fixture %s.txtar", h.Fixtures, name)
		}
	}
	h.checkPath(t, all.find(t, "text"))
}

// checkPath compares the declared path with the one in the fixture.
func (h *Harness) checkPath(t *testing.T, f *fixture) {
	t.Helper()
	line, _, _ := strings.Cut(string(f.file("wire-request.http")), "\n")
	sent, err := url.Parse(strings.TrimPrefix(line, "POST "))
	want := strings.ReplaceAll(h.Serves.Path, "MODEL", f.call(t).Model)
	if err != nil || !strings.HasSuffix(sent.Path, want) {
		t.Errorf("%s: %s is declared, and called is %s (%v)", f.path, want, line, err)
	}
}

// cases returns the names of the fixtures that a driver with these abilities needs.
func cases(c *llm.Abilities) []string {
	names := []string{"text", "text-stream", "sampling", "other", "unknown-finish", "length", "error-in-200", "error-in-stream", "blocked"}
	for _, ability := range []struct {
		declared bool
		cases    []string
	}{
		{c.Chat, []string{"system", "multi-turn"}},
		{c.ImageURL, []string{"image-url"}},
		{c.ImageData, []string{"image-data"}},
		{c.Tools, []string{"tool", "tool-stream", "tool-result"}},
		{c.Tools && !c.FreeTools, []string{"tool-forced"}},
		{c.ToolErrors, []string{"tool-result--error"}},
		{c.ParallelTools, []string{"tools-parallel", "tools-parallel-stream"}},
		{c.JSONObject, []string{"json-object"}},
		{c.JSONSchema, []string{"json-schema", "json-schema--bare"}},
		{c.Effort, []string{"effort"}},
		{c.EffortBudget, []string{"effort-budget"}},
		{c.Thinking, []string{"thinking", "thinking-stream"}},
		{c.ThinkingKept, []string{"thinking-kept"}},
		{c.LogProbs, []string{"logprobs", "logprobs-stream"}},
		{c.Stop, []string{"stop"}},
		{c.Seed, []string{"seed"}},
		{c.Penalties, []string{"penalties"}},
		{c.Suffix, []string{"suffix"}},
		{c.User, []string{"user"}},
		{c.FileData, []string{"file-data"}},
		{c.FileURL, []string{"file-url"}},
		{c.Audio, []string{"audio"}},
		{c.LogitBias, []string{"logit-bias"}},
		{c.SerialTools, []string{"tools-serial"}},
		{c.TopK, []string{"top-k"}},
		{c.ServiceTier, []string{"service-tier"}},
		{c.Verbosity, []string{"verbosity"}},
		{c.HideThinking, []string{"thinking-hidden"}},
		{c.Cache, []string{"cache"}},
		{c.CachedUsage, []string{"usage-cached", "usage-cached-stream"}},
	} {
		if ability.declared {
			names = append(names, ability.cases...)
		}
	}
	return names
}

// refusals checks that each undeclared parameter gives an error that names it, and that nothing is sent.
func (h *Harness) refusals(t *testing.T, base *fixture) {
	half, one, count := 0.5, int64(1), 1
	object := &llm.ResponseFormat{Type: "json_object"}
	schema := &llm.ResponseFormat{Type: "json_schema", JSONSchema: []byte(`{"name":"n","schema":{"type":"object"}}`)}
	for _, c := range []struct {
		param    string
		declared bool
		set      func(*llm.Request)
	}{
		{"tools", h.Serves.Tools, func(r *llm.Request) { r.Tools = []llm.Tool{{Name: "f", Description: "does f"}} }},
		{"tool_choice", !h.Serves.Tools || !h.Serves.FreeTools, func(r *llm.Request) {
			r.Tools = []llm.Tool{{Name: "f", Description: "does f"}}
			r.ToolChoice.Mode = llm.ToolsRequired
		}},
		{"messages", h.Serves.ImageURL || !h.Serves.Chat, sees("https://example.com/cat.png")},
		{"messages", h.Serves.ImageData || !h.Serves.Chat, sees("data:image/png;base64,iVBORw0KGgo=")},
		{"messages", h.Serves.Audio || !h.Serves.Chat, shows(llm.Part{Type: llm.AudioPart, Audio: &llm.Audio{Data: "UklGRg==", Format: "wav"}})},
		{"messages", h.Serves.FileData || !h.Serves.Chat, shows(llm.Part{Type: llm.FilePart, File: &llm.File{Data: "data:application/pdf;base64,JVBERg=="}})},
		{"messages", h.Serves.FileURL || !h.Serves.Chat, shows(llm.Part{Type: llm.FilePart, File: &llm.File{URL: "https://example.com/a.pdf"}})},
		{"logit_bias", h.Serves.LogitBias, func(r *llm.Request) { r.LogitBias = []byte(`{"50256":-100}`) }},
		{"response_format", h.Serves.JSONObject, func(r *llm.Request) { r.ResponseFormat = object }},
		{"response_format", h.Serves.JSONSchema, func(r *llm.Request) { r.ResponseFormat = schema }},
		{"reasoning_effort", h.Serves.Effort, func(r *llm.Request) { r.Effort.Level = "low" }},
		{"reasoning_effort", h.Serves.EffortBudget, func(r *llm.Request) { r.Effort.Budget = 2048 }},
		{"logprobs", h.Serves.LogProbs, func(r *llm.Request) { r.LogProbs = &count }},
		{"stop", h.Serves.Stop, func(r *llm.Request) { r.Stop = []string{"END"} }},
		{"seed", h.Serves.Seed, func(r *llm.Request) { r.Seed = &one }},
		{"presence_penalty", h.Serves.Penalties, func(r *llm.Request) { r.PresencePenalty = &half }},
		{"frequency_penalty", h.Serves.Penalties, func(r *llm.Request) { r.FrequencyPenalty = &half }},
		{"suffix", h.Serves.Suffix, func(r *llm.Request) { r.Suffix = "the end" }},
		{"endpoint", false, func(r *llm.Request) { r.Endpoint = llm.Edit }},
	} {
		if c.declared {
			continue
		}
		t.Run(c.param, func(t *testing.T) {
			r := base.call(t).request()
			c.set(r)
			for _, stream := range []bool{false, true} {
				s := serve(t, base.answer)
				_, err := run(t.Context(), h.New(t, s.client(t), s.url), r, stream)
				e := errs.From(err)
				if err == nil || e.Reason != errs.UnsupportedParameter || e.Param != c.param || e.Origin != "" || e.Message == "" {
					t.Errorf("stream %v: got %+v, want unsupported_parameter for %s", stream, e, c.param)
				}
				if n := len(s.requests()); n != 0 {
					t.Errorf("stream %v: %d requests were sent", stream, n)
				}
			}
		})
	}
}

// sees adds a message with the image at url to the call.
func sees(url string) func(*llm.Request) {
	return shows(llm.Part{Type: llm.ImagePart, ImageURL: &llm.ImageURL{URL: url}})
}

// shows adds a message with p to the call.
func shows(p llm.Part) func(*llm.Request) {
	return func(r *llm.Request) {
		r.Messages = append(r.Messages, llm.Message{Role: llm.User, Content: llm.Parts(p)})
	}
}
