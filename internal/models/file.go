package models

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/openloop-server/openloop/internal/json"
)

// file is the format of the catalogue, of its supplement and of an operator's overrides.
type file struct {
	Source string                       `json:"source,omitzero"`
	Models map[string]map[string]record `json:"models"`
	Rest   json.Value                   `json:",embed"`
}

// record is one model in a file. Absent members keep the known values.
type record struct {
	SameAs        string          `json:"same_as,omitzero"` // provider/id of the model to start from
	Name          string          `json:"name,omitzero"`
	Kind          Kind            `json:"kind,omitzero"`
	Price         json.Opt[price] `json:"price,omitzero"` // null makes it unknown
	ContextWindow int             `json:"context_window,omitzero"`
	MaxOutput     int             `json:"max_output,omitzero"`
	Inputs        []string        `json:"inputs,omitempty"`
	Reasoning     *bool           `json:"reasoning,omitzero"`
	Tools         *bool           `json:"tools,omitzero"`
	JSONSchema    *bool           `json:"json_schema,omitzero"`
	Retired       string          `json:"retired,omitzero"`
	Rest          json.Value      `json:",embed"`
}

// price is a [Price], or one of its tiers, in a file. Cached input and cache writes without a price cost as much as input.
type price struct {
	Above       int64    `json:"above,omitzero"` // in a tier only
	Input       *float64 `json:"input,omitzero"`
	CachedInput *float64 `json:"cached_input,omitzero"`
	CacheWrite  *float64 `json:"cache_write,omitzero"`
	Output      *float64 `json:"output,omitzero"`
	Tiers       []price  `json:"tiers,omitempty"`

	CacheWriteLong float64          `json:"cache_write_1h,omitzero"`
	Services       map[string]price `json:"services,omitempty"` // by service tier
	Rest           json.Value       `json:",embed"`
}

// WithOverrides reads models in the format of docs/models.md. It returns a catalogue in which they are added to those of c, or change them. It
// does not change c. Mistakes in r are of type [*FileError], which lists all of them.
func (c *Registry) WithOverrides(r io.Reader) (*Registry, error) {
	data, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("read models: %w", err)
	}
	if _, err := json.Canonical(data); err != nil { // finds duplicate members, which Unmarshal allows
		return nil, faultIn(data, err)
	}
	return c.with(data)
}

func (c *Registry) with(data []byte) (*Registry, error) {
	var f file
	if err := json.Unmarshal(data, &f); err != nil {
		return nil, faultIn(data, err)
	}
	entries := f.entries()
	if problems := f.check(entries); len(problems) > 0 {
		return nil, &FileError{Problems: problems}
	}
	out := c.clone()
	if f.Source != "" {
		out.source = f.Source
	}
	if problems := out.apply(entries); len(problems) > 0 {
		return nil, &FileError{Problems: problems}
	}
	return out, nil
}

// listing is one model of a file and its place.
type listing struct {
	provider, id string
	record       record
}

func (f *file) entries() []listing {
	n := 0
	for _, shelf := range f.Models {
		n += len(shelf)
	}
	list := make([]listing, 0, n)
	for _, provider := range slices.Sorted(maps.Keys(f.Models)) {
		shelf := f.Models[provider]
		for _, id := range slices.Sorted(maps.Keys(shelf)) {
			list = append(list, listing{provider, id, shelf[id]})
		}
	}
	return list
}

// apply adds the entries: first the models that stand for themselves, then those that start from another.
func (c *Registry) apply(entries []listing) []Problem {
	var linked []*Model
	for _, e := range entries {
		if e.record.SameAs == "" {
			c.put(e.model(c.shelves[e.provider][e.id]))
		}
	}
	var problems []Problem
	for _, e := range entries {
		if e.record.SameAs == "" {
			continue
		}
		provider, id, _ := strings.Cut(e.record.SameAs, "/")
		base, ok := c.shelves[provider][id]
		if !ok {
			problems = append(problems, e.problem("same_as", "no model "+e.record.SameAs+" is known (write provider/id)"))
			continue
		}
		linked = append(linked, e.model(base))
	}
	for _, m := range linked {
		c.put(m)
	}
	return problems
}

// model returns base, which may be nil, with the changes of e.
func (e *listing) model(base *Model) *Model {
	m := Model{Kind: Chat}
	if base != nil {
		m = *base
	}
	r := &e.record
	m.Provider, m.ID = e.provider, e.id
	m.Name = cmp.Or(r.Name, m.Name)
	m.Kind = cmp.Or(r.Kind, m.Kind)
	m.ContextWindow = cmp.Or(r.ContextWindow, m.ContextWindow)
	m.MaxOutput = cmp.Or(r.MaxOutput, m.MaxOutput)
	m.Tools = cmp.Or(r.Tools, m.Tools)
	m.JSONSchema = cmp.Or(r.JSONSchema, m.JSONSchema)
	m.Retired = cmp.Or(r.Retired, m.Retired)
	if len(r.Inputs) > 0 {
		m.Inputs = r.Inputs
	}
	if r.Reasoning != nil {
		m.Reasoning = *r.Reasoning
	}
	if r.Price.Set {
		m.Price = r.Price.V.price(r.Price.Null)
	}
	return &m
}

func (p *price) price(unknown bool) *Price {
	if unknown {
		return nil
	}
	out := &Price{Rates: p.rates()}
	for _, t := range p.Tiers {
		out.Tiers = append(out.Tiers, Tier{Above: t.Above, Rates: t.rates()})
	}
	out.CacheWriteLong = p.CacheWriteLong
	for name, s := range p.Services {
		if out.Services == nil {
			out.Services = map[string]Rates{}
		}
		out.Services[name] = s.rates()
	}
	return out
}

func (p *price) rates() Rates {
	return Rates{
		Input:       *p.Input,
		CachedInput: *cmp.Or(p.CachedInput, p.Input),
		CacheWrite:  *cmp.Or(p.CacheWrite, p.Input),
		Output:      *p.Output,
	}
}
