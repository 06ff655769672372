package input

import (
	"openloop/internal/errs"
	"openloop/internal/json"
	"openloop/internal/web/schema"
)

// Conform checks value against s: it lists what a body holding that value at loc would be refused for. It is for values that reach an
// operation in another form than JSON.
func Conform(s *schema.Schema, value any, loc ...any) error {
	raw, err := json.Marshal(value)
	if err != nil {
		return errs.Wrap("input.Conform", err)
	}
	found := &violations{}
	v := &validator{found: found, loc: loc}
	if err := v.validate(raw, s); err != nil {
		return errs.Wrap("input.Conform", err)
	}
	return found.err()
}
