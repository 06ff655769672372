package telemetry

import (
	"context"
	"errors"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"github.com/openloop-server/openloop/internal/errs"
)

// Span is a piece of work that goes on. The zero Span is of one that nobody records: its methods do nothing.
type Span struct {
	of *Telemetry
	s  trace.Span
}

// recorded reports whether anybody reads what is set.
func (s Span) recorded() bool { return s.s != nil }

func (s Span) set(attributes ...attribute.KeyValue) { s.s.SetAttributes(attributes...) }

// End ends the span of work that failed with err, or did not if err is nil.
func (s Span) End(err error) {
	if !s.recorded() {
		return
	}
	s.fail(err)
	s.s.End()
}

// fail notes why the work failed, by its reason alone: messages may hold what users wrote.
func (s Span) fail(err error) {
	if err != nil {
		s.failed(reasonOf(err))
	}
}

func (s Span) failed(reason string) {
	s.set(errorType.String(reason))
	s.s.SetStatus(codes.Error, reason)
}

// cancelled is the reason of work that ended because its caller left.
const cancelled = "cancelled"

func reasonOf(err error) string {
	if _, classified := errors.AsType[*errs.Error](err); !classified && (errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)) {
		return cancelled
	}
	return string(errs.From(err).Reason)
}

// scope is what a context knows.
type scope struct {
	of    *Telemetry
	trace string // of the request; "" if there is none that anybody else knows
}

type scopeKey struct{}

// With returns a context in which t records. What runs in it without a request begins traces of its own.
func (t *Telemetry) With(ctx context.Context) context.Context {
	return context.WithValue(ctx, scopeKey{}, scope{of: t})
}

func scopeOf(ctx context.Context) scope {
	s, _ := ctx.Value(scopeKey{}).(scope)
	return s
}

// TraceID returns the id of the trace that ctx belongs to, in hexadecimal: one that is recorded here, or that the caller told of. "" means that there
// is none.
func TraceID(ctx context.Context) string {
	if known := scopeOf(ctx).trace; known != "" {
		return known
	}
	if c := trace.SpanContextFromContext(ctx); c.IsSampled() && c.IsValid() {
		return c.TraceID().String()
	}
	return ""
}

// TraceParent returns the header traceparent for what ctx asks of others; "" if there is no trace.
func TraceParent(ctx context.Context) string {
	c := trace.SpanContextFromContext(ctx)
	if !c.IsValid() {
		return ""
	}
	return "00-" + c.TraceID().String() + "-" + c.SpanID().String() + "-" + c.TraceFlags().String()
}

// start begins a span below that of ctx, if that one is recorded, or if there is none and t records.
func start(ctx context.Context, kind trace.SpanKind, operation, of string, attributes ...attribute.KeyValue) (context.Context, Span) {
	t := recorder(ctx)
	if t == nil {
		return ctx, Span{}
	}
	name := operation
	if of != "" {
		name += " " + of
	}
	ctx, s := t.tracer.Start(ctx, name, trace.WithSpanKind(kind), trace.WithAttributes(attributes...))
	if !s.IsRecording() {
		return ctx, Span{}
	}
	return ctx, Span{t, s}
}

// recorder returns what records the work of ctx; nil for nothing.
func recorder(ctx context.Context) *Telemetry {
	t := scopeOf(ctx).of
	if t == nil || t.provider == nil {
		return nil
	}
	if above := trace.SpanFromContext(ctx); above.SpanContext().IsValid() && !above.IsRecording() {
		return nil
	}
	return t
}
