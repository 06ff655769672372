// Package evalrun runs Evaluations on a server over its API, waits for them, and decides what they say: for a command line and for CI.
package evalrun

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/filesync"
)

// Server is a server and the time. All fields are required.
type Server struct {
	Client *filesync.Client
	Now    func() time.Time
	Wait   func(context.Context, time.Duration) error // returns early with the context's error
}

// Request says what to run, and what to compare it with.
type Request struct {
	Path        string // of the File
	VersionID   string // of it; "" is the one of the environment
	Environment string // "" is the default one
	FileName    string // a local file whose text becomes the version; "" for none
	Text        string // of that file

	Dataset string  // path
	Checks  []Check // by each Evaluator, at least one
	Against string  // [Previous], [Control], an environment or a version; "" for nothing

	Name      string  // of the Evaluation, which is made if there is none; "" makes one without a name
	Submitted bool    // the Logs are submitted by others, and not made by the server
	Reuse     bool    // take Logs of the version that exist
	MaxCost   float64 // of each Run, in dollars; 0 for no limit
	MaxErrors Limit   // more than this gives no verdict
}

// What a Run can be compared with beside environments and versions.
const (
	Previous = "previous" // the Run before it in the Evaluation
	Control  = "control"  // the control of the Evaluation
)

// Check is an Evaluator and what its score must reach.
type Check struct {
	Path      string
	Threshold *float64 // nil for none
}

// ParseCheck reads PATH or PATH:THRESHOLD.
func ParseCheck(text string) (Check, error) {
	path, number, found := cutLast(text, ":")
	if !found {
		path = text
	}
	clean, problem := file.CleanPath(path)
	if problem != "" {
		return Check{}, fmt.Errorf("%q names no Evaluator: %s", text, problem)
	}
	if !found {
		return Check{Path: clean}, nil
	}
	threshold, err := strconv.ParseFloat(number, 64)
	if err != nil || threshold-threshold != 0 {
		return Check{}, fmt.Errorf("%q is no threshold; write PATH:NUMBER, for example checks/exact:0.8", number)
	}
	return Check{Path: clean, Threshold: &threshold}, nil
}

func cutLast(text, separator string) (before, after string, found bool) {
	at := strings.LastIndex(text, separator)
	if at < 0 {
		return "", "", false
	}
	return text[:at], text[at+len(separator):], true
}

// Limit is how many may fail: so many, or a share.
type Limit struct {
	Count int
	Share float64 // used if it is more than 0
}

// ParseLimit reads a number, or a share as 5%.
func ParseLimit(text string) (Limit, error) {
	if share, ok := strings.CutSuffix(text, "%"); ok {
		percent, err := strconv.ParseFloat(share, 64)
		if err != nil || !(percent >= 0 && percent <= 100) {
			return Limit{}, fmt.Errorf("%q is no share, as 5%%", text)
		}
		return Limit{Share: percent / 100}, nil
	}
	count, err := strconv.Atoi(text)
	if err != nil || count < 0 {
		return Limit{}, fmt.Errorf("%q is no number of errors, and no share as 5%%", text)
	}
	return Limit{Count: count}, nil
}

// of is how many of n may fail.
func (l Limit) of(n int) int {
	if l.Share > 0 {
		return int(l.Share * float64(n))
	}
	return l.Count
}

// Started is a Run that was begun.
type Started struct {
	Evaluation *Evaluation
	RunID      string
	Base       string   // id of the Run to compare with, [Previous] or [Control]; "" for none
	Notes      []string // what a reader should know
}

// Start saves the version, if a local file is given, and begins a Run of it, and one to compare it with.
func (s *Server) Start(ctx context.Context, r *Request) (*Started, error) {
	of, err := s.find(ctx, r.Path, r.Environment)
	if err != nil && (r.FileName == "" || filesync.ReasonOf(err) != errs.FileNotFound) {
		return nil, err
	}
	switch {
	case r.FileName != "":
		if of.VersionID, err = s.Client.SaveFile(ctx, r.Path, r.FileName, r.Text); err != nil {
			return nil, err
		}
		if of.ID == "" { // it was made just now
			if made, err := s.find(ctx, r.Path, ""); err == nil {
				of.ID = made.ID
			}
		}
	case r.VersionID != "":
		of.VersionID = r.VersionID
	}
	dataset, err := s.find(ctx, r.Dataset, "")
	if err != nil {
		return nil, err
	}
	evaluation, err := s.evaluation(ctx, of.ID, r)
	if err != nil {
		return nil, err
	}
	started := &Started{Evaluation: evaluation}
	if err := s.startBase(ctx, r, of, dataset, started); err != nil {
		return nil, err
	}
	started.RunID, err = s.newRun(ctx, evaluation.ID, runBody(r, dataset, of.VersionID, r.Reuse))
	return started, err
}

// stored is a File with the version of an environment.
type stored struct {
	ID         string `json:"id"`
	VersionID  string `json:"version_id"`
	Datapoints int    `json:"datapoints_count"`
}

func (s *Server) find(ctx context.Context, path, environment string) (stored, error) {
	query := url.Values{}
	if environment != "" {
		query.Set("environment", environment)
	}
	var found stored
	err := s.Client.Do(ctx, "POST", "/files/retrieve-by-path", query, map[string]string{"path": path}, &found)
	return found, err
}

