// Package evaluations creates Evaluations and Runs, runs them, and summarises them. It resolves the references in requests to versions.
//
// What a Run still lacks waits as tasks in the store. The handlers of this package do them: [Service.MakeLog] calls the Run's version with a
// datapoint, and [Service.JudgeLog] has an Evaluator judge a Log. The id of the Log that a task makes follows from the task, so it cannot be
// made twice.
package evaluations

import (
	"context"
	"time"

	"github.com/openloop-server/openloop/internal/agent"
	"github.com/openloop-server/openloop/internal/auth"
	"github.com/openloop-server/openloop/internal/catalog"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/gateway"
	judges "github.com/openloop-server/openloop/internal/judge"
	"github.com/openloop-server/openloop/internal/judgment"
	"github.com/openloop-server/openloop/internal/logbook"
	"github.com/openloop-server/openloop/internal/relay"
	"github.com/openloop-server/openloop/internal/store"
	"github.com/openloop-server/openloop/internal/toolrun"
)

// Service is safe for concurrent use.
type Service struct {
	o       Options
	streaks *streaks
}

// Options configures a Service. All fields are required.
type Options struct {
	DB      *store.DB
	Catalog *catalog.Catalog
	Relay   *relay.Relay
	Gateway *gateway.Gateway
	Tools   *toolrun.Runner
	Agents  *agent.Runner
	Logs    *logbook.Book
	Judge   *judges.Judge
	Now     func() time.Time
}

// New returns a Service.
func New(o Options) *Service { return &Service{o: o, streaks: newStreaks(o.Now)} }

// EvaluatorRef names a version of an Evaluator, and says whether the server runs it.
type EvaluatorRef struct {
	file.Ref
	Orchestrated bool
}

// Draft describes an Evaluation that a caller wants to create.
type Draft struct {
	File       *file.Ref // by ID or Path; nil for none
	Name       string
	Evaluators []EvaluatorRef

	ReviewsPerLog int // by different people; 0 means 1
}

// Create creates an Evaluation. Errors are those of [store.DB.CreateEvaluation], those of [store.DB.Snapshot] for the File and the
// Evaluators, and validation_failed for references that name nothing or two things.
func (s *Service) Create(ctx context.Context, d Draft) (*judgment.Evaluation, error) {
	e := &judgment.Evaluation{Name: d.Name, CreatedBy: auth.From(ctx).KeyID, ReviewsPerLog: d.ReviewsPerLog}
	if d.File != nil {
		snap, err := s.o.Catalog.Find(ctx, "", *d.File)
		if err != nil {
			return nil, errs.Within(err, "file")
		}
		e.FileID = snap.File.ID
	}
	var err error
	if e.Evaluators, err = s.evaluators(ctx, d.Evaluators); err != nil {
		return nil, err
	}
	if err := s.o.DB.CreateEvaluation(ctx, e); err != nil {
		return nil, err
	}
	return e, nil
}

// AddEvaluators adds Evaluators to an Evaluation. Errors are those of [store.DB.AddEvaluators] and [Service.Create].
func (s *Service) AddEvaluators(ctx context.Context, id string, refs []EvaluatorRef) (*judgment.Evaluation, error) {
	list, err := s.evaluators(ctx, refs)
	if err != nil {
		return nil, err
	}
	return s.o.DB.AddEvaluators(ctx, id, list)
}

func (s *Service) evaluators(ctx context.Context, refs []EvaluatorRef) ([]judgment.Evaluator, error) {
	list := make([]judgment.Evaluator, len(refs))
	for i := range refs {
		snap, err := s.o.Catalog.Find(ctx, file.EvaluatorKind, refs[i].Ref)
		if err != nil {
			return nil, errs.Within(err, "evaluators", i)
		}
		list[i] = judgment.Evaluator{VersionID: snap.Version.ID, Orchestrated: refs[i].Orchestrated}
	}
	return list, nil
}
