// Package explore is the part of the HTTP interface that lists the Logs of all Files: lean rows, what they can be narrowed by, and rows as they come.
package explore

import (
	"context"
	"time"

	"github.com/openloop-server/openloop/internal/auth"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/store"
	"github.com/openloop-server/openloop/internal/trace"
	"github.com/openloop-server/openloop/internal/web"
)

// Options are what the handlers work on. All fields are required.
type Options struct {
	DB      *store.DB
	Now     func() time.Time
	Leaving func() bool // the server is about to stop: streams without an end end
}

// handlers are safe for concurrent use.
type handlers struct{ o Options }

// Routes returns the operations on the Logs of all Files.
func Routes(o Options) []web.Route {
	h := &handlers{o}
	return []web.Route{
		{Method: "GET", Path: "/v5/logs/rows", ID: "logs.rows", Tag: "Logs", Role: auth.Member, Summary: "List the Logs of all Files, without what was said", Op: web.JSON(h.rows)},
		{Method: "GET", Path: "/v5/logs/facets", ID: "logs.facets", Tag: "Logs", Role: auth.Member, Summary: "Count Logs by what they can be narrowed by", Op: web.JSON(h.facets)},
		{Method: "GET", Path: "/v5/logs/tail", ID: "logs.tail", Tag: "Logs", Role: auth.Member, Summary: "Stream Logs as they are stored", Op: h.tailOperation()},
	}
}

const (
	rowsBudget   = 150 * time.Millisecond
	facetsBudget = 300 * time.Millisecond
)

type listRows struct {
	filter
	Order  trace.RowOrder `query:"order" default:"newest" enum:"newest,oldest,cost,latency,tokens" doc:"By an amount: the greatest first, Logs without it last."`
	Size   int            `query:"size" default:"50" min:"1" max:"1000" doc:"Records at most."`
	After  string         `query:"after" doc:"The next of an answer: the list begins after it."`
	Before string         `query:"before" doc:"The previous of an answer: the list ends before it."`
}

func (h *handlers) rows(ctx context.Context, in *listRows) (*LogRows, error) {
	list := trace.RowList{Order: in.Order, Size: in.Size, Budget: rowsBudget}
	if in.After != "" && in.Before != "" {
		return nil, errs.Invalid("must not come with after", "before")
	}
	var err error
	if list.Filter, err = in.read(h.o.Now()); err != nil {
		return nil, err
	}
	if list.After, err = readCursor(in.After, in.Order, "after"); err != nil {
		return nil, err
	}
	if list.Before, err = readCursor(in.Before, in.Order, "before"); err != nil {
		return nil, err
	}
	page, err := h.o.DB.LogRows(ctx, &list)
	if err != nil {
		return nil, err
	}
	out := &LogRows{
		Records: rowsOf(page.Rows), Next: cursorOf(page.Last, in.Order), Previous: cursorOf(page.First, in.Order),
		Total: page.Total, TotalExact: page.TotalExact, LookedInto: page.LookedInto, Of: page.Of,
	}
	return out, nil
}

type countFacets struct {
	filter
	Field trace.Field `query:"field" required:"true" doc:"What Logs are counted by." enum:"type,path,file_id,version_id,provider,model,environment,status,origin,fault,error_reason,finish_reason,user,source,api_key,run_id"`
	Limit int         `query:"limit" default:"50" min:"1" max:"1000" doc:"Values at most."`
	Q     string      `query:"q" doc:"The beginning of a value or its label, in upper or lower case."`
}

func (h *handlers) facets(ctx context.Context, in *countFacets) (*LogFacets, error) {
	f, err := in.read(h.o.Now())
	if err != nil {
		return nil, err
	}
	counted, err := h.o.DB.LogFacets(ctx, &trace.FacetList{Filter: f, Field: in.Field, Prefix: in.Q, Limit: in.Limit, Budget: facetsBudget})
	if err != nil {
		return nil, err
	}
	out := &LogFacets{Field: string(in.Field), Values: make([]LogFacet, 0, len(counted.Values)), More: counted.More, Exact: counted.Exact, LookedInto: counted.LookedInto, Of: counted.Of}
	for _, v := range counted.Values {
		out.Values = append(out.Values, LogFacet(v))
	}
	return out, nil
}
