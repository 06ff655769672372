package jinja

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/openloop-server/openloop/internal/tmpl/pyval"
)

// Error says why a template cannot be parsed or rendered. Line and Column count from 1, Column in characters; both are 0 if the place is
// unknown. Msg may be shown to a caller.
type Error struct {
	Kind   pyval.ErrorKind
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

// pos is a byte offset into the normalized source.
type pos int32

// errorAt turns err into an [*Error] at place p of src. An [*Error] keeps its own place.
func errorAt(src string, p pos, err error) error {
	if _, ok := errors.AsType[*Error](err); ok {
		return err
	}
	out := &Error{Kind: pyval.ValueError, Msg: err.Error()}
	if e, ok := errors.AsType[*pyval.Error](err); ok {
		out.Kind = e.Kind
	}
	before := src[:min(int(p), len(src))]
	out.Line = 1 + strings.Count(before, "\n")
	out.Column = 1 + utf8.RuneCountInString(before[strings.LastIndexByte(before, '\n')+1:])
	return out
}

func syntaxErrorf(format string, args ...any) error {
	return pyval.Errorf(pyval.Syntax, format, args...)
}

func unsupportedf(format string, args ...any) error {
	return pyval.Errorf(pyval.Unsupported, format, args...)
}
