package openapi

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/openloop-server/openloop/internal/web/schema"
)

// use says whether a schema is used in requests, in answers, or in both.
type use uint8

const (
	asked    use = 1 << iota // in requests
	answered                 // in answers
)

// components are the named schemas of an API. A schema that differs between requests and answers, for example in its required members,
// becomes two components. The name of the one for requests ends in "Input". The name of a schema for requests alone ends in "Request" if there is
// a schema whose name differs from it by "Response".
type components struct {
	uses  map[*schema.Schema]use
	split map[*schema.Schema]bool
	names map[*schema.Schema]string
	order []*schema.Schema // by name
}

// component is one named schema on one side.
type component struct {
	name   string
	schema *schema.Schema
	side   use
}

func newComponents(a *API) (*components, error) {
	c := &components{uses: map[*schema.Schema]use{}, split: map[*schema.Schema]bool{}, names: map[*schema.Schema]string{}}
	c.visit(a.Failure, answered)
	for i := range a.Operations {
		o := &a.Operations[i]
		if o.Input.Body != nil {
			c.visit(o.Input.Body.Schema, asked)
		}
		for _, one := range o.Takes {
			c.visit(one.Schema, asked)
		}
		for _, one := range o.Gives {
			c.visit(one.Schema, answered)
		}
		c.visit(o.Event, answered)
	}
	for c.spread() {
		continue
	}
	return c, c.name()
}

// visit records that s and everything in it are used on the given side.
func (c *components) visit(s *schema.Schema, side use) {
	if s == nil || s.Name != "" && c.uses[s]&side != 0 {
		return
	}
	if s.Name != "" {
		if c.uses[s] == 0 {
			c.order = append(c.order, s)
		}
		c.uses[s] |= side
	}
	for _, part := range parts(s) {
		c.visit(part, side)
	}
}

func parts(s *schema.Schema) []*schema.Schema {
	out := slices.Clone(s.OneOf)
	for _, m := range s.Members {
		out = append(out, m.Schema)
	}
	for _, one := range []*schema.Schema{s.Items, s.Values} {
		if one != nil {
			out = append(out, one)
		}
	}
	return out
}

// spread splits schemas that contain split ones. It reports whether there were any, and is called until there are none.
func (c *components) spread() bool {
	changed := false
	for _, s := range c.order {
		if c.uses[s] == asked|answered && !c.split[s] && c.differs(s) {
			c.split[s], changed = true, true
		}
	}
	return changed
}

// differs reports whether s differs between the two sides.
func (c *components) differs(s *schema.Schema) bool {
	for _, m := range s.Members {
		if m.Required != m.Always || m.OrNull || m.Either != "" {
			return true
		}
	}
	return slices.ContainsFunc(parts(s), func(part *schema.Schema) bool {
		if part.Name != "" {
			return c.split[part]
		}
		return c.differs(part)
	})
}

func (c *components) name() error {
	count := map[string]int{}
	for _, s := range c.order {
		count[s.Name]++
	}
	taken := map[string]bool{}
	for _, s := range c.order {
		name := s.Name
		if count[name] > 1 {
			name = s.QualifiedName()
		}
		if c.uses[s] == asked && count[name+"Response"] > 0 {
			name += "Request"
		}
		if taken[name] {
			return fmt.Errorf("openapi: two schemas have the name %s", name)
		}
		taken[name] = true
		c.names[s] = name
	}
	slices.SortFunc(c.order, func(a, b *schema.Schema) int { return cmp.Compare(c.names[a], c.names[b]) })
	return nil
}

// nameOn is the name of s on one side.
func (c *components) nameOn(s *schema.Schema, side use) string {
	if side == asked && c.split[s] {
		return c.names[s] + "Input"
	}
	return c.names[s]
}

func (c *components) all() []component {
	var out []component
	for _, s := range c.order {
		switch {
		case c.split[s]:
			out = append(out, component{c.nameOn(s, answered), s, answered}, component{c.nameOn(s, asked), s, asked})
		case c.uses[s]&answered != 0:
			out = append(out, component{c.names[s], s, answered})
		default:
			out = append(out, component{c.names[s], s, asked})
		}
	}
	return out
}

// needs reports whether m is required on the given side.
func needs(m *schema.Member, side use) bool {
	if side == asked {
		return m.Required
	}
	return m.Always
}
