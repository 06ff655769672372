package models

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"slices"

	"github.com/openloop-server/openloop/internal/json"
)

// Encode writes c in the format that [Registry.WithOverrides] reads: sorted, with one model per line. Equal catalogues give equal bytes.
func (c *Registry) Encode(w io.Writer) error {
	var b bytes.Buffer
	b.WriteString("{\n\"source\":")
	b.Write(json.AppendString(nil, c.source))
	b.WriteString(",\n\"models\":{")
	for i, provider := range c.Providers() {
		separate(&b, i)
		b.Write(json.AppendString(nil, provider))
		b.WriteString(":{")
		if err := encodeShelf(&b, c.shelves[provider]); err != nil {
			return fmt.Errorf("encode models of %s: %w", provider, err)
		}
		b.WriteString("\n}")
	}
	b.WriteString("\n}\n}\n")
	_, err := w.Write(b.Bytes())
	return err
}

func encodeShelf(b *bytes.Buffer, shelf map[string]*Model) error {
	for i, id := range slices.Sorted(maps.Keys(shelf)) {
		separate(b, i)
		b.Write(json.AppendString(nil, id))
		b.WriteByte(':')
		if err := json.MarshalWrite(b, recordOf(shelf[id])); err != nil {
			return err
		}
	}
	return nil
}

func separate(b *bytes.Buffer, i int) {
	if i > 0 {
		b.WriteByte(',')
	}
	b.WriteByte('\n')
}

func recordOf(m *Model) record {
	r := record{
		Name:          m.Name,
		ContextWindow: m.ContextWindow,
		MaxOutput:     m.MaxOutput,
		Inputs:        m.Inputs,
		Tools:         m.Tools,
		JSONSchema:    m.JSONSchema,
		Retired:       m.Retired,
	}
	if m.Kind != Chat {
		r.Kind = m.Kind
	}
	if m.Reasoning {
		r.Reasoning = &m.Reasoning
	}
	if m.Price != nil {
		r.Price = json.Some(priceOf(m.Price))
	}
	return r
}

func priceOf(p *Price) price {
	out := ratesOf(p.Rates)
	for _, t := range p.Tiers {
		tier := ratesOf(t.Rates)
		tier.Above = t.Above
		out.Tiers = append(out.Tiers, tier)
	}
	out.CacheWriteLong = p.CacheWriteLong
	for name, rates := range p.Services {
		if out.Services == nil {
			out.Services = map[string]price{}
		}
		out.Services[name] = ratesOf(rates)
	}
	return out
}

func ratesOf(r Rates) price {
	out := price{Input: &r.Input, Output: &r.Output}
	if r.CachedInput != r.Input {
		out.CachedInput = &r.CachedInput
	}
	if r.CacheWrite != r.Input {
		out.CacheWrite = &r.CacheWrite
	}
	return out
}
