package netguard

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"

	"github.com/openloop-server/openloop/internal/errs"
)

// Classify returns the failure of a request to an address. Its messages name the host and nothing else. Errors: address_refused; tool_failed for an
// answer that is not taken; tool_unreachable for all that a later try may mend. If ctx ended, it is the error of ctx.
func Classify(ctx context.Context, address *url.URL, err error) error {
	host := address.Hostname()
	if len(host) > 255 {
		host = errs.Truncate(host, 255)
	}
	e := &errs.Error{Reason: errs.ToolUnreachable, Op: "netguard", Origin: host, Err: err}
	var name *net.DNSError
	why, isRefusal := errors.AsType[refusal](err)
	switch {
	case isRefusal:
		e.Reason, e.Origin = errs.AddressRefused, ""
		e.Message = fmt.Sprintf("This server does not connect to %s: %s.", host, string(why))
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case errors.Is(err, ErrTooLarge):
		e.Reason, e.Message = errs.ToolFailed, fmt.Sprintf("%s answered more than %d MiB.", host, MaxBody>>20)
	case errors.Is(err, ErrRedirects):
		e.Reason, e.Message = errs.ToolFailed, fmt.Sprintf("%s redirected more than %d times.", host, MaxRedirects)
	case errors.As(err, &name) && name.IsNotFound:
		e.Message = fmt.Sprintf("The name %s is not known.", host)
	case isTimeout(err):
		e.Message = fmt.Sprintf("%s did not answer in time.", host)
	default:
		e.Message = fmt.Sprintf("%s cannot be reached.", host)
	}
	return e
}

func isTimeout(err error) bool {
	timeout, ok := errors.AsType[net.Error](err)
	return ok && timeout.Timeout()
}
