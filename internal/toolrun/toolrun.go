// Package toolrun runs Tools and records what came of it: users' Python, requests to APIs, searches, snippets, mocks. A Tool that fails is recorded like one that
// succeeds, with the error on its Log.
package toolrun

import (
	"context"
	"net/http"
	"time"

	"github.com/openloop-server/openloop/internal/auth"
	"github.com/openloop-server/openloop/internal/catalog"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/ids"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/logbook"
	"github.com/openloop-server/openloop/internal/mcpclient"
	"github.com/openloop-server/openloop/internal/relay"
	"github.com/openloop-server/openloop/internal/sandbox"
	"github.com/openloop-server/openloop/internal/telemetry"
	"github.com/openloop-server/openloop/internal/trace"
	"github.com/openloop-server/openloop/internal/vault"
)

// Runner runs Tools and records what came of it. It is safe for concurrent use.
type Runner struct{ o Options }

// Options configures a Runner. All fields are required.
type Options struct {
	Catalog *catalog.Catalog
	Vault   *vault.Vault
	Python  *sandbox.Pool
	Logs    *logbook.Book
	HTTP    *http.Client // of [netguard.NewClient]
	MCP     *mcpclient.Client
	Now     func() time.Time
}

// New returns a Runner.
func New(o Options) *Runner { return &Runner{o: o} }

// Input describes a run of a Tool.
type Input struct {
	file.Ref
	Tool     *file.Tool // brought along: the version is found by content, or made
	Past     bool       // the version that VersionID names is run even if it, or its File, was deleted
	Function string     // of a Tool that has several; otherwise it may be empty
	Inputs   json.Value // an object
	Log      trace.Log  // what the caller attaches to the Log; its id may be given. With a TraceID it is stored in that trace in any case

	// Keep reports whether a run that was ended by something else than the Tool is recorded. Nil records every run.
	Keep func(failure error) bool
}

// Result is what came of a run.
type Result struct {
	Snapshot file.Snapshot // the version that ran
	Tool     *file.Tool    // its content
	Log      *trace.Log    // committed
}

// Run runs a Tool and records its Log. A Tool that fails has a Log with Error and Detail, and Run returns no error. An error says that the Tool could
// not be run: the version or the trace parent was not found, tool_not_runnable for a Tool that only a client can run, validation_failed for inputs
// that do not fit the parameters of the function. No Log is recorded then. What ends a run that has begun is recorded and returned: the end of ctx,
// shutting_down, runtime_unavailable for a server without Python, and the errors of [vault.Vault.VariablesFor].
func (r *Runner) Run(ctx context.Context, in *Input) (*Result, error) {
	t, err := r.prepare(ctx, in)
	if err != nil {
		return nil, err
	}
	within, span := telemetry.Tool(ctx, t.name(), string(t.inputs))
	failure := t.run(within)
	span.Returned(t.log.Payload.Output, reasonOf(t.log), failure)
	if failure == nil || in.Keep == nil || in.Keep(failure) {
		if err := r.o.Logs.Record(context.WithoutCancel(ctx), t.log); err != nil {
			return nil, err
		}
	}
	if failure != nil {
		return nil, failure
	}
	return &Result{Snapshot: *t.version, Tool: t.tool, Log: t.log}, nil
}

// name returns what the run is called in traces: its function, or else its File.
func (t *task) name() string {
	switch {
	case t.called != nil:
		return t.called.Name
	case t.tool.Function != nil:
		return t.tool.Function.Name
	}
	return t.version.File.Name()
}

// reasonOf returns why a Tool failed, "" if it did not.
func reasonOf(l *trace.Log) string {
	if l.Detail == nil {
		return ""
	}
	return string(l.Detail.Reason)
}

// task is one run.
type task struct {
	*Runner
	version *file.Snapshot
	tool    *file.Tool
	called  *file.MCPFunction // of an MCP server
	inputs  json.Value        // an object that fits the parameters
	log     *trace.Log
	mask    mask
}

