package api

import (
	"context"
	"log/slog"
	"mime"
	"strings"

	"github.com/openloop-server/openloop/internal/auth"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/otlp"
	"github.com/openloop-server/openloop/internal/otlp/wire"
	"github.com/openloop-server/openloop/internal/web"
	"github.com/openloop-server/openloop/internal/web/openapi"
	"github.com/openloop-server/openloop/internal/web/schema"
)

// The media types of trace exports.
const (
	mediaJSON     = "application/json"
	mediaProtobuf = "application/x-protobuf"
)

// otelRoutes returns the operations that accept trace exports: the one for the Humanloop SDKs and exporters whose endpoint is
// …/v5/import/otel, and the standard path of the protocol.
func (a *API) otelRoutes() []web.Route {
	ops := asExports(web.Negotiated(mediaJSON, a.otelImport), web.Negotiated(mediaJSON, a.otelTraces))
	return []web.Route{
		{Method: "POST", Path: "/v5/import/otel/v1/traces", ID: "otel.import", Name: "otel.import_spans", Tag: "OpenTelemetry", Role: auth.Member, Summary: "Record the spans of an SDK or an exporter as Logs", Op: ops[0]},
		{Method: "POST", Path: "/v1/traces", ID: "otel.traces", Tag: "OpenTelemetry", Role: auth.Member, Summary: "Record an OTLP export as Logs", Op: ops[1]},
	}
}

// asExports describes operations that take an ExportTraceServiceRequest in one of two encodings, and answer in the same.
func asExports(operations ...web.Operation) []web.Operation {
	type member = schema.Member
	request := schema.Object("ExportTraceServiceRequest",
		member{Name: "resourceSpans", Description: "As the protocol defines them.", Schema: schema.List(schema.Object(""))},
	)
	partial := schema.Object("", member{Name: "rejectedSpans", Always: true, Schema: schema.String()}, member{Name: "errorMessage", Always: true, Schema: schema.String()})
	response := schema.Object("ExportTraceServiceResponse",
		member{Name: "partialSuccess", Description: "Present if spans were refused.", Schema: partial},
		member{Name: "records", Description: "The ids of the Logs; only of otel.import.", Schema: schema.List(schema.String())},
	)
	proto := openapi.Media{Type: mediaProtobuf}
	for i, o := range operations {
		operations[i] = o.Takes(openapi.Media{Type: mediaJSON, Schema: request}, proto).Gives(openapi.Media{Type: mediaJSON, Schema: response}, proto)
	}
	return operations
}

// otelExport is an ExportTraceServiceRequest.
type otelExport struct {
	ContentType string `header:"Content-Type" doc:"application/x-protobuf, or application/json, text/plain or none for JSON."`
	Body        []byte `body:"bytes"`
}

func (a *API) otelImport(ctx context.Context, in *otelExport) (web.Answer, error) {
	return a.otelRecord(ctx, in, true)
}

func (a *API) otelTraces(ctx context.Context, in *otelExport) (web.Answer, error) {
	return a.otelRecord(ctx, in, false)
}

func (a *API) otelRecord(ctx context.Context, in *otelExport, withIDs bool) (web.Answer, error) {
	isProto, batch, err := in.read()
	if err != nil {
		return web.Answer{}, err
	}
	ids, err := a.o.Logs.ImportSpans(ctx, batch)
	if err != nil {
		return web.Answer{}, err
	}
	if batch.Refusals.Count > 0 {
		web.Annotate(ctx, slog.Int("refused_spans", batch.Refusals.Count), slog.String("refused_why", batch.Refusals.Message()))
	}
	answer := wire.ExportResponse{Rejected: batch.Refusals.Count, Message: batch.Refusals.Message()}
	if isProto {
		return web.Answer{ContentType: mediaProtobuf, Body: answer.Proto()}, nil
	}
	if withIDs {
		answer.Records = ids
	}
	body, err := answer.JSON()
	return web.Answer{ContentType: mediaJSON, Body: body}, errs.Wrap("api.otelRecord", err)
}

// read decodes the export. JSON may come without a media type or as text, as the SDKs send it.
func (in *otelExport) read() (isProto bool, batch *otlp.Batch, err error) {
	media := strings.ToLower(in.ContentType)
	if parsed, _, err := mime.ParseMediaType(in.ContentType); err == nil {
		media = parsed
	}
	switch media {
	case mediaProtobuf, "application/protobuf":
		batch, err = otlp.ReadProto(in.Body)
		return true, batch, err
	case mediaJSON, "", "text/plain":
		batch, err = otlp.ReadJSON(in.Body)
		return false, batch, err
	default:
		return false, nil, errs.New(errs.UnsupportedMediaType, "An export has the Content-Type application/x-protobuf or application/json, not %q.", media[:min(len(media), 60)])
	}
}
