package web

import (
	"reflect"
	"slices"

	"openloop/internal/errs"
	"openloop/internal/json"
)

// Conform checks value against the rules of the type of like, one that occurs in the table: it lists what a body holding that value at
// place would be refused for. It is for values that reach an operation in another form than JSON.
func (s *Server) Conform(like reflect.Type, value any, place ...any) error {
	raw, err := json.Marshal(value)
	if err != nil {
		return errs.Wrap("web.Conform", err)
	}
	found := &violations{}
	v := &validator{found: found, loc: slices.Concat([]any{inBody}, place)}
	if err := v.validate(raw, s.schemas.made(like)); err != nil {
		return errs.Wrap("web.Conform", err)
	}
	for i := range found.list {
		found.list[i].Loc = found.list[i].Loc[1:] // an operation does not say where in a request its value was
	}
	return found.err()
}
