// Package spans is the part of the HTTP interface that shows a trace as a list of lean spans.
package spans

import (
	"context"
	"slices"
	"time"

	"github.com/openloop-server/openloop/internal/auth"
	"github.com/openloop-server/openloop/internal/catalog"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/show"
	"github.com/openloop-server/openloop/internal/store"
	"github.com/openloop-server/openloop/internal/trace"
	"github.com/openloop-server/openloop/internal/web"
)

// Options are what the handlers work on. All fields are required.
type Options struct {
	DB      *store.DB
	Catalog *catalog.Catalog
}

// Page is a part of a trace.
type Page struct {
	Records []Span `json:"records" doc:"Each span comes before those below it, and siblings come in the order in which they began."`
	Total   int    `json:"total" doc:"The spans of the whole trace."`
	Cursor  string `json:"cursor,omitempty" doc:"The cursor of the next part; absent in the last one."`
}

// Span is a Log of a trace without what was said.
type Span struct {
	ID       string    `json:"id"`
	ParentID string    `json:"parent_id,omitempty" doc:"The Log above; absent of the root."`
	Depth    int       `json:"depth" doc:"0 of the root."`
	Type     file.Kind `json:"type" enum:"prompt,tool,evaluator,flow,agent"`

	FileID      string `json:"file_id"`
	Path        string `json:"path"`
	VersionID   string `json:"version_id"`
	VersionName string `json:"version_name,omitempty"`

	Status           string         `json:"status" enum:"ok,failed,incomplete" doc:"incomplete: more Logs may come below it."`
	Error            string         `json:"error,omitempty" doc:"What failed; at most 300 characters."`
	ErrorReason      errs.Reason    `json:"error_reason,omitempty" doc:"Of a call that failed here."`
	CreatedAt        time.Time      `json:"created_at"`
	StartTime        *time.Time     `json:"start_time,omitzero"`
	EndTime          *time.Time     `json:"end_time,omitzero"`
	ProviderLatency  *float64       `json:"provider_latency,omitzero" doc:"Seconds."`
	TimeToFirstToken *float64       `json:"time_to_first_token,omitzero" doc:"Seconds, of a stream."`
	Provider         string         `json:"provider,omitempty"`
	Model            string         `json:"model,omitempty"`
	FinishReason     string         `json:"finish_reason,omitempty"`
	PromptTokens     *int64         `json:"prompt_tokens,omitzero"`
	OutputTokens     *int64         `json:"output_tokens,omitzero"`
	Cost             *float64       `json:"cost,omitzero" doc:"US dollars, for prompt and output; absent if unknown."`
	Attempts         []errs.Attempt `json:"attempts,omitempty" doc:"The attempts in order, if there was more than one."`
}

// Routes returns the operations on traces.
func Routes(o Options) []web.Route {
	h := &handlers{o}
	return []web.Route{
		{Method: "GET", Path: "/v5/logs/{id}/trace", ID: "logs.trace", Tag: "Logs", Role: auth.Member, Summary: "List the spans of a trace", Op: web.JSON(h.trace)},
	}
}

// handlers are safe for concurrent use.
type handlers struct{ o Options }

type traceOf struct {
	ID     string `path:"id"`
	Cursor string `query:"cursor" doc:"Of the part before; absent for the first part."`
	Size   int    `query:"size" default:"200" min:"1" max:"2000" doc:"Spans at most."`
}

func (h *handlers) trace(ctx context.Context, in *traceOf) (*Page, error) {
	spans, err := h.o.DB.Spans(ctx, in.ID, in.Cursor, in.Size)
	if err != nil {
		return nil, err
	}
	ids := make([]string, 0, len(spans.Logs))
	for _, l := range spans.Logs {
		ids = append(ids, l.VersionID)
	}
	slices.Sort(ids)
	versions, err := h.o.Catalog.Versions(ctx, slices.Compact(ids))
	if err != nil {
		return nil, err
	}
	out := &Page{Records: make([]Span, 0, len(spans.Logs)), Total: spans.Total}
	for i, l := range spans.Logs {
		out.Records = append(out.Records, spanOf(l, spans.Depths[i], versions[l.VersionID]))
	}
	if spans.More {
		out.Cursor = spans.Logs[len(spans.Logs)-1].ID
	}
	return out, nil
}

func spanOf(l *trace.Log, depth int, version *file.Snapshot) Span {
	out := Span{
		ID: l.ID, ParentID: l.TraceParentID, Depth: depth, Type: l.Kind, FileID: l.FileID, VersionID: l.VersionID, Status: statusOf(l),
		CreatedAt: l.CreatedAt, StartTime: show.Time(l.StartTime), EndTime: show.Time(l.EndTime), ProviderLatency: l.Latency, TimeToFirstToken: l.FirstToken,
		Provider: l.Provider, Model: l.Model, FinishReason: l.FinishReason, PromptTokens: l.PromptTokens, OutputTokens: l.OutputTokens,
		Cost: costOf(l), Attempts: l.Attempts,
	}
	if version != nil {
		out.Path, out.VersionName = version.File.Path, version.Version.Name
	}
	if l.Error != nil {
		out.Error = errs.Clean(*l.Error, maxError)
	}
	if l.Detail != nil {
		out.ErrorReason = l.Detail.Reason
	}
	return out
}

const maxError = 300

func statusOf(l *trace.Log) string {
	switch {
	case l.Error != nil:
		return "failed"
	case l.Status == trace.Incomplete:
		return "incomplete"
	}
	return "ok"
}

// costOf is what a Log cost, or nil if that is unknown.
func costOf(l *trace.Log) *float64 {
	if l.PromptCost == nil && l.OutputCost == nil {
		return nil
	}
	sum := 0.0
	for _, part := range []*float64{l.PromptCost, l.OutputCost} {
		if part != nil {
			sum += *part
		}
	}
	return &sum
}
