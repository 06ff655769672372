package input

import (
	"slices"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/web/schema"
)

// Conform checks value against s. Its error is that of a body that holds the value at place. It is for values that reach an operation in a
// form other than JSON.
func Conform(s *schema.Schema, value any, place ...any) error {
	raw, err := json.Marshal(value)
	if err != nil {
		return errs.Wrap("input.Conform", err)
	}
	found := &violations{}
	v := &validator{found: found, loc: slices.Concat([]any{InBody}, place)}
	if err := v.validate(raw, s); err != nil {
		return errs.Wrap("input.Conform", err)
	}
	for i := range found.list {
		found.list[i].Loc = found.list[i].Loc[1:] // as an operation names places
	}
	return found.err()
}

// Place returns e with the part of the request in front of each place. e is about a value that was read by p. The part is the path or the
// query if it has a parameter with the name of the first step, and otherwise the body: "file_id" becomes "query", "file_id".
func (p *Plan) Place(e *errs.Error) *errs.Error {
	return e.With(func(e *errs.Error) {
		e.Violations = slices.Clone(e.Violations)
		for i := range e.Violations {
			v := &e.Violations[i]
			v.Loc = slices.Concat([]any{p.partOf(v.Loc)}, v.Loc)
		}
	})
}

func (p *Plan) partOf(place []any) string {
	if len(place) > 0 {
		for i := range p.Params {
			if one := p.Params[i]; one.Name == place[0] {
				return one.Source
			}
		}
	}
	return InBody
}