// prepare resolves the version and checks the inputs. Its errors are not recorded.
func (r *Runner) prepare(ctx context.Context, in *Input) (*task, error) {
	version, err := r.resolve(ctx, in)
	if err != nil {
		return nil, err
	}
	opened, err := r.o.Catalog.Opened(version)
	if err != nil {
		return nil, err
	}
	tool, ok := opened.Content.(*file.Tool)
	if !ok {
		return nil, errs.New(errs.ToolNotFound, "A %s is not a Tool.", version.File.Kind.Spec().Title)
	}
	if !Runnable(tool) {
		return nil, notRunnable(version, tool)
	}
	traceID := in.Log.TraceID
	if traceID == "" {
		if traceID, err = r.o.Logs.Storable(ctx, &in.Log); err != nil {
			return nil, err
		}
	}
	t := &task{Runner: r, version: version, tool: tool, inputs: json.ObjectOrEmpty(in.Inputs)}
	if k := json.Kind(in.Inputs); k != '{' && k != 'n' && k != 0 {
		return nil, errs.Invalid("The inputs of a Tool are an object.", "inputs")
	}
	function, err := t.choose(in.Function)
	if err == nil {
		err = errs.Within(checkInputs(function, t.inputs), "inputs")
	}
	if err != nil {
		return nil, err
	}
	t.log = t.begin(ctx, in.Log, traceID)
	if in.Tool == nil {
		t.log.DeployedEnvironment = version.DeployedTo(in.Ref)
	}
	return t, nil
}

// resolve returns the version to run.
func (r *Runner) resolve(ctx context.Context, in *Input) (*file.Snapshot, error) {
	if in.Past {
		return r.o.Catalog.Past(ctx, file.ToolKind, in.VersionID)
	}
	var content file.Content
	if in.Tool != nil {
		content = in.Tool
	}
	snap, err := r.o.Catalog.Use(ctx, file.ToolKind, in.Ref, content)
	return &snap, err
}

// begin returns the Log of a run that is still to come.
func (t *task) begin(ctx context.Context, log trace.Log, traceID string) *trace.Log {
	now := t.o.Now()
	if log.ID == "" {
		log.ID = ids.New(ids.Log, now)
	}
	if log.StartTime.IsZero() {
		log.StartTime = now
	}
	log.Kind, log.FileID, log.VersionID = file.ToolKind, t.version.File.ID, t.version.Version.ID
	log.CreatedAt, log.CreatedBy, log.TraceID = now, auth.From(ctx).KeyID, traceID
	log.Payload = trace.Payload{Inputs: t.inputs}
	if t.called != nil {
		log.Metadata = trace.Note(log.Metadata, noteOf(t.called))
	}
	return &log
}

// run runs the Tool and writes on the Log what came of it. It returns a failure that is not the Tool's.
func (t *task) run(ctx context.Context) error {
	out, err := runs(t.tool)(t, ctx)
	t.settle(t.mask.outcome(out))
	if err == nil {
		return nil
	}
	if err = errs.Cause(ctx, err); relay.Cancelled(err) {
		message := "The caller ended the connection before the Tool had ended."
		t.log.Error = &message
		return err
	}
	e := t.mask.error(errs.From(err))
	detail := e.Detail(ids.RequestFrom(ctx), "")
	detail.Line = out.line
	t.log.Fail(detail)
	if errs.Is(e, errs.GatewayPermissionDenied, errs.ShuttingDown, errs.Internal, errs.DependencyUnavailable, errs.RuntimeUnavailable) {
		return e.With(func(e *errs.Error) { e.LogID = t.log.ID })
	}
	return nil
}

// variables returns the Tool's variables by name, and has them hidden in what comes out.
func (t *task) variables(ctx context.Context) (map[string]string, error) {
	all, err := t.o.Vault.VariablesFor(ctx, t.version)
	if err != nil {
		return nil, err
	}
	t.mask = newMask(all)
	out := make(map[string]string, len(all))
	for _, v := range all {
		out[v.Name] = v.Value
	}
	return out, nil
}

// settle writes an outcome on the Log.
func (t *task) settle(out outcome) {
	if t.log.EndTime.IsZero() {
		t.log.EndTime = t.o.Now()
	}
	t.log.Payload.Output = out.output
	if out.stdout != "" {
		t.log.Payload.Stdout = &out.stdout
	}
}
