package web

import (
	"context"
	"log/slog"
)

// callKey is the key under which a request's context holds its call.
type callKey struct{}

// callFrom is the call that ctx belongs to, nil when there is none.
func callFrom(ctx context.Context) *exchange {
	c, _ := ctx.Value(callKey{}).(*exchange)
	return c
}

// Annotate adds attributes to the log line of the request of ctx. Only the goroutine of the operation may call it.
func Annotate(ctx context.Context, attrs ...slog.Attr) {
	if c := callFrom(ctx); c != nil {
		c.attrs = append(c.attrs, attrs...)
	}
}
