package web

import (
	"context"
	"log/slog"
	"net/http"
)

// callKey is the key under which a request's context holds its call.
type callKey struct{}

// callFrom is the call that ctx belongs to, nil when there is none.
func callFrom(ctx context.Context) *exchange {
	c, _ := ctx.Value(callKey{}).(*exchange)
	return c
}

// ResponseHeader is the header of the answer to the request of ctx. An operation may change it before it returns. Outside a request the
// header goes nowhere.
func ResponseHeader(ctx context.Context) http.Header {
	if c := callFrom(ctx); c != nil {
		return c.Header()
	}
	return http.Header{}
}

// Annotate adds attributes to the log line of the request of ctx. Only the goroutine of the operation may call it.
func Annotate(ctx context.Context, attrs ...slog.Attr) {
	if c := callFrom(ctx); c != nil {
		c.attrs = append(c.attrs, attrs...)
	}
}
