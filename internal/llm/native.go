package llm

import (
	"net/http"

	"github.com/openloop-server/openloop/internal/json"
)

// Dialect is an API that clients of other vendors call. Some providers speak one themselves.
type Dialect string

// The dialects.
const (
	ChatDialect      Dialect = "openai.chat"
	ResponsesDialect Dialect = "openai.responses"
	MessagesDialect  Dialect = "anthropic.messages"
)

// Native is a request as its client wrote it. A provider that speaks the dialect gets the body with a few members replaced in its text, and its
// answer goes back as it came. So nothing is lost that the portable model has no place for, and nothing is written anew that a provider signed.
type Native struct {
	Dialect Dialect
	Body    json.Value  // an object; never changed
	Header  http.Header // headers of the dialect that go with it, their names in canonical form; never changed

	Removed []string // members of the body that are this server's own
	Own     *Request // what a saved Prompt sets: the messages of its template, its tools and parameters; nil for nothing

	// Defaults are parameters for members that the body does not have. Nil for none.
	Defaults *Request

	// Stored says that the client may come back to the answer. A provider that keeps none gets the request translated, if that can be.
	Stored bool
	// Holder keeps what the body goes on from. No other account can be asked in these words. Nil for nothing that is kept.
	Holder *Holder

	// Compacts asks for the conversation in fewer tokens, and not for what the model says next. Only [Native] requests of [ResponsesDialect] do.
	Compacts bool

	// Portable is why the request cannot be told in the portable model, and so cannot go to a provider of another dialect. Nil if it can.
	Portable error
}

// Edit begins to edit the body for a model: its own members are gone, and the model is named.
func (n *Native) Edit(model string) *json.Edit {
	e, _ := json.NewEdit(n.Body)
	e.Remove(n.Removed...)
	if model != "" {
		e.SetText("model", model)
	}
	return e
}

// Untold returns n as one that cannot be told in the portable model because of err.
func (n *Native) Untold(err error) *Native {
	out := *n
	if out.Portable == nil {
		out.Portable = err
	}
	return &out
}

// WithDefaults returns n with the defaults that fill sets. A nil n gives nil.
func (n *Native) WithDefaults(fill func(*Request)) *Native {
	if n == nil {
		return nil
	}
	out := *n
	out.Defaults = new(Request)
	fill(out.Defaults)
	return &out
}

// Fingerprint returns what the answer depends on, nil for nil: the body without its model, and without who asks and how the answer is to come.
func (n *Native) Fingerprint() json.Value {
	if n == nil {
		return nil
	}
	e, _ := json.NewEdit(n.Body)
	e.Remove(n.Removed...)
	e.Remove("model", "user", "safety_identifier", "metadata", "prompt_cache_key", "stream", "stream_options")
	return e.Value()
}

// Speaker is a driver that takes requests in the words of dialects.
type Speaker interface {
	Driver
	// Speaks reports whether the model of r, whose Native is set, can be asked in the dialect of r as it is. If not, r is sent without Native.
	Speaks(r *Request) bool
}

// Raw is a frame of a streamed answer as the provider sent it.
type Raw struct {
	Name string // of the event, "" for none
	Data []byte // valid as long as the event
	Last bool   // the answer is whole with it: it and what follows is sent once the Log is kept
}

// Clone returns a copy in memory of its own.
func (r *Raw) Clone() Raw {
	return Raw{Name: r.Name, Data: append([]byte(nil), r.Data...), Last: r.Last}
}
