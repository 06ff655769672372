// Package evaluations creates Evaluations and Runs and summarises them. It resolves the references in requests to versions.
package evaluations

import (
	"context"

	"github.com/openloop-server/openloop/internal/auth"
	"github.com/openloop-server/openloop/internal/catalog"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/judgment"
	"github.com/openloop-server/openloop/internal/store"
)

// Service is safe for concurrent use.
type Service struct {
	db      *store.DB
	catalog *catalog.Catalog
}

// New returns a Service on db. Files are those of c.
func New(db *store.DB, c *catalog.Catalog) *Service { return &Service{db: db, catalog: c} }

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
		snap, err := s.catalog.Find(ctx, "", *d.File)
		if err != nil {
			return nil, errs.Within(err, "file")
		}
		e.FileID = snap.File.ID
	}
	var err error
	if e.Evaluators, err = s.evaluators(ctx, d.Evaluators); err != nil {
		return nil, err
	}
	if err := s.db.CreateEvaluation(ctx, e); err != nil {
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
	return s.db.AddEvaluators(ctx, id, list)
}

func (s *Service) evaluators(ctx context.Context, refs []EvaluatorRef) ([]judgment.Evaluator, error) {
	list := make([]judgment.Evaluator, len(refs))
	for i := range refs {
		snap, err := s.catalog.Find(ctx, file.EvaluatorKind, refs[i].Ref)
		if err != nil {
			return nil, errs.Within(err, "evaluators", i)
		}
		list[i] = judgment.Evaluator{VersionID: snap.Version.ID, Orchestrated: refs[i].Orchestrated}
	}
	return list, nil
}

// RunDraft describes a Run that a caller wants to create.
type RunDraft struct {
	Dataset, Version *file.Ref // nil for none
	Orchestrated     bool
	UseExistingLogs  bool
	Gate             bool // it comes before others, and there is one of a version and a Dataset at a time
}

// CreateRun creates a Run in an Evaluation. A Run that is orchestrated, or uses existing Logs, needs a Dataset and a version. Errors are
// those of [store.DB.CreateRun] and [store.DB.Snapshot], and validation_failed.
func (s *Service) CreateRun(ctx context.Context, evaluationID string, d RunDraft) (*judgment.Run, error) {
	if d.Dataset == nil || d.Version == nil {
		switch {
		case d.Orchestrated:
			return nil, errs.Invalid("An orchestrated Run needs a dataset and a version. With orchestrated false the Logs are yours to submit.", "orchestrated")
		case d.UseExistingLogs:
			return nil, errs.Invalid("A Run that uses existing Logs needs a dataset and a version.", "use_existing_logs")
		}
	}
	n := store.NewRun{Orchestrated: d.Orchestrated, UseExistingLogs: d.UseExistingLogs, By: auth.From(ctx).KeyID, Gate: d.Gate, Once: d.Gate}
	if d.Dataset != nil {
		snap, err := s.catalog.Find(ctx, file.DatasetKind, *d.Dataset)
		if err != nil {
			return nil, errs.Within(err, "dataset")
		}
		n.DatasetVersionID = snap.Version.ID
	}
	if d.Version != nil {
		snap, err := s.catalog.Find(ctx, "", *d.Version)
		if err != nil {
			return nil, errs.Within(err, "version")
		}
		if snap.File.Kind == file.DatasetKind {
			return nil, errs.Invalid("A Dataset cannot be evaluated: name the version of a Prompt, Tool, Evaluator, Flow or Agent.", "version")
		}
		n.VersionID = snap.Version.ID
	}
	return s.db.CreateRun(ctx, evaluationID, n)
}
