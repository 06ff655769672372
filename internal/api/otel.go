package api

import (
	"context"
	"log/slog"
	"mime"
	"strings"

	"openloop/internal/auth"
	"openloop/internal/errs"
	"openloop/internal/file"
	"openloop/internal/logbook"
	"openloop/internal/otlp"
	"openloop/internal/otlp/wire"
	"openloop/internal/web"
)

// The media types of trace exports.
const (
	mediaJSON     = "application/json"
	mediaProtobuf = "application/x-protobuf"
)

// otelRoutes take trace exports: of the Humanloop SDKs and of exporters whose endpoint is …/v5/import/otel, and by the protocol's own path.
func (a *API) otelRoutes() []web.Route {
	return []web.Route{
		{Method: "POST", Path: "/v5/import/otel/v1/traces", ID: "otel.import", Tag: "OpenTelemetry", Role: auth.Member, Summary: "Record the spans of an SDK or an exporter as Logs", Op: web.Negotiated(mediaJSON, a.otelImport)},
		{Method: "POST", Path: "/v1/traces", ID: "otel.traces", Tag: "OpenTelemetry", Role: auth.Member, Summary: "Record an OTLP export as Logs", Op: web.Negotiated(mediaJSON, a.otelTraces)},
	}
}

// otelExport is an ExportTraceServiceRequest.
type otelExport struct {
	ContentType string `header:"Content-Type" doc:"application/x-protobuf, or JSON when it is anything else that names text."`
	Body        []byte `body:"bytes"`
}

func (a *API) otelImport(ctx context.Context, in *otelExport) (web.Answer, error) {
	return a.otelRecord(ctx, in, true)
}

func (a *API) otelTraces(ctx context.Context, in *otelExport) (web.Answer, error) {
	return a.otelRecord(ctx, in, false)
}

// maxEntries is how many spans are held as Logs at once.
const maxEntries = 1024

// otelRecord records an export. Spans of which no Log can be made are counted in the answer, and the others are kept; a failure that may pass
// is an error, and the exporter sends all again.
func (a *API) otelRecord(ctx context.Context, in *otelExport, withIDs bool) (web.Answer, error) {
	isProto, batch, err := in.read()
	if err != nil {
		return web.Answer{}, err
	}
	ids := []string{}
	for entries := range batch.Entries(maxEntries) {
		some, err := a.importSpans(ctx, entries, &batch.Refusals)
		if err != nil {
			return web.Answer{}, err
		}
		ids = append(ids, some...)
	}
	for _, t := range batch.Traces() {
		if err := a.adopt(ctx, &t); err != nil {
			return web.Answer{}, err
		}
	}
	if batch.Refusals.Count > 0 {
		web.Annotate(ctx, slog.Int("refused_spans", batch.Refusals.Count), slog.String("refused_why", batch.Refusals.Message()))
	}
	answer := wire.Answer{Rejected: batch.Refusals.Count, Message: batch.Refusals.Message()}
	if isProto {
		return web.Answer{ContentType: mediaProtobuf, Body: answer.Proto()}, nil
	}
	if withIDs {
		answer.Records = ids
	}
	body, err := answer.JSON()
	return web.Answer{ContentType: mediaJSON, Body: body}, errs.Wrap("api.otelRecord", err)
}

// read decodes the export. JSON may come without a type or as text, as the SDKs send it.
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

// importSpans records entries, and returns the ids of the Logs in their order.
func (a *API) importSpans(ctx context.Context, entries []otlp.Entry, refused *wire.Refusals) ([]string, error) {
	reports := make([]logbook.Entry, len(entries))
	for i := range entries {
		e := &entries[i]
		e.Log.Usage = e.Usage
		a.price(e)
		reports[i] = logbook.Entry{Ref: file.Ref{Path: e.Path}, Content: e.Content, Log: e.Log}
	}
	var ids []string
	for i, err := range a.o.Logs.Import(ctx, reports) {
		switch {
		case err == nil:
			ids = append(ids, entries[i].Log.ID)
		case refusable(err):
			refused.Add("The span for `" + entries[i].Path + "` cannot be kept: " + errs.From(err).Message)
		default:
			return nil, err
		}
	}
	return ids, nil
}

// price sets what a call cost, unless the span says so: by the model that answered, or else by the one that was asked.
func (a *API) price(e *otlp.Entry) {
	asked, ok := e.Content.(*file.Prompt)
	l := &e.Log
	if !ok || !e.Usage.Known || l.PromptCost != nil || l.OutputCost != nil {
		return
	}
	for _, model := range []string{l.Model, asked.Model} {
		if l.PromptCost == nil {
			l.PromptCost, l.OutputCost = a.o.Gateway.Cost(l.Provider, model, e.Usage)
		}
	}
}

// refusable reports whether err is of one span alone, and would come again.
func refusable(err error) bool {
	code := errs.From(err).Reason.Code()
	return code >= 400 && code < 500 && code != 429
}

// adopt puts spans below the root of their trace that came before it and did not know its id.
func (a *API) adopt(ctx context.Context, t *otlp.Trace) error {
	alias := t.Alias
	if alias == "" && len(t.Open) > 0 {
		root, err := a.o.DB.Log(ctx, t.Root)
		if errs.Is(err, errs.LogNotFound) {
			return nil // it will adopt them
		}
		if err != nil {
			return err
		}
		alias = t.AliasIn(root)
	}
	if alias == "" {
		return nil
	}
	return a.o.DB.Adopt(ctx, t.Root, alias)
}
