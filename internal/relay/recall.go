package relay

import (
	"io"
	"slices"

	"github.com/openloop-server/openloop/internal/answers"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
)

// CacheUse says what remembered answers had to do with an outcome.
type CacheUse string

// The uses of remembered answers.
const (
	CacheUnused CacheUse = ""     // the call did not ask for one
	CacheHit    CacheUse = "hit"  // it was answered by one
	CacheMiss   CacheUse = "miss" // it asked a model
)

// Recall returns the outcome of a call that a remembered answer answers. It costs nothing.
func (r *Relay) Recall(a *answers.Answer) *Outcome {
	now := r.o.Now()
	return &Outcome{
		Response: a.Response, Cache: CacheHit, SentAt: now, FirstAt: now, DoneAt: now, PromptCost: new(0.0), OutputCost: new(0.0),
		candidate: &candidate{slug: a.Provider, request: llm.Request{Model: a.Model}},
	}
}

// Fingerprint writes what the answer to q depends on: the request, without whose it is, the models that are asked first, and the keys that the
// caller brings.
func (q *Question) Fingerprint(w io.Writer) error {
	r := q.Request
	native := r.Native.Fingerprint()
	r.Model, r.User, r.Credentials, r.Native = "", "", llm.Credentials{}, nil
	models := []file.Fallback{}
	for _, d := range q.destinations() {
		models = append(models, d.Fallback)
	}
	text, err := json.Marshal(struct {
		Request llm.Request
		Models  []file.Fallback
		Keys    map[string]string
		Native  json.Value `json:",omitzero"`
	}{r, models, q.Keys, native})
	if err == nil {
		_, err = w.Write(text)
	}
	return err
}

// Begins reports whether a model is one of those that are asked first.
func (p *Plan) Begins(provider, model string) bool {
	return slices.ContainsFunc(p.choices[0].candidates, func(t *candidate) bool { return t.slug == provider && t.request.Model == model })
}
