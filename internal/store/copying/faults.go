package copying

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/store/sqldb"
)

// fault is an error whose text is for the operator.
type fault string

func (f fault) Error() string { return string(f) }

func faultf(format string, args ...any) error { return fault(fmt.Sprintf(format, args...)) }

// about says which database an error is about, and what the error means. The text of a driver's error is not shown.
func about(which string, place Place, err error) error {
	if err == nil || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	if _, told := errors.AsType[*toldError](err); told {
		return err
	}
	text := errs.From(sqldb.OpenError(err)).Message
	if said := ofFile(err); said != "" {
		text = said
	}
	if plain, ok := errors.AsType[fault](err); ok {
		text = plain.Error()
	} else if e, ok := errors.AsType[*errs.Error](err); ok {
		text = e.Message
	}
	return &toldError{which + ", " + place.String() + ": " + text, err}
}

// ofFile says what the system says of a file, or "".
func ofFile(err error) string {
	_, path := errors.AsType[*fs.PathError](err)
	_, link := errors.AsType[*os.LinkError](err)
	errno, ok := errors.AsType[syscall.Errno](err)
	switch {
	case !ok && (path || link):
		return "The system refuses it."
	case !path && !link && !errors.Is(err, syscall.ENOSPC):
		return ""
	case errno == syscall.ENOSPC:
		return "The disk is full. Make room on it."
	}
	return "The system refuses it: " + errno.Error() + "."
}

// toldError is an error that was put in words.
type toldError struct {
	text  string
	cause error
}

func (e *toldError) Error() string { return e.text }
func (e *toldError) Unwrap() error { return e.cause }
