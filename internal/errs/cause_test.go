package errs_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/openloop-server/openloop/internal/errs"
)

func TestCause(t *testing.T) {
	stopping, failed := errs.New(errs.ShuttingDown, "m"), errs.New(errs.Overloaded, "m")
	stopped, stop := context.WithCancelCause(t.Context())
	stop(stopping)
	left, leave := context.WithCancel(t.Context())
	leave()
	gone := fmt.Errorf("read: %w", context.Canceled)
	other := errors.New("x")
	for _, c := range []struct {
		ctx       context.Context
		err, want error
	}{
		{stopped, gone, stopping},
		{stopped, context.DeadlineExceeded, stopping},
		{stopped, failed, failed},
		{stopped, other, other},
		{stopped, nil, nil},
		{left, gone, gone},
		{t.Context(), gone, gone},
	} {
		if got := errs.Cause(c.ctx, c.err); got != c.want { //nolint:errorlint // the very error
			t.Errorf("Cause(%v) is %v, want %v", c.err, got, c.want)
		}
	}
}
