package show

import (
	"context"

	v5 "github.com/openloop-server/openloop/internal/api/v5"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/store"
	"github.com/openloop-server/openloop/internal/trace"
)

// ReviewItems shows Logs that a person is to judge, if blind without what could influence the judgment. It never returns nil without an error.
func (s *Shows) ReviewItems(ctx context.Context, items []store.ReviewItem, blind bool) ([]v5.ReviewItem, error) {
	logs, datapointIDs, versionIDs := make([]*trace.Log, len(items)), make([]string, len(items)), make([]string, len(items))
	for i := range items {
		logs[i], datapointIDs[i], versionIDs[i] = items[i].Log, items[i].Log.DatapointID, items[i].VersionID
	}
	datapoints, err := s.db.DatapointsByID(ctx, datapointIDs)
	if err != nil {
		return nil, err
	}
	versions, err := s.catalog.Versions(ctx, versionIDs)
	if err != nil {
		return nil, err
	}
	shown, err := s.Logs(ctx, logs, LogParts{Children: !blind})
	if err != nil {
		return nil, err
	}
	out := make([]v5.ReviewItem, len(items))
	for i := range items {
		out[i] = v5.ReviewItem{RunID: items[i].RunID, Log: shown[i], HeldUntil: items[i].Until}
		if blind {
			out[i].RunID, out[i].Log = "", shown[i].Blind()
		}
		if d, ok := datapoints[datapointIDs[i]]; ok {
			out[i].Datapoint = &v5.DatapointResponses([]file.Datapoint{d})[0]
		}
		if out[i].Evaluator, err = s.reviewEvaluator(versions[versionIDs[i]]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (s *Shows) reviewEvaluator(snap *file.Snapshot) (v5.ReviewEvaluator, error) {
	opened, err := s.catalog.Opened(snap)
	if err != nil {
		return v5.ReviewEvaluator{}, err
	}
	out := v5.ReviewEvaluator{ID: snap.File.ID, VersionID: snap.Version.ID, Path: snap.File.Path, Options: []file.Option{}}
	if e, ok := opened.Content.(*file.Evaluator); ok {
		out.ReturnType, out.NumberLimits, out.Instructions = string(e.ReturnType), e.NumberLimits, e.Instructions
		out.Options = append(out.Options, e.Options...)
	}
	return out, nil
}
