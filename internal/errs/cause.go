package errs

import (
	"context"
	"errors"
)

// Cause returns the classified cause with which ctx ended, if err only says that a context ended. Otherwise it returns err. So a call that
// the server stops at its own end fails with shutting_down, and a call whose caller left fails with [context.Canceled].
func Cause(ctx context.Context, err error) error {
	if _, classified := errors.AsType[*Error](err); classified {
		return err
	}
	if !errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	if cause, ok := errors.AsType[*Error](context.Cause(ctx)); ok {
		return cause
	}
	return err
}
