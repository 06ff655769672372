package relay

import (
	"io"
	"net/http"
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

// Recall returns the outcome of a call that a remembered answer answers. It costs nothing. native is the request in the words of a client that can
// be given a whole answer in its dialect, nil for none.
func (r *Relay) Recall(a *answers.Answer, native *llm.Native) *Outcome {
	now, response := r.o.Now(), *a.Response
	if response.Native = response.Native && native != nil && native.Dialect == a.Dialect; !response.Native {
		response.RawResponse, native = nil, nil
	}
	return &Outcome{
		Response: &response, Cache: CacheHit, SentAt: now, FirstAt: now, DoneAt: now, PromptCost: new(0.0), OutputCost: new(0.0),
		candidate: &candidate{slug: a.Provider, request: llm.Request{Model: a.Model, Native: native}},
	}
}

// Fingerprint writes what the answer to q depends on: the request, without whose it is, the models that are asked first, and the keys that the
// caller brings.
func (q *Question) Fingerprint(w io.Writer) error {
	r := q.Request
	var header http.Header
	compacts := false
	if r.Native != nil {
		header, compacts = r.Native.Header, r.Native.Compacts
	}
	native := r.Native.Fingerprint()
	r.Model, r.User, r.Credentials, r.Native = "", "", llm.Credentials{}, nil
	models := []file.Fallback{}
	for _, d := range q.destinations() {
		models = append(models, d.Fallback)
	}
	text, err := json.Marshal(struct {
		Request  llm.Request
		Models   []file.Fallback
		Keys     map[string]string
		Native   json.Value  `json:",omitzero"`
		Header   http.Header `json:",omitzero"`
		Compacts bool        `json:",omitzero"`
	}{r, models, q.Keys, native, header, compacts})
	if err == nil {
		_, err = w.Write(text)
	}
	return err
}

// Begins reports whether a model is one of those that are asked first.
func (p *Plan) Begins(provider, model string) bool {
	return slices.ContainsFunc(p.choices[0].candidates, func(t *candidate) bool { return t.slug == provider && t.request.Model == model })
}
