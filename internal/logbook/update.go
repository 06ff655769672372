package logbook

import (
	"context"

	"openloop/internal/errs"
	"openloop/internal/file"
	"openloop/internal/trace"
)

// Update applies change to the Log of a kind with the given id, and returns the result, committed. With a fileID the Log must be of that
// File. What change does to the ids, the time of creation and the place in a trace has no effect.
//
// A Log that becomes complete must say what was asked (inputs or messages) and what came of it (output, output message or error), unless
// its payload is not kept; it ends now, or later when something below it did. Errors: log_not_found, also for a Log of another kind or
// File; validation_failed for what a complete Log lacks; illegal_state for one that was complete and is not to be.
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

// Put is [Book.Log] for what is reported in pieces: when a Log with the id exists, what e says is added to it. What e does not say stays,
// times widen, and a Log that was complete stays so. Nothing is refused for what a complete Log lacks. Errors: those of [Book.Log], and
// already_exists when the Log that exists is of another kind.
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

// add adds what more says to the Log with its id.
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
