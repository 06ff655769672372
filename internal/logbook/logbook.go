// Package logbook records what ran, here or elsewhere, and changes such records.
//
// Only Logs of Flows and Agents have a status, because others are logged below them while they run. The status is incomplete, the default,
// or complete, which is final. A trace is complete when its root is. A Log outside a trace is complete when it is stored.
package logbook

import (
	"context"
	"strings"
	"time"

	"github.com/openloop-server/openloop/internal/auth"
	"github.com/openloop-server/openloop/internal/catalog"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/ids"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/models"
	"github.com/openloop-server/openloop/internal/store"
	"github.com/openloop-server/openloop/internal/telemetry"
	"github.com/openloop-server/openloop/internal/trace"
)

// Book records Logs. It is safe for concurrent use.
type Book struct{ o Options }

// Options configures a Book. All fields are required.
type Options struct {
	DB      *store.DB
	Catalog *catalog.Catalog
	Models  *models.Registry // that say what an imported span cost
	Now     func() time.Time
}

// New returns a Book.
func New(o Options) *Book { return &Book{o: o} }

// Entry is a report of something that ran elsewhere.
type Entry struct {
	file.Ref              // the File, by ID or Path, and the version that ran
	Content  file.Content // brought along: the version is found by it, or made, with the File and its directories; nil means that of Ref

	// Log is what is reported. Kind is needed. FileID, VersionID, CreatedBy and UpdatedAt are set here, and where they are zero ID,
	// CreatedAt, Status, and of a Prompt's or Agent's Log Provider and Model. With TraceParentID alone the parent must exist and its trace
	// be incomplete; with TraceID too, the Log is stored in that trace in any case (see [store.DB.AppendLog]).
	Log trace.Log
}

// Log records e and returns its committed Log.
//
// Errors: those of finding or making the version; validation_failed if a complete Log lacks required members (see [Book.Update]) or its
// Evaluator cannot give the judgment; log_not_found if the trace parent or the judged Log does not exist; already_exists if the id is
// taken; illegal_state if the trace is complete.
func (b *Book) Log(ctx context.Context, e Entry) (*trace.Log, error) {
	return b.log(ctx, e, true)
}

// log records e. If strict is set, a complete Log must have its required members.
func (b *Book) log(ctx context.Context, e Entry, strict bool) (*trace.Log, error) {
	version, err := b.version(ctx, &e)
	if err != nil {
		return nil, err
	}
	l, err := b.build(ctx, e.Log, &version)
	if err != nil {
		return nil, err
	}
	if e.Content == nil {
		l.DeployedEnvironment = version.DeployedTo(e.Ref)
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

// build returns the Log of version that l reports.
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

// Record commits l, a complete record but for the ids of the request and the trace in ctx, with its riders. Errors are those of [store.DB.AppendLog].
func (b *Book) Record(ctx context.Context, l *trace.Log, riders ...*store.Rider) error {
	l.RequestID, l.OTelTraceID = ids.RequestFrom(ctx), telemetry.TraceID(ctx)
	span := telemetry.Commit(ctx, l.ID)
	err := b.o.DB.AppendLog(ctx, l, riders...)
	span.End(err)
	return err
}

// Storable checks, before a call costs money, that its Log can be stored, and returns the id of its trace, "" if there is none. Errors:
// validation_failed; already_exists for an id that is taken; log_not_found for an unknown trace parent; illegal_state for one whose trace
// is complete.
func (b *Book) Storable(ctx context.Context, l *trace.Log) (traceID string, err error) {
	if strings.ContainsRune(l.ID, 0) { // the one character that no database keeps
		return "", errs.Invalid("The id of a Log cannot hold U+0000.", "log_id")
	}
	if l.ID != "" {
		taken, err := b.o.DB.LogExists(ctx, l.ID)
		if err != nil {
			return "", err
		}
		if taken {
			return "", errs.New(errs.AlreadyExists, "A Log with the id %q exists already.", l.ID).At("log_id")
		}
	}
	if l.TraceParentID == "" {
		return "", nil
	}
	traceID, err = b.o.DB.TraceOf(ctx, l.TraceParentID)
	if errs.Is(err, errs.LogNotFound) {
		return "", errs.New(errs.LogNotFound, "The trace parent %q does not exist.", l.TraceParentID).At("trace_parent_id")
	}
	return traceID, err
}

// version finds or makes the version of e.
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

// emptyContent returns the content of a File whose first Log has only a path. Flows and Tools allow an empty content; for other kinds it is
// nil.
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

// nameModel sets the provider and model of a Prompt's or an Agent's Log that does not name them, from the version.
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
