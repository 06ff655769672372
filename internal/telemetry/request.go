package telemetry

import (
	"context"
	"net/http"

	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"github.com/openloop-server/openloop/internal/ids"
	"github.com/openloop-server/openloop/internal/web"
)

const headerTraceParent = "Traceparent"

// Request begins the span of a request that a route takes, which goes on with the trace that the caller tells of. It returns the context of the
// request, and what ends the span; nil for nothing to end. Probes and the import of spans have no span: two servers that export to each other would
// never come to rest.
func (t *Telemetry) Request(ctx context.Context, r *http.Request, route *web.Route) (context.Context, func(web.Observation)) {
	known := scope{of: t}
	if _, told := r.Header[headerTraceParent]; told {
		ctx = propagation.TraceContext{}.Extract(ctx, propagation.HeaderCarrier(r.Header))
		if c := trace.SpanContextFromContext(ctx); c.IsValid() {
			known.trace = c.TraceID().String()
		}
	}
	if t.provider == nil || quiet[route.ID] {
		known.of = nil
		return context.WithValue(ctx, scopeKey{}, known), nil
	}
	ctx, s := t.tracer.Start(ctx, r.Method+" "+route.Path, trace.WithSpanKind(trace.SpanKindServer), trace.WithAttributes(
		httpMethod.String(r.Method), httpRoute.String(route.Path), urlScheme.String(scheme(r)), protocolVersion.String(protocol(r)),
		ownOperation.String(route.ID), ownRequest.String(ids.RequestFrom(ctx)),
	))
	if !s.IsRecording() {
		return context.WithValue(ctx, scopeKey{}, known), nil
	}
	known.trace = s.SpanContext().TraceID().String()
	return context.WithValue(ctx, scopeKey{}, known), func(o web.Observation) { Span{t, s}.answered(&o) }
}

// quiet are the operations without spans.
var quiet = map[string]bool{"health": true, "ready": true, "metrics": true, "otel.traces": true, "otel.import": true}

// answered ends the span of a request.
func (s Span) answered(o *web.Observation) {
	s.set(httpStatus.Int(o.Status))
	switch {
	case o.Reason != "":
		s.set(errorType.String(string(o.Reason)), ownOrigin.String(o.Origin))
	case o.Status == statusClientGone:
		s.set(errorType.String(cancelled))
	}
	if o.Status >= http.StatusInternalServerError || o.Reason != "" && o.Status < http.StatusBadRequest { // a stream that broke off
		s.s.SetStatus(codes.Error, string(o.Reason))
	}
	s.s.End()
}

// statusClientGone is the status of a request whose client left before the answer.
const statusClientGone = 499

func scheme(r *http.Request) string {
	if r.TLS != nil {
		return "https"
	}
	return "http"
}

func protocol(r *http.Request) string {
	if r.ProtoMajor == 2 {
		return "2"
	}
	return "1.1"
}
