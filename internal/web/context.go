package web

import (
	"context"
	"log/slog"
	"net/http"
)

// callKey is the key under which a request's context holds its call.
type callKey struct{}

// callFrom is the call that ctx belongs to, nil when there is none.
func callFrom(ctx context.Context) *call {
	c, _ := ctx.Value(callKey{}).(*call)
	return c
}

// ResponseHeader is the header of the answer to the request of ctx, to be changed before the operation returns. Outside a request it is
// a header that goes nowhere.
func ResponseHeader(ctx context.Context) http.Header {
	if c := callFrom(ctx); c != nil {
		return c.Header()
	}
	return http.Header{}
}

// Annotate adds attributes to the line that is logged about the request of ctx. It is to be called by the operation itself, not by
// goroutines beside it.
func Annotate(ctx context.Context, attrs ...slog.Attr) {
	if c := callFrom(ctx); c != nil {
		c.attrs = append(c.attrs, attrs...)
	}
}
