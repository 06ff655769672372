// Package models has the prices, limits and abilities of the models of all providers.
//
// The data comes from a file that is generated from a public catalogue and compiled into the binary (see docs/models.md). An operator can
// add or change models with a file of the same format. Unknown is never zero: a model that is not in the catalogue is not found, and a
// model without a known price has a nil Price.
package models

import (
	"iter"
	"maps"
	"slices"
	"sync/atomic"
)

// Kind is the use of a model.
type Kind string

// The kinds of models.
const (
	Chat       Kind = "chat"
	Completion Kind = "completion" // continues a text; knows no messages
	Embedding  Kind = "embedding"
)

// Any is the model id that matches every model of a provider without an entry of its own.
const Any = "*"

// Model describes one model at one provider. Models of a [Registry] are shared: do not change them.
type Model struct {
	Provider      string
	ID            string // the provider's own name, or [Any]
	Name          string // for people; may be empty
	Kind          Kind
	Price         *Price   // nil when unknown
	ContextWindow int      // tokens of prompt and output together; 0 when unknown
	MaxOutput     int      // tokens; 0 when unknown
	Inputs        []string // "text", "image", …; empty when unknown
	Reasoning     bool     // thinks before it answers
	Tools         *bool    // takes tool definitions; nil when unknown
	JSONSchema    *bool    // can be held to a JSON schema; nil when unknown
	Retired       string   // the day (2006-01-02) from which the provider refuses it; empty when unknown or not planned
}

// Registry is a set of models, safe for concurrent use. It changes as a whole, by [Registry.Replace]. The zero Registry is empty.
type Registry struct {
	newer   atomic.Pointer[Registry] // that it was replaced by
	source  string
	shelves map[string]map[string]*Model // by provider, by id
}

// New returns a catalogue of the given models. If two have the same Provider and ID, the later one counts. Source says where they come
// from.
func New(source string, list []Model) *Registry {
	c := &Registry{source: source, shelves: map[string]map[string]*Model{}}
	for _, m := range list {
		c.put(&m)
	}
	return c
}

// Source says where the models come from, and from which day.
func (c *Registry) Source() string { return c.newest().source }

// Replace gives c the models of by, for all who have c.
func (c *Registry) Replace(by *Registry) { c.newer.Store(by) }

func (c *Registry) newest() *Registry {
	if by := c.newer.Load(); by != nil {
		return by
	}
	return c
}

// Lookup finds a model by the name that a caller uses. It tries, in this order: the exact name; the names that the provider's naming rules
// derive from it (a dated snapshot without its date, a resource path without its folders, …); for Azure, the same names among OpenAI's
// models; the provider's entry [Any]. It never guesses: any other name is not found.
func (c *Registry) Lookup(provider, model string) (*Model, bool) {
	c = c.newest()
	for slug := provider; slug != ""; slug = sells(slug) {
		if m, ok := c.find(slug, model); ok {
			return m, true
		}
	}
	m, ok := c.shelves[provider][Any]
	return m, ok
}

func (c *Registry) find(provider, model string) (*Model, bool) {
	shelf := c.shelves[provider]
	if m, ok := shelf[model]; ok {
		return m, true
	}
	var room [4]string
	for _, name := range appendAliases(room[:0], provider, model) {
		if m, ok := shelf[name]; ok {
			return m, true
		}
	}
	return nil, false
}

// Providers lists the providers that have models, sorted.
func (c *Registry) Providers() []string {
	return slices.Sorted(maps.Keys(c.newest().shelves))
}

// All yields every model, sorted by provider and id.
func (c *Registry) All() iter.Seq[*Model] {
	c = c.newest()
	return func(yield func(*Model) bool) {
		for _, provider := range c.Providers() {
			shelf := c.shelves[provider]
			for _, id := range slices.Sorted(maps.Keys(shelf)) {
				if !yield(shelf[id]) {
					return
				}
			}
		}
	}
}

// Len returns the number of models.
func (c *Registry) Len() int {
	n := 0
	for _, shelf := range c.newest().shelves {
		n += len(shelf)
	}
	return n
}

// clone returns a catalogue with the models of c, to which models can be added.
func (c *Registry) clone() *Registry {
	out := &Registry{source: c.source, shelves: make(map[string]map[string]*Model, len(c.shelves))}
	for provider, shelf := range c.shelves {
		out.shelves[provider] = maps.Clone(shelf)
	}
	return out
}

func (c *Registry) put(m *Model) {
	shelf, ok := c.shelves[m.Provider]
	if !ok {
		shelf = map[string]*Model{}
		c.shelves[m.Provider] = shelf
	}
	shelf[m.ID] = m
}
