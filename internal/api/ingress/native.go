package ingress

import (
	"bytes"
	"net/http"
	"slices"

	"github.com/openloop-server/openloop/internal/dialect"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/gateway"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/store"
	"github.com/openloop-server/openloop/internal/trace"
	reading "github.com/openloop-server/openloop/internal/web/input"
	"github.com/openloop-server/openloop/internal/web/schema"
)

// Native is a request in the words of its client, for targets that speak the same dialect.
type Native struct {
	Dialect llm.Dialect
	Body    json.Value
	Header  http.Header          // that go with it
	Removed []string             // members that name a saved Prompt
	Holder  *llm.Holder          // see [llm.Native]
	View    func() *dialect.Call // what can be told of the request where it cannot be told whole

	Stored   bool // the client may come back to the answer
	Compacts bool // see [llm.Native]
	// Note is as in [gateway.CallInput].
	Note func(l *trace.Log, answer json.Value, by llm.Holder) *store.Rider
}

// ownMembers of a body are for this server alone.
var ownMembers = []string{"openloop", "inputs"}

// wrapped begins what only a provider can read, with the name of the provider before it. Such a body is translated, which opens it.
var wrapped = []byte(`"ol1.`)

// native returns the request as its client wrote it, nil if no target takes it so. portable is why it cannot be translated.
func (n *Native) native(portable error) *llm.Native {
	if n == nil || json.Kind(n.Body) != '{' || bytes.Contains(n.Body, wrapped) {
		return nil
	}
	return &llm.Native{
		Dialect: n.Dialect, Body: n.Body, Header: n.Header, Removed: slices.Concat(n.Removed, ownMembers), Portable: portable,
		Stored: n.Stored, Holder: n.Holder, Compacts: n.Compacts,
	}
}

// Forwarded are those of a request's headers that go to a provider, by their canonical names. Empty ones do not.
func Forwarded(headers map[string]string) http.Header {
	out := http.Header{}
	for name, v := range headers {
		if v != "" {
			out.Set(name, v)
		}
	}
	return out
}

// Read returns the request that a body is in the portable model, with the members that are not known among those without effect.
func Read[T any](body *reading.Deferred[T], call func(*T) (*dialect.Call, error)) (*dialect.Call, error) {
	b, err := body.Value()
	if err != nil {
		return nil, err
	}
	c, err := call(b)
	if err != nil {
		return nil, err
	}
	c.Unknown = body.Ignored
	return c, nil
}

// Streams reports whether a body asks for a stream.
func Streams[T any](body *reading.Deferred[T], asks func(*T) bool) bool {
	b, err := body.Value()
	if err != nil {
		return dialect.Streams(body.Raw)
	}
	return asks(b)
}

// Reply is a whole answer: as the provider wrote it, or made here.
type Reply[Out any] struct {
	Native json.Value // nil for one that was made
	Made   Out
}

// AppendJSON implements [web.Appender].
func (r *Reply[Out]) AppendJSON(dst []byte) []byte {
	if r.Native != nil {
		return append(dst, r.Native...)
	}
	return json.AppendValue(dst, r.Made)
}

// JSONSchema implements [schema.Schemer].
func (*Reply[Out]) JSONSchema() *schema.Schema { return schema.Of[Out]() }

// renamed is a whole answer of a provider, with the alias that named its model in place of the model.
func renamed(answer json.Value, c *gateway.Call) json.Value {
	return withModel(answer, "", c.Input.Log.Alias)
}

// withModel replaces the model in an object, or in its member of the given name. What has none stays as it is.
func withModel(object json.Value, in, model string) json.Value {
	if model == "" {
		return object
	}
	e, ok := json.NewEdit(object)
	switch {
	case !ok:
		return object
	case in != "":
		if inner := e.Get(in); inner != nil {
			e.Set(in, withModel(inner, "", model))
		}
	case e.Get("model") != nil:
		e.SetText("model", model)
	}
	return e.Value()
}

// rawFrames implements [Writer] with the frames of a provider. Failures are told as by the writer of translated answers.
type rawFrames struct {
	Writer
	send  func(r *llm.Raw, alias string, more bool) bool
	alias string
}

// Add implements [Writer].
func (f *rawFrames) Add(c *gateway.Chunk) bool {
	if c.Final == nil {
		return c.Event.Raw == nil || f.note(c.Event.Raw, c.Event.More)
	}
	for i := range c.Tail {
		if !f.note(&c.Tail[i], i+1 < len(c.Tail)) {
			return false
		}
	}
	return true
}

func (f *rawFrames) note(r *llm.Raw, more bool) bool {
	if w, ok := f.Writer.(Noting); ok {
		w.Note(r)
	}
	return f.send(r, f.alias, more)
}

// End implements [Writer].
func (f *rawFrames) End() {}

// AppendFailure implements [Writer].
func (f *rawFrames) AppendFailure(dst []byte, d *errs.Detail) []byte {
	return f.Writer.AppendFailure(dst, d)
}

// Noting is a [Writer] whose failures fit the frames of a provider that were sent before.
type Noting interface {
	Writer
	// Note looks at a frame that is sent.
	Note(r *llm.Raw)
}
