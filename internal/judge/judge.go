// Package judge lets Evaluators judge Logs: it runs their Python code, asks their models, and checks what comes back. It stores nothing and
// knows neither Runs nor monitoring.
package judge

import (
	"context"
	"time"

	"github.com/openloop-server/openloop/internal/auth"
	"github.com/openloop-server/openloop/internal/catalog"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/ids"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/relay"
	"github.com/openloop-server/openloop/internal/sandbox"
	"github.com/openloop-server/openloop/internal/show"
	"github.com/openloop-server/openloop/internal/trace"
)

// Judge is safe for concurrent use.
type Judge struct{ o Options }

// Options configures a Judge. All fields are required.
type Options struct {
	Shows   *show.Shows
	Catalog *catalog.Catalog
	Relay   *relay.Relay
	Python  *sandbox.Pool
	Now     func() time.Time
}

// New returns a Judge.
func New(o Options) *Judge { return &Judge{o: o} }

// Judge lets a version of an Evaluator judge a Log, with the datapoint that the Log is for, which may be nil. The Evaluator's Log that it
// returns is complete but not stored; its id may be replaced. A failure of the Evaluator or of its model is on that Log, with the reason in
// its Detail. An error says nothing about the judged Log: the context ended, the server stops, or the database cannot be reached.
func (j *Judge) Judge(ctx context.Context, evaluator *file.Snapshot, log *trace.Log, testcase *file.Datapoint) (*trace.Log, error) {
	opened, err := j.o.Catalog.Opened(evaluator)
	if err != nil {
		return nil, err
	}
	content, ok := opened.Content.(*file.Evaluator)
	if !ok {
		return nil, errs.New(errs.EvaluatorNotFound, "A %s cannot judge.", evaluator.File.Kind.Spec().Title)
	}
	c := &judging{Judge: j, evaluator: content, log: log, testcase: testcase, out: j.begin(ctx, evaluator, log)}
	switch content.Type {
	case file.PythonEvaluator:
		err = c.run(ctx)
	case file.LLMEvaluator:
		err = c.ask(ctx, evaluator)
	case file.HumanEvaluator, file.ExternalEvaluator:
		err = errs.New(errs.EvaluatorInvalid, "The server does not run this Evaluator: people or clients judge by it.")
	}
	if err != nil {
		err = c.failed(ctx, err)
	}
	if err != nil {
		return nil, err
	}
	c.out.EndTime = j.o.Now()
	return c.out, nil
}

// begin returns the Log of a judgment that is still to be found.
func (j *Judge) begin(ctx context.Context, evaluator *file.Snapshot, log *trace.Log) *trace.Log {
	now := j.o.Now()
	return &trace.Log{
		ID: ids.New(ids.Log, now), Kind: file.EvaluatorKind, FileID: evaluator.File.ID, VersionID: evaluator.Version.ID, ParentID: log.ID,
		CreatedAt: now, StartTime: now, CreatedBy: auth.From(ctx).KeyID,
	}
}

// judging is one judgment.
type judging struct {
	*Judge
	evaluator *file.Evaluator
	log       *trace.Log
	testcase  *file.Datapoint
	out       *trace.Log // the Evaluator's
}

// failed writes err on the Log if it is about the Evaluator or its model. It returns any other.
func (c *judging) failed(ctx context.Context, err error) error {
	err = errs.Cause(ctx, err)
	if relay.Cancelled(err) || errs.Is(err, errs.Internal, errs.DependencyUnavailable, errs.ShuttingDown) {
		return err
	}
	c.tell(ctx, errs.From(err))
	return nil
}

// tell writes e on the Log. It does not name the Log there, whose id may be replaced.
func (c *judging) tell(ctx context.Context, e *errs.Error) {
	detail := e.Detail(ids.RequestFrom(ctx), "")
	detail.LogID = ""
	c.out.Fail(detail)
}

// given is what an Evaluator says of a Log.
type given struct {
	judgment  json.Value // null if it abstains
	reasoning string     // "" for none
	metadata  json.Value // an object, or nil
}

// conclude writes g on the Log.
func (c *judging) conclude(g given) {
	c.out.Payload.Judgment, c.out.Metadata = g.judgment, g.metadata
	if g.reasoning != "" {
		c.out.Payload.Output = &g.reasoning
	}
}
