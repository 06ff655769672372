package errs

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// Invalid is validation_failed with one violation. place is its place in the value that was checked: "tools", 0, "link". Without a place, it is
// the value itself. If the value is a part of a larger one, the caller adds the place of the part by [Within].
func Invalid(message string, place ...any) *Error {
	e := New(ValidationFailed, "%s", message)
	e.Param = Dotted(place)
	e.Violations = []Violation{{Loc: place, Param: e.Param, Message: message, Type: "value_error"}}
	return e
}

// Within returns err, which is about a value, as an error about the larger value that holds it at place. An err that is not the
// caller's fault is returned as it is.
//
//	errs.Within(errs.Invalid("is no color", "color"), "shapes", 2) // at shapes.2.color
func Within(err error, place ...any) error {
	e, ok := errors.AsType[*Error](err)
	if !ok || e.Reason.Code() >= http.StatusInternalServerError || len(place) == 0 {
		return err
	}
	return e.With(func(e *Error) {
		if e.Param != "" || len(e.Violations) == 0 || e.Violations[0].Param == "" { // else it names no single field, as missing_inputs
			e.Param = below(place, e.Param)
		}
		e.Violations = slices.Clone(e.Violations)
		for i := range e.Violations {
			v := &e.Violations[i]
			v.Loc, v.Param = slices.Concat(place, v.Loc), below(place, v.Param)
		}
	})
}

func below(place []any, param string) string {
	if param == "" {
		return Dotted(place)
	}
	return Dotted(place) + "." + param
}

// Dotted names a place: "tools.0.link".
func Dotted(place []any) string {
	steps := make([]string, len(place))
	for i, step := range place {
		steps[i] = fmt.Sprint(step)
	}
	return strings.Join(steps, ".")
}

// At is e about the given parameter, as "version_id".
func (e *Error) At(param string) *Error {
	return e.With(func(e *Error) { e.Param = param })
}

// About returns err about the given parameter when its reason is r, and as it is otherwise: not every failure of an operation is about it.
func About(err error, r Reason, param string) error {
	if !Is(err, r) {
		return err
	}
	return From(err).At(param)
}
