package openapi

import (
	"crypto/sha256"
	"encoding/base64"
	"strings"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/web/input"
	"github.com/openloop-server/openloop/internal/web/schema"
)

// Reference returns a page that describes a, and the Content-Security-Policy that allows only its own script. The page needs no other files.
func Reference(a *API) (page []byte, policy string, err error) {
	all, err := newComponents(a)
	if err != nil {
		return nil, "", err
	}
	view := (&referenceView{api: a, components: all}).page()
	hash := sha256.Sum256([]byte(referenceScript))
	policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; " +
		"script-src 'sha256-" + base64.StdEncoding.EncodeToString(hash[:]) + "'"
	return []byte(view.html()), policy, nil
}

// What the page shows.
type (
	pageView struct {
		Info
		Groups  []groupView
		Types   []typeView
		Reasons []errs.ReasonDoc
	}
	groupView struct {
		Tag, Text string
		Routes    []routeView
	}
	routeView struct {
		*Operation

		Params []rowView
		Body   []rowView // the members of the body, when it is an object
		Takes  []piece   // the type of the body
		Gives  []piece
		Events []piece
	}
	typeView struct {
		Name, Text string
		Is         []piece // of a type that is not an object
		Rows       []rowView
	}
	rowView struct {
		Name, In, Text, Rules string
		Type                  []piece
		Required              bool
	}
	// piece is a part of the text of a type; Ref is the component to link to.
	piece struct{ Text, Ref string }
)

type referenceView struct {
	api        *API
	components *components
}

func (v *referenceView) page() pageView {
	page := pageView{Info: v.api.Info, Reasons: errs.Docs()}
	for _, tag := range v.api.tags() {
		group := groupView{Tag: tag, Text: v.api.Tags[tag]}
		for i := range v.api.Operations {
			if o := &v.api.Operations[i]; o.Tag == tag {
				group.Routes = append(group.Routes, v.route(o))
			}
		}
		page.Groups = append(page.Groups, group)
	}
	for _, c := range v.components.all() {
		one := typeView{Name: c.name, Text: c.schema.Description}
		if c.schema.Type == schema.TypeObject {
			one.Rows = v.rows(c.schema, c.side)
		} else {
			one.Is = v.shape(c.schema, c.side)
		}
		page.Types = append(page.Types, one)
	}
	return page
}

func (v *referenceView) route(o *Operation) routeView {
	out := routeView{Operation: o}
	for i := range o.Input.Params {
		p := &o.Input.Params[i]
		out.Params = append(out.Params, rowView{
			Name: p.Name, In: p.Source, Text: v.api.textOf(o, p), Rules: ruleText(p.Schema, p.Default), Type: v.typ(p.Schema, asked), Required: p.Required,
		})
	}
	if b := o.Input.Body; b != nil && b.Mode == input.BodyBytes {
		out.Takes = []piece{{Text: "bytes of any media type"}}
	} else if b != nil {
		out.Takes = v.typ(b.Schema, asked)
		out.Body = v.rows(b.Schema, asked)
	}
	if len(o.Gives) > 0 && o.Gives[0].Schema == nil {
		out.Gives = []piece{{Text: o.Gives[0].Media}}
	} else if len(o.Gives) > 0 {
		out.Gives = v.typ(o.Gives[0].Schema, answered)
	}
	if o.Event != nil {
		out.Events = v.typ(o.Event, answered)
	}
	return out
}

func (v *referenceView) rows(s *schema.Schema, side use) []rowView {
	var out []rowView
	for i := range s.Members {
		m := &s.Members[i]
		out = append(out, rowView{
			Name: m.Name, Text: m.Description, Rules: ruleText(m.Schema, ""), Type: v.typ(m.Schema, side),
			Required: side == asked && m.Required,
		})
	}
	return out
}

func (v *referenceView) typ(s *schema.Schema, side use) []piece {
	if s.Name != "" {
		name := v.components.nameOn(s, side)
		return []piece{{Text: name, Ref: name}}
	}
	return v.shape(s, side)
}

func (v *referenceView) shape(s *schema.Schema, side use) []piece {
	out := v.plain(s, side)
	if s.Nullable {
		out = append(out, piece{Text: " or null"})
	}
	return out
}

func (v *referenceView) plain(s *schema.Schema, side use) []piece {
	var out []piece
	switch {
	case s.OneOf != nil:
		for i, one := range s.OneOf {
			if i > 0 {
				out = append(out, piece{Text: " or "})
			}
			out = append(out, v.typ(one, side)...)
		}
		return out
	case s.Type == schema.TypeArray && s.Items != nil:
		return append([]piece{{Text: "list of "}}, v.typ(s.Items, side)...)
	case s.Type == schema.TypeObject && s.Values != nil:
		return append([]piece{{Text: "object of "}}, v.typ(s.Values, side)...)
	case s.Type == "":
		return []piece{{Text: "any value"}}
	case s.Format != "":
		return []piece{{Text: s.Format}}
	default:
		return []piece{{Text: s.Type}}
	}
}

// ruleText says in words which values are valid: "at least 1; default 10".
func ruleText(s *schema.Schema, fallback string) string {
	var out []string
	say := func(text string) { out = append(out, text) }
	if s.Type == schema.TypeArray && s.Items != nil && s.Items.Enum != nil {
		say("each one of " + strings.Join(s.Items.Enum, ", "))
	}
	if len(s.Enum) == 1 && s.Name == "" {
		say("always " + s.Enum[0])
	} else if s.Enum != nil && s.Name == "" {
		say("one of " + strings.Join(s.Enum, ", "))
	}
	if s.Known != nil && s.Name == "" {
		say("one of " + strings.Join(s.Known, ", ") + ", or another")
	}
	if s.Min != nil {
		say("at least " + schema.Decimal(*s.Min))
	}
	if s.Max != nil {
		say("at most " + schema.Decimal(*s.Max))
	}
	unit := "character"
	if s.Type == schema.TypeArray {
		unit = "item"
	}
	if s.MinLen > 0 {
		say("at least " + schema.Counted(s.MinLen, unit))
	}
	if s.MaxLen > 0 {
		say("at most " + schema.Counted(s.MaxLen, unit))
	}
	if fallback != "" {
		say("default " + fallback)
	}
	return strings.Join(out, "; ")
}
