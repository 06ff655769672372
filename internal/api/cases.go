package api

import (
	"cmp"
	"context"

	v5 "github.com/openloop-server/openloop/internal/api/v5"
	"github.com/openloop-server/openloop/internal/cases"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/trace"
)

type datapointsOfLogs struct {
	ID          string              `path:"id"`
	VersionID   string              `query:"version_id" doc:"The version that the datapoints are added to. Either this or environment; the last saved version by default."`
	Environment string              `query:"environment" doc:"The name of an environment; the datapoints are added to the version deployed there."`
	Body        v5.DatapointsOfLogs `body:"json"`
}

func (a *API) datasetsAddLogs(ctx context.Context, in *datapointsOfLogs) (*v5.DatasetAddition, error) {
	b := &in.Body
	d := cases.Draft{
		Dataset: file.Ref{ID: in.ID, VersionID: in.VersionID, Environment: in.Environment}, LogIDs: b.LogIDs, Target: cmp.Or(cases.Target(b.Target), cases.FromOutput),
		Messages: b.Messages == nil || *b.Messages, VersionName: b.VersionName, VersionDescription: b.Description(),
	}
	if b.Filter != nil {
		d.Limit = b.Filter.Limit
		var err error
		if d.Filter, err = a.logFilter(ctx, b.Filter); err != nil {
			return nil, errs.Within(err, "filter")
		}
	}
	snap, record, err := a.cases.Add(ctx, d)
	if err != nil {
		return nil, err
	}
	dataset, err := shown[*v5.DatasetResponse](ctx, a, &snap)
	if err != nil {
		return nil, err
	}
	out := &v5.DatasetAddition{DatasetResponse: *dataset, Record: v5.AdditionRecord{Logs: record.Logs, Added: record.Added, Known: record.Known, Skipped: map[string]int{}}}
	for reason, n := range record.Skipped {
		out.Record.Skipped[string(reason)] = n
	}
	return out, nil
}

// logFilter is the filter that f asks for, with the Evaluators that it names.
func (a *API) logFilter(ctx context.Context, f *v5.LogFilter) (*trace.Filter, error) {
	out := &trace.Filter{
		FileID: f.FileID, VersionID: f.VersionID, Search: f.Search, MetadataSearch: f.MetadataSearch, From: timeOf(f.StartDate), To: timeOf(f.EndDate),
		ErrorReason: f.ErrorReason, Sample: f.Sample,
	}
	for i, j := range f.Judgments {
		snap, err := a.o.Catalog.Find(ctx, file.EvaluatorKind, file.Ref{ID: j.ID, Path: j.Path})
		if err != nil {
			return nil, errs.Within(err, "judgments", i)
		}
		out.Judged = append(out.Judged, trace.Judged{
			EvaluatorID: snap.File.ID, Is: cmp.Or(trace.Operator(j.Operator), trace.Equal), Judgment: j.Judgment,
		})
	}
	return out, nil
}
