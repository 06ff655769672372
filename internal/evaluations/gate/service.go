package gate

import (
	"context"
	"log/slog"
	"time"

	"github.com/openloop-server/openloop/internal/catalog"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/evaluations"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/judgment"
	"github.com/openloop-server/openloop/internal/store"
)

// Service keeps gates, and deploys versions past them. It is safe for concurrent use.
type Service struct{ o Options }

// Options configures a Service. All fields but Logger are required.
type Options struct {
	DB          *store.DB
	Catalog     *catalog.Catalog
	Evaluations *evaluations.Service
	Now         func() time.Time
	Logger      *slog.Logger // told of gates that are forced; nil for none
}

// New returns a Service.
func New(o Options) *Service {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return &Service{o}
}

// Place is an environment of a File.
type Place struct {
	Kind                  file.Kind
	FileID, EnvironmentID string
}

// Draft describes a gate that a caller wants to set. Nil and "" stand for the defaults.
type Draft struct {
	Dataset    file.Ref // by ID or Path
	Evaluators []CriterionDraft
	MinLogs    *int
	MaxErrors  *float64
	MaxAge     string
	Mode       Mode
}

// CriterionDraft describes a [Criterion].
type CriterionDraft struct {
	file.Ref     // by ID or Path
	Threshold    *float64
	Strict       bool
	NoRegression *bool // nil means true
}

// Set puts a gate before an environment of a File, in place of another. Errors: the kind's not found, environment_not_found, dataset_not_found,
// evaluator_not_found; validation_failed.
func (s *Service) Set(ctx context.Context, at Place, d *Draft) error {
	g := Gate{MinLogs: DefaultMinLogs, MaxErrors: DefaultMaxErrors, MaxAge: DefaultMaxAge, Mode: Block}
	if d.MinLogs != nil {
		g.MinLogs = *d.MinLogs
	}
	if d.MaxErrors != nil {
		g.MaxErrors = *d.MaxErrors
	}
	if d.MaxAge != "" {
		g.MaxAge = d.MaxAge
	}
	if d.Mode != "" {
		g.Mode = d.Mode
	}
	if _, err := ageOf(g.MaxAge); err != nil {
		return err
	}
	dataset, err := s.o.Catalog.Find(ctx, file.DatasetKind, d.Dataset)
	if err != nil {
		return errs.Within(err, "evaluation", "dataset")
	}
	g.DatasetID = dataset.File.ID
	if g.Evaluators, err = s.criteria(ctx, d.Evaluators); err != nil {
		return errs.Within(err, "evaluation", "evaluators")
	}
	content, err := json.Marshal(&g)
	if err != nil {
		return errs.Wrap("gate.Set", err)
	}
	return s.o.DB.SetGate(ctx, at.Kind, at.FileID, at.EnvironmentID, content)
}

func (s *Service) criteria(ctx context.Context, drafts []CriterionDraft) ([]Criterion, error) {
	if len(drafts) == 0 {
		return nil, errs.Invalid("A gate needs an Evaluator.")
	}
	known := map[string]bool{}
	var list []Criterion
	for i, d := range drafts {
		snap, err := s.o.Catalog.Find(ctx, file.EvaluatorKind, d.Ref)
		if err != nil {
			return nil, errs.Within(err, i)
		}
		if known[snap.File.ID] {
			return nil, errs.Invalid("This Evaluator is named twice.", i)
		}
		known[snap.File.ID] = true
		content, err := catalog.Content[file.Evaluator](&snap)
		if err != nil {
			return nil, err
		}
		if d.Threshold != nil && content.ReturnType != file.ReturnsNumber && judgment.ValenceOf(content) == judgment.Neutral {
			return nil, errs.Invalid("This Evaluator gives no scores that a threshold could be compared with: it returns texts, or none of its options is positive.",
				i, "threshold")
		}
		list = append(list, Criterion{
			EvaluatorID: snap.File.ID, Threshold: d.Threshold, Strict: d.Strict, NoRegression: d.NoRegression == nil || *d.NoRegression,
		})
	}
	return list, nil
}

// State looks at a gate for a version, or with "" for the newest of the File. Errors: the kind's not found, environment_not_found, version_not_found,
// gate_not_found.
func (s *Service) State(ctx context.Context, at Place, versionID string) (*State, error) {
	_, _, state, err := s.look(ctx, at, versionID)
	return state, err
}

// look reads a gate, and its state for a version.
func (s *Service) look(ctx context.Context, at Place, versionID string) (store.Gate, *Gate, *State, error) {
	stored, g, err := s.read(ctx, at)
	if err != nil {
		return stored, nil, nil, err
	}
	snap, err := s.version(ctx, at, versionID)
	if err != nil {
		return stored, nil, nil, err
	}
	state, err := s.assess(ctx, g, &stored, snap.Version.ID)
	return stored, g, state, err
}

// read reads the gate of an environment, which must be there.
func (s *Service) read(ctx context.Context, at Place) (store.Gate, *Gate, error) {
	stored, err := s.o.DB.Gate(ctx, at.Kind, at.FileID, at.EnvironmentID)
	if err == nil && stored.Content == nil {
		err = errs.New(errs.GateNotFound, "The environment `%s` has no gate for this %s.", stored.Environment.Name, at.Kind.Spec().Title)
	}
	if err != nil {
		return stored, nil, err
	}
	g, err := decode(stored.Content)
	return stored, g, err
}

func decode(content json.Value) (*Gate, error) {
	g := new(Gate)
	if err := json.UnmarshalForeign(content, g); err != nil {
		return nil, errs.Wrap("gate.decode", err)
	}
	return g, nil
}

func (s *Service) version(ctx context.Context, at Place, versionID string) (file.Snapshot, error) {
	if versionID != "" {
		return s.o.DB.Snapshot(ctx, at.Kind, file.Ref{ID: at.FileID, VersionID: versionID})
	}
	list, err := s.o.DB.Versions(ctx, at.Kind, at.FileID)
	if err != nil || len(list) == 0 {
		return file.Snapshot{}, err
	}
	return list[0], nil
}

// Delete takes a gate away; where there is none, nothing happens. Errors: the kind's not found, environment_not_found.
func (s *Service) Delete(ctx context.Context, at Place) error {
	return s.o.DB.DeleteGate(ctx, at.Kind, at.FileID, at.EnvironmentID)
}

// Paths are the paths of the Files that a gate names, by their ids. Those that were deleted are left out.
func (s *Service) Paths(ctx context.Context, g *Gate) (map[string]string, error) {
	kinds := map[string]file.Kind{g.DatasetID: file.DatasetKind}
	for i := range g.Evaluators {
		kinds[g.Evaluators[i].EvaluatorID] = file.EvaluatorKind
	}
	paths := map[string]string{}
	for id, kind := range kinds {
		snap, err := s.o.DB.Snapshot(ctx, kind, file.Ref{ID: id})
		switch {
		case errs.Is(err, kind.Spec().NotFound):
		case err != nil:
			return nil, err
		default:
			paths[id] = snap.File.Path
		}
	}
	return paths, nil
}
