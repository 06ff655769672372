package tmpl

import (
	"errors"
	"fmt"
	"strings"

	"github.com/openloop-server/openloop/internal/tmpl/jinja"
	"github.com/openloop-server/openloop/internal/tmpl/pyval"
)

// ErrorKind says why a template failed.
type ErrorKind uint8

// The kinds of [Error].
const (
	Syntax      ErrorKind = iota + 1 // the template is malformed
	Evaluation                       // an operation on these inputs is impossible
	Limit                            // the template or its result is too large, or takes too long
	Unsupported                      // the template uses a feature that this server does not have
)

// Error says why a template cannot be parsed or rendered. Line and Column count from 1, Column in characters; both are 0 if the place is
// unknown. Msg may be shown to the caller.
type Error struct {
	Kind   ErrorKind
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

// MissingError says that inputs are missing. Names is sorted and has no duplicates.
type MissingError struct{ Names []string }

// Error lists the names.
func (e *MissingError) Error() string { return "missing inputs: " + strings.Join(e.Names, ", ") }

// errorOf turns an error of package jinja or pyval into an [*Error].
func errorOf(err error) error {
	if e, ok := errors.AsType[*jinja.Error](err); ok {
		return &Error{Kind: kindOf(e.Kind), Line: e.Line, Column: e.Column, Msg: e.Msg}
	}
	if e, ok := errors.AsType[*pyval.Error](err); ok {
		return &Error{Kind: kindOf(e.Kind), Msg: e.Msg}
	}
	return &Error{Kind: Evaluation, Msg: err.Error()}
}

func kindOf(k pyval.ErrorKind) ErrorKind {
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
