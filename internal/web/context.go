package web

import (
	"context"
	"log/slog"
	"net/http"
)

// exchangeKey is the key under which a request's context holds its exchange.
type exchangeKey struct{}

// exchangeFrom is the exchange that ctx belongs to, nil when there is none.
func exchangeFrom(ctx context.Context) *exchange {
	c, _ := ctx.Value(exchangeKey{}).(*exchange)
	return c
}

// Header returns the header of the answer to the request of ctx. It may be changed until an operation returns, or yields its first chunk.
func Header(ctx context.Context) http.Header {
	if c := exchangeFrom(ctx); c != nil {
		return c.Header()
	}
	return http.Header{}
}

// Annotate adds attributes to the log line of the request of ctx. Only the goroutine of the operation may call it.
func Annotate(ctx context.Context, attrs ...slog.Attr) {
	if c := exchangeFrom(ctx); c != nil {
		c.attrs = append(c.attrs, attrs...)
	}
}
