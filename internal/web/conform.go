package web

import (
	"reflect"

	"openloop/internal/errs"
	"openloop/internal/json"
)

// Conform checks value against the rules of the type of like, one that occurs in the table: it lists what a body holding that value at
// loc would be refused for. It is for values that reach an operation in another form than JSON.
func (s *Server) Conform(like reflect.Type, value any, loc ...any) error {
	raw, err := json.Marshal(value)
	if err != nil {
		return errs.Wrap("web.Conform", err)
	}
	found := &violations{}
	v := &validator{found: found, loc: loc}
	if err := v.validate(raw, s.schemas.made(like)); err != nil {
		return errs.Wrap("web.Conform", err)
	}
	return found.err()
}
