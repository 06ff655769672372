package errs

import (
	"fmt"
	"strings"
)

// Invalid is validation_failed with one violation. place leads to it from the part of the request that it is in: "body", "tools", 0, "link".
func Invalid(message string, place ...any) *Error {
	e := New(ValidationFailed, "%s", message)
	e.Param = ParamOf(place)
	e.Violations = []Violation{{Loc: place, Param: e.Param, Message: message, Type: "value_error"}}
	return e
}

// ParamOf names a place without the part of the request that it is in: "tools.0.link".
func ParamOf(place []any) string {
	if len(place) == 0 {
		return ""
	}
	steps := make([]string, len(place)-1)
	for i, step := range place[1:] {
		steps[i] = fmt.Sprint(step)
	}
	return strings.Join(steps, ".")
}

// At is e about the given parameter, as "version_id".
func (e *Error) At(param string) *Error {
	return e.With(func(e *Error) { e.Param = param })
}
