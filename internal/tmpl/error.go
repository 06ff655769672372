package tmpl

import (
	"errors"
	"fmt"
	"strings"

	"openloop/internal/tmpl/jinja"
	"openloop/internal/tmpl/pyval"
)

// Kind says why a template failed.
type Kind uint8

// The kinds of [Error].
const (
	Syntax      Kind = iota + 1 // the template is malformed
	Evaluation                  // an operation on these inputs is impossible
	Limit                       // the template or its result is too large, or takes too long
	Unsupported                 // the template uses what this server doesn't offer
)

// Error is a template that can't be parsed or rendered. Line and Column count from 1, Column in characters; both are 0 when
// the place is unknown. Msg is safe to show to whoever called with the template.
type Error struct {
	Kind   Kind
	Line   int
	Column int
	Msg    string
}

// Error returns the message with its place.
func (e *Error) Error() string {
	if e.Line == 0 {
		return e.Msg
	}
	return fmt.Sprintf("line %d, column %d: %s", e.Line, e.Column, e.Msg)
}

// MissingError says that a template needs inputs that were not given. Names is sorted and has no duplicates.
type MissingError struct{ Names []string }

// Error lists the names.
func (e *MissingError) Error() string { return "missing inputs: " + strings.Join(e.Names, ", ") }

// errorOf makes an [*Error] of a failure of the packages below.
func errorOf(err error) error {
	if e, ok := errors.AsType[*jinja.Error](err); ok {
		return &Error{Kind: kindOf(e.Kind), Line: e.Line, Column: e.Column, Msg: e.Msg}
	}
	if e, ok := errors.AsType[*pyval.Error](err); ok {
		return &Error{Kind: kindOf(e.Kind), Msg: e.Msg}
	}
	return &Error{Kind: Evaluation, Msg: err.Error()}
}

func kindOf(k pyval.Kind) Kind {
	switch k {
	case pyval.Syntax:
		return Syntax
	case pyval.Limit:
		return Limit
	case pyval.Unsupported:
		return Unsupported
	case pyval.TypeError, pyval.ValueError, pyval.Undefined:
	}
	return Evaluation
}
