package gateway

import (
	"context"

	"openloop/internal/auth"
	"openloop/internal/errs"
	"openloop/internal/file"
	"openloop/internal/ids"
	"openloop/internal/store"
	"openloop/internal/trace"
)

// LogInput reports a call of a Prompt that was made elsewhere.
type LogInput struct {
	Target store.Target
	Prompt *file.Prompt // brought along: the version is found by content, or made
	Labels Labels
	Fill   func(*trace.Log) // writes what is reported on the Log
}

// Log records a call of a Prompt that was made elsewhere, and returns its Log, committed.
func (g *Gateway) Log(ctx context.Context, who auth.Principal, in *LogInput) (*trace.Log, error) {
	p, err := g.resolve(ctx, who, in.Target, in.Prompt)
	if err != nil {
		return nil, err
	}
	log := &trace.Log{
		ID: in.Labels.LogID, Kind: p.File.Kind, FileID: p.File.ID, VersionID: p.Version.ID,
		CreatedAt: g.o.Now(), Provider: p.Content.Provider, Model: p.Content.Model, CreatedBy: who.KeyID,
	}
	if log.ID == "" {
		log.ID = ids.New(ids.Log, log.CreatedAt)
	}
	in.Labels.put(log)
	in.Fill(log)
	if err := g.keep(ctx, log); err != nil {
		return nil, err
	}
	return log, nil
}

// UpdateLog changes a Log of the File with the given id. One that keeps no payload gets none. Errors: log_not_found, also for a Log
// of another File.
func (g *Gateway) UpdateLog(ctx context.Context, fileID, logID string, change func(*trace.Log)) (*trace.Log, error) {
	return g.o.DB.UpdateLog(ctx, logID, func(l *trace.Log) error {
		if l.FileID != fileID {
			return errs.New(errs.LogNotFound, "The Log `%s` does not exist in this File.", logID)
		}
		change(l)
		if l.PayloadDropped {
			l.Payload = trace.Payload{}
		}
		return nil
	})
}
