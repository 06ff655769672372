package errs

import (
	"context"
	"errors"
)

// Cause returns why err happened when it says no more than that a context ended, and ctx was ended with a classified cause: that cause.
// Any other err it returns as it is. So a call that the server cuts off when it stops fails with shutting_down, and one whose caller
// left with [context.Canceled].
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
