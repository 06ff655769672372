package evaluations

import (
	"context"
	"math"

	"github.com/openloop-server/openloop/internal/auth"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/judgment"
	"github.com/openloop-server/openloop/internal/relay"
	"github.com/openloop-server/openloop/internal/store"
	"github.com/openloop-server/openloop/internal/toolrun"
)

// RunDraft describes a Run that a caller wants to create.
type RunDraft struct {
	Dataset, Version *file.Ref // nil for none
	Orchestrated     bool
	UseExistingLogs  bool
	MaxCost          *float64 // US dollars; nil for no limit
	MaxErrors        *int     // nil for no limit
	Gate             bool     // it comes before others, and there is one of a version and a Dataset at a time
}

// CreateRun creates a Run in an Evaluation. A Run that is orchestrated, or uses existing Logs, needs a Dataset and a version. An orchestrated
// one needs a version that the server can run. Errors are those of [store.DB.CreateRun] and [store.DB.Snapshot], validation_failed, and
// provider_key_missing for a Prompt of which no model can be asked.
func (s *Service) CreateRun(ctx context.Context, evaluationID string, d RunDraft) (*judgment.Run, error) {
	if d.Dataset == nil || d.Version == nil {
		switch {
		case d.Orchestrated:
			return nil, errs.Invalid("An orchestrated Run needs a dataset and a version. With orchestrated false the Logs are yours to submit.", "orchestrated")
		case d.UseExistingLogs:
			return nil, errs.Invalid("A Run that uses existing Logs needs a dataset and a version.", "use_existing_logs")
		}
	}
	n := store.NewRun{
		Orchestrated: d.Orchestrated, UseExistingLogs: d.UseExistingLogs, By: auth.From(ctx).KeyID, MaxCost: nanoOf(d.MaxCost), MaxErrors: d.MaxErrors, Gate: d.Gate, Once: d.Gate,
	}
	if d.Dataset != nil {
		snap, err := s.o.Catalog.Find(ctx, file.DatasetKind, *d.Dataset)
		if err != nil {
			return nil, errs.Within(err, "dataset")
		}
		n.DatasetVersionID = snap.Version.ID
	}
	if d.Version != nil {
		snap, err := s.evaluated(ctx, *d.Version, d.Orchestrated)
		if err != nil {
			return nil, err
		}
		n.VersionID = snap.Version.ID
	}
	return s.o.DB.CreateRun(ctx, evaluationID, n)
}

// nanoOf converts US dollars. A limit is never 0, which would stand for none.
func nanoOf(dollars *float64) int64 {
	if dollars == nil {
		return 0
	}
	return max(int64(min(math.Round(*dollars*1e9), math.MaxInt64/2)), 1)
}

// evaluated returns the version that a Run is about. An orchestrated Run needs one that the server can run.
func (s *Service) evaluated(ctx context.Context, ref file.Ref, orchestrated bool) (*file.Snapshot, error) {
	snap, err := s.o.Catalog.Find(ctx, "", ref)
	if err != nil {
		return nil, errs.Within(err, "version")
	}
	if snap.File.Kind == file.DatasetKind {
		return nil, errs.Invalid("A Dataset cannot be evaluated: name the version of a Prompt, Tool, Evaluator, Flow or Agent.", "version")
	}
	if !orchestrated {
		return &snap, nil
	}
	return &snap, s.runnable(ctx, &snap)
}

// runnable refuses a version that the server cannot run, before there is a Run of it.
func (s *Service) runnable(ctx context.Context, snap *file.Snapshot) error {
	opened, err := s.o.Catalog.Opened(snap)
	if err != nil {
		return err
	}
	const instead = " Set orchestrated to false, run it in your code, and submit the Logs."
	switch content := opened.Content.(type) {
	case *file.Prompt:
		return s.callable(ctx, content)
	case *file.Agent:
		return s.callable(ctx, &content.Prompt)
	case *file.Tool:
		if toolrun.Runnable(content) {
			return nil
		}
		return errs.New(errs.ToolNotRunnable, "The Tool `%s` is one that only a client can run."+instead, snap.File.Path).At("version")
	}
	return errs.Invalid("The server cannot run a "+snap.File.Kind.Spec().Title+"."+instead, "version")
}

// callable refuses a Prompt, or an Agent, of which no model can be asked.
func (s *Service) callable(ctx context.Context, p *file.Prompt) error {
	plan, err := s.o.Relay.Plan(ctx, &relay.Question{Model: file.Fallback{Provider: p.Provider, Model: p.Model}, Fallbacks: p.Fallbacks})
	if err != nil {
		return errs.Within(err, "version")
	}
	return plan.Callable()
}

// RetryRun has what failed in a Run made again. Errors are those of [store.DB.RetryRun].
func (s *Service) RetryRun(ctx context.Context, evaluationID, runID string, what store.Retry) (*judgment.Run, error) {
	s.streaks.forget() // somebody has probably mended what was wrong
	return s.o.DB.RetryRun(ctx, evaluationID, runID, what)
}