// startBase begins the Run to compare with. It takes Logs that exist, so that it costs only what is missing.
func (s *Server) startBase(ctx context.Context, r *Request, of, dataset stored, started *Started) error {
	kind, _, _ := strings.Cut(of.VersionID, "_")
	version := r.Against
	switch {
	case r.Against == "", r.Against == Previous, r.Against == Control:
		started.Base = r.Against
		return nil
	case !strings.HasPrefix(r.Against, kind+"_"):
		base, err := s.find(ctx, r.Path, r.Against)
		if err != nil {
			return fmt.Errorf("nothing to compare with in %s: %w", r.Against, err)
		}
		version = base.VersionID
	}
	if version == of.VersionID {
		started.Notes = append(started.Notes, fmt.Sprintf("%s is this version itself, so there is nothing to compare it with.", r.Against))
		return nil
	}
	id, err := s.newRun(ctx, started.Evaluation.ID, runBody(r, dataset, version, true))
	if err != nil {
		return err
	}
	started.Base = id
	path := "/evaluations/" + url.PathEscape(started.Evaluation.ID) + "/runs/" + url.PathEscape(id)
	return s.Client.Do(ctx, "PATCH", path, nil, map[string]bool{"control": true}, nil)
}

// runBody asks for a Run, with the limits of each.
func runBody(r *Request, dataset stored, versionID string, reuse bool) map[string]any {
	body := map[string]any{
		"dataset": map[string]string{"version_id": dataset.VersionID}, "version": map[string]string{"version_id": versionID},
		"orchestrated": !r.Submitted, "use_existing_logs": reuse,
	}
	if r.MaxCost > 0 {
		body["max_cost"] = r.MaxCost
	}
	if !r.Submitted {
		body["max_errors"] = r.MaxErrors.of(dataset.Datapoints)
	}
	return body
}

func (s *Server) newRun(ctx context.Context, evaluationID string, body map[string]any) (id string, err error) {
	var made struct {
		ID string `json:"id"`
	}
	err = s.Client.Do(ctx, "POST", "/evaluations/"+url.PathEscape(evaluationID)+"/runs", nil, body, &made)
	return made.ID, err
}

// Evaluation is an Evaluation with the versions of its Evaluators.
type Evaluation struct {
	ID         string `json:"id"`
	Name       string `json:"name"`
	Evaluators []struct {
		Version struct {
			Path      string         `json:"path"`
			VersionID string         `json:"version_id"`
			Spec      file.Evaluator `json:"spec"`
		} `json:"version"`
	} `json:"evaluators"`
}

// evaluation makes the Evaluation, or adds the Evaluators to the one of that name.
func (s *Server) evaluation(ctx context.Context, fileID string, r *Request) (*Evaluation, error) {
	evaluators := make([]map[string]string, len(r.Checks))
	for i, c := range r.Checks {
		evaluators[i] = map[string]string{"path": c.Path}
	}
	body := map[string]any{"file": map[string]string{"id": fileID}, "evaluators": evaluators}
	if r.Name != "" {
		body["name"] = r.Name
	}
	e := new(Evaluation)
	err := s.Client.Do(ctx, "POST", "/evaluations", nil, body, e)
	if filesync.ReasonOf(err) != errs.AlreadyExists {
		return e, err
	}
	id, err := s.named(ctx, fileID, r.Name)
	if err != nil {
		return nil, err
	}
	err = s.Client.Do(ctx, "POST", "/evaluations/"+url.PathEscape(id)+"/evaluators", nil, map[string]any{"evaluators": evaluators}, e)
	return e, err
}

// named finds the Evaluation of a File by its name.
func (s *Server) named(ctx context.Context, fileID, name string) (id string, err error) {
	for page := 1; ; page++ {
		query := url.Values{"file_id": {fileID}, "size": {"100"}, "page": {strconv.Itoa(page)}}
		var got struct {
			Records []Evaluation `json:"records"`
		}
		if err := s.Client.Do(ctx, "GET", "/evaluations", query, nil, &got); err != nil {
			return "", err
		}
		if at := slices.IndexFunc(got.Records, func(e Evaluation) bool { return e.Name == name }); at >= 0 {
			return got.Records[at].ID, nil
		}
		if len(got.Records) == 0 {
			return "", fmt.Errorf("the Evaluation %s was deleted meanwhile; try again", name)
		}
	}
}

// EvaluationOf finds the newest Evaluation that has a Run.
func (s *Server) EvaluationOf(ctx context.Context, runID string) (*Evaluation, error) {
	var got struct {
		Evaluations []Evaluation `json:"evaluations"`
	}
	if err := s.Client.Do(ctx, "GET", "/runs/"+url.PathEscape(runID)+"/evaluations", nil, nil, &got); err != nil {
		return nil, err
	}
	if len(got.Evaluations) == 0 {
		return nil, fmt.Errorf("the Run %s is in no Evaluation any longer", runID)
	}
	return &got.Evaluations[0], nil
}

// Report returns the report of an Evaluation.
func (s *Server) Report(ctx context.Context, evaluationID string) (string, error) {
	stats, err := s.stats(ctx, evaluationID)
	return stats.Report, err
}
