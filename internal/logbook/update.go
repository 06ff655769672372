package logbook

import (
	"context"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/trace"
)

// Update applies change to the Log of a kind with the given id, and returns the committed result. If fileID is set, the Log must belong to
// that File. Changes of ids, of the creation time and of the place in a trace have no effect.
//
// A Log that becomes complete must have an input (inputs or messages) and a result (output, output message or error), unless its payload is
// not kept. It ends now, or later if something below it ended later. Errors: log_not_found, also for a Log of another kind or File;
// validation_failed if a complete Log lacks required members; illegal_state if the change makes a complete Log incomplete.
func (b *Book) Update(ctx context.Context, kind file.Kind, fileID, id string, change func(*trace.Log)) (*trace.Log, error) {
	return b.o.DB.UpdateLog(ctx, id, func(l *trace.Log) error {
		if l.Kind != kind || fileID != "" && l.FileID != fileID {
			return errs.New(errs.LogNotFound, "The Log `%s` does not exist in this %s.", id, kind.Spec().Title)
		}
		before := l.Status
		change(l)
		return b.progress(l, before)
	})
}

// Advance is [Book.Update] for a step of an Agent that runs here: it leaves no event, and stores nothing if change fails.
func (b *Book) Advance(ctx context.Context, id string, change func(*trace.Log) error) (*trace.Log, error) {
	return b.o.DB.AdvanceLog(ctx, id, func(l *trace.Log) error {
		before := l.Status
		if err := change(l); err != nil {
			return err
		}
		return b.progress(l, before)
	})
}

// Put is like [Book.Log], for reports that arrive in parts: if a Log with the id exists, Put adds the members of e to it. Absent members
// stay, times widen, and a complete Log stays complete. A complete Log may lack required members. Errors: those of [Book.Log], and
// already_exists if the existing Log is of another kind.
func (b *Book) Put(ctx context.Context, e Entry) (*trace.Log, error) {
	l, err := b.add(ctx, &e.Log)
	if !errs.Is(err, errs.LogNotFound) {
		return l, err
	}
	l, err = b.log(ctx, e, false)
	if errs.Is(err, errs.AlreadyExists) { // perhaps it was made in the meantime
		if later, missing := b.add(ctx, &e.Log); missing == nil {
			return later, nil
		}
	}
	return l, err
}

// add adds the members of more to the Log with its id.
func (b *Book) add(ctx context.Context, more *trace.Log) (*trace.Log, error) {
	if more.ID == "" {
		return nil, errs.New(errs.LogNotFound, "A Log without an id cannot exist yet.")
	}
	return b.o.DB.UpdateLog(ctx, more.ID, func(l *trace.Log) error {
		if l.Kind != more.Kind {
			return errs.New(errs.AlreadyExists, "The Log `%s` exists already, and is one of a %s.", l.ID, l.Kind.Spec().Title)
		}
		merge(l, more)
		b.end(l)
		return nil
	})
}
