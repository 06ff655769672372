package promptfile

import (
	"errors"
	"fmt"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
)

// fault is an error in a file with its place. Line and column count from 1.
type fault struct {
	reason       errs.Reason
	line, column int
	text         string
}

func (f *fault) Error() string { return f.text }

func faultAt(reason errs.Reason, line, column int, format string, args ...any) *fault {
	return &fault{reason, max(line, 1), max(column, 1), fmt.Sprintf(format, args...)}
}

// classify turns a fault in a file of kind k into an error for callers. It returns other errors unchanged.
func classify(k file.Kind, err error) error {
	f, ok := errors.AsType[*fault](err)
	if !ok {
		return err
	}
	e := errs.New(f.reason, "The %s file is wrong at line %d, column %d: %s.", k, f.line, f.column, f.text)
	e.Param = string(k)
	e.Violations = []errs.Violation{{Loc: []any{string(k)}, Param: string(k), Message: f.text, Type: string(f.reason), Line: f.line, Column: f.column}}
	return e
}

// unwritable is the error for a content that no file can have.
func unwritable(k file.Kind, why string) error {
	e := errs.New(errs.ValidationFailed, "This %s cannot be written as a file: %s.", k.Spec().Title, why)
	e.Param = string(k)
	return e
}
