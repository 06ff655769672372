// Package logbook holds the use cases of Logs: recording what ran, changing what was recorded, and telling who waits for a Log or a trace
// to be whole.
//
// Logs of Flows and Agents have a status, since others are logged below them while they run: incomplete, which is also what it is when
// nobody says, and complete, which is final. A trace is whole when its root is complete; a Log outside any trace is whole when it is stored.
package logbook

import (
	"context"
	"time"

	"openloop/internal/auth"
	"openloop/internal/catalog"
	"openloop/internal/errs"
	"openloop/internal/file"
	"openloop/internal/ids"
	"openloop/internal/json"
	"openloop/internal/store"
	"openloop/internal/trace"
)

// Book records Logs. It is safe for concurrent use.
type Book struct{ o Options }

// Options is what a Book works with. All fields are needed but Completed.
type Options struct {
	DB      *store.DB
	Catalog *catalog.Catalog
	Now     func() time.Time

	// Completed is told, after the commit, of each Log or trace that became whole, and again when one that was whole is changed or gets
	// something late. It is called on the goroutine that recorded it and must return at once; the context ends with the request. With
	// [store.Options.Relaxed] a Log may not be on disk yet.
	Completed func(context.Context, trace.Completion)
}

// New returns a Book.
func New(o Options) *Book {
	if o.Completed == nil {
		o.Completed = func(context.Context, trace.Completion) {}
	}
	return &Book{o: o}
}

// Entry reports something that ran elsewhere.
type Entry struct {
	file.Ref              // the File, by ID or Path, and the version that ran
	Content  file.Content // brought along: the version is found by it, or made, with the File and its directories; nil means that of Ref

	// Log is what is reported. Kind is needed. FileID, VersionID, CreatedBy and UpdatedAt are set here, and where they are zero ID,
	// CreatedAt, Status, and of a Prompt's or Agent's Log Provider and Model. With TraceParentID alone the parent must exist and its trace
	// be incomplete; with TraceID too, the Log is stored in that trace in any case (see [store.DB.AppendLog]).
	Log trace.Log
}

// Log records e and returns its Log, committed.
//
// Errors: those of finding or making the version; validation_failed for a complete Log that lacks what it needs (see
// [Book.Update]) or a judgment that its Evaluator cannot give; log_not_found for an unknown trace parent or judged Log;
// already_exists for an id that is taken; illegal_state for a trace that is complete.
func (b *Book) Log(ctx context.Context, e Entry) (*trace.Log, error) {
	return b.log(ctx, e, true)
}

// log records e. When it is strict, a Log that is complete must have what it needs.
func (b *Book) log(ctx context.Context, e Entry, strict bool) (*trace.Log, error) {
	version, err := b.version(ctx, &e)
	if err != nil {
		return nil, err
	}
	l, err := b.build(ctx, e.Log, &version)
	if err != nil {
		return nil, err
	}
	if strict && l.Status == trace.Complete {
		if err := lacks(l); err != nil {
			return nil, err
		}
	}
	if err := b.Record(ctx, l); err != nil {
		return nil, err
	}
	return l, nil
}

// build makes the Log of version that l reports.
func (b *Book) build(ctx context.Context, l trace.Log, version *file.Snapshot) (*trace.Log, error) {
	l.FileID, l.VersionID, l.CreatedBy = version.File.ID, version.Version.ID, auth.From(ctx).KeyID
	if l.CreatedAt.IsZero() {
		l.CreatedAt = b.o.Now()
	}
	if l.ID == "" {
		l.ID = ids.New(ids.Log, b.o.Now())
	}
	b.begin(&l)
	return &l, b.nameModel(&l, version)
}

// Record commits l, which is made already, and tells of what became whole. It is [store.DB.AppendLog] for every Log that is not only stored
// but also happened.
func (b *Book) Record(ctx context.Context, l *trace.Log) error {
	if err := b.o.DB.AppendLog(ctx, l); err != nil {
		return err
	}
	b.tell(ctx, l, false)
	return nil
}

// tell tells of l, which was stored or changed, or of the trace that it lies in. One that still grows is not told of.
func (b *Book) tell(ctx context.Context, l *trace.Log, again bool) {
	if l.TraceID == "" || l.TraceID == l.ID {
		b.whole(ctx, l, again)
		return
	}
	switch status, err := b.o.DB.TraceStatus(ctx, l.TraceID); {
	case err != nil: // l came before the root, which will tell
	case status == "": // the trace never becomes complete
		b.whole(ctx, l, again)
	case status == trace.Complete:
		if root, err := b.o.DB.Log(ctx, l.TraceID); err == nil {
			b.whole(ctx, root, true)
		}
	}
}

func (b *Book) whole(ctx context.Context, l *trace.Log, again bool) {
	if l.Status != trace.Incomplete {
		b.o.Completed(ctx, trace.Completion{Log: l, Again: again})
	}
}

// version finds or makes the version that e is about.
func (b *Book) version(ctx context.Context, e *Entry) (file.Snapshot, error) {
	if e.Log.Kind == file.EvaluatorKind {
		return b.judges(ctx, e)
	}
	version, err := b.o.Catalog.Use(ctx, e.Log.Kind, e.Ref, e.Content)
	if empty := emptyContent(e); empty != nil && errs.Is(err, e.Log.Kind.Spec().NotFound) {
		return b.o.Catalog.Use(ctx, e.Log.Kind, e.Ref, empty)
	}
	return version, err
}

// emptyContent is what a File is made with whose first Log names no more than its path: of a Flow or a Tool, which can be without any. It
// is nil where there is none.
func emptyContent(e *Entry) file.Content {
	if e.Content != nil || e.Ref != (file.Ref{Path: e.Path}) || e.Path == "" {
		return nil
	}
	switch e.Log.Kind { //nolint:exhaustive // the others need a model, or say what a judgment is
	case file.FlowKind:
		return &file.Flow{}
	case file.ToolKind:
		return &file.Tool{}
	}
	return nil
}

// nameModel sets who answered a Prompt's or an Agent's Log that does not say so: whom the version asks.
func (b *Book) nameModel(l *trace.Log, version *file.Snapshot) error {
	if l.Model != "" || l.Kind != file.PromptKind && l.Kind != file.AgentKind {
		return nil
	}
	var asks struct {
		Provider string `json:"provider"`
		Model    string `json:"model"`
	}
	if err := json.UnmarshalForeign(version.Version.Content, &asks); err != nil {
		return errs.Wrap("logbook.nameModel", err)
	}
	l.Provider, l.Model = asks.Provider, asks.Model
	return nil
}
