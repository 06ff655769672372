package archive

import (
	"cmp"
	"context"
	"fmt"
	"path"
	"slices"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/judgment"
	"github.com/openloop-server/openloop/internal/store"
)

// evaluationRecord is an Evaluation as the export has it.
type evaluationRecord struct {
	ID         string  `json:"id"`
	Name       string  `json:"name"`
	FileID     string  `json:"file_id"`
	CreatedAt  moment  `json:"created_at"`
	UpdatedAt  moment  `json:"updated_at"`
	CreatedBy  *author `json:"created_by"`
	Reviews    int     `json:"reviews_per_log"`
	Evaluators []struct {
		Version      json.Value `json:"version"`
		Orchestrated bool       `json:"orchestrated"`
		AddedAt      moment     `json:"added_at"`
	} `json:"evaluators"`
}

// runRecord is a Run as the export has it.
type runRecord struct {
	ID           string            `json:"id"`
	Dataset      json.Value        `json:"dataset"`
	Version      json.Value        `json:"version"`
	Orchestrated bool              `json:"orchestrated"`
	AddedAt      moment            `json:"added_at"`
	CreatedAt    moment            `json:"created_at"`
	CreatedBy    *author           `json:"created_by"`
	Status       judgment.Progress `json:"status"`
	Control      bool              `json:"control"`
	Progress     struct {
		Cost      float64  `json:"cost"`
		MaxCost   *float64 `json:"max_cost"`
		MaxErrors *int     `json:"max_errors"`
		Stopped   string   `json:"stopped"`
	} `json:"progress"`
}

// plannedEvaluation is an Evaluation of the export.
type plannedEvaluation struct {
	id, dir string
	f       *plannedFile
	created moment
	runs    []plannedRun // oldest first
}

// plannedRun is a Run of an Evaluation of the export.
type plannedRun struct {
	id      string
	created moment
}

// planEvaluations reads the Evaluations of the Files.
func (im *importer) planEvaluations(ctx context.Context) error {
	for _, f := range im.files {
		if f.left {
			continue
		}
		dir := path.Join(f.dir, "evaluations")
		ids, err := im.t.names(dir)
		if err != nil {
			return err
		}
		for _, id := range ids {
			if err := ctx.Err(); err != nil {
				return err
			}
			if hidden(id) {
				continue
			}
			if err := im.planEvaluation(f, path.Join(dir, id), id); err != nil {
				return err
			}
		}
	}
	slices.SortStableFunc(im.evaluations, func(a, b *plannedEvaluation) int {
		return cmp.Or(a.created.Compare(b.created.Time), cmp.Compare(a.id, b.id))
	})
	return nil
}

func (im *importer) planEvaluation(f *plannedFile, dir, id string) error {
	var r evaluationRecord
	name := path.Join(dir, "evaluation.json")
	if _, err := im.t.document(name, &r); err != nil {
		return err
	}
	switch {
	case !IsID(id) || r.ID != id:
		return &Fault{File: name, Reason: fmt.Sprintf("The id is %q, and the folder is of %q.", r.ID, id)}
	case r.FileID != "" && r.FileID != f.id:
		return &Fault{File: name, Reason: fmt.Sprintf("The Evaluation is of %q, and the folder is of %q.", r.FileID, f.id)}
	case r.CreatedAt.IsZero():
		return &Fault{File: name, Reason: "The Evaluation has no time in created_at."}
	}
	im.meet(r.CreatedBy)
	e := &plannedEvaluation{id: id, dir: dir, f: f, created: r.CreatedAt}
	im.evaluations = append(im.evaluations, e)
	runs, err := im.t.names(path.Join(dir, "runs"))
	if err != nil {
		return err
	}
	for _, runID := range runs {
		if hidden(runID) {
			continue
		}
		run, err := im.readRun(e, runID)
		if err != nil {
			return err
		}
		im.meet(run.CreatedBy)
		e.runs = append(e.runs, plannedRun{runID, run.CreatedAt})
	}
	slices.SortStableFunc(e.runs, func(a, b plannedRun) int { return cmp.Or(a.created.Compare(b.created.Time), cmp.Compare(a.id, b.id)) })
	return im.checkRunLogs(e)
}

func (im *importer) readRun(e *plannedEvaluation, id string) (*runRecord, error) {
	r, name := new(runRecord), path.Join(e.dir, "runs", id)
	if _, err := im.t.document(name, r); err != nil {
		return nil, err
	}
	if !IsID(id) || r.ID != id {
		return nil, &Fault{File: name, Reason: fmt.Sprintf("The id of the Run is %q, and the file is of %q.", r.ID, id)}
	}
	if r.CreatedAt.IsZero() {
		return nil, &Fault{File: name, Reason: "The Run has no time in created_at."}
	}
	return r, nil
}

// runLogRecord is a Log of a Run as the export has it.
type runLogRecord struct {
	RunID     string `json:"run_id"`
	Datapoint struct {
		ID string `json:"id"`
	} `json:"datapoint"`
	Log           json.Value   `json:"log"`
	EvaluatorLogs []json.Value `json:"evaluator_logs"`
}

// checkRunLogs reads the Logs of the Runs, to find a fault before anything is changed.
func (im *importer) checkRunLogs(e *plannedEvaluation) error {
	return im.runLogs(e, func(*runLogRecord, *logHead, *line) error { return nil })
}

// runLogs calls take for each Log of the Runs of an Evaluation.
func (im *importer) runLogs(e *plannedEvaluation, take func(*runLogRecord, *logHead, *line) error) error {
	pages, err := im.t.pages(path.Join(e.dir, "logs"))
	if err != nil {
		return err
	}
	return im.t.eachLine(pages, func(_ int, l *line) error {
		var r runLogRecord
		var h logHead
		if err := l.decode(&r); err != nil {
			return err
		}
		if json.UnmarshalForeign(r.Log, &h) != nil || h.ID == "" || len(h.ID) > maxID || h.CreatedAt.IsZero() {
			return l.fault("The line has no Log with an id and a time.")
		}
		return take(&r, &h, l)
	})
}

// keepEvaluations keeps Evaluations, their Runs, and the Logs in these.
func (im *importer) keepEvaluations(ctx context.Context) error {
	w := im.keepingLogs()
	defer w.close()
	for i, e := range im.evaluations {
		im.progress("importing Evaluations: %d of %d", i+1, len(im.evaluations))
		if err := im.keepStrayLogs(ctx, w, e); err != nil {
			return err
		}
		if err := im.keepEvaluation(ctx, w, e); err != nil {
			return err
		}
	}
	if err := im.keepRuns(ctx, w); err != nil {
		return err
	}
	for _, e := range im.evaluations {
		if err := im.keepRunLogs(ctx, e); err != nil {
			return err
		}
	}
	return im.compareStats(ctx)
}

// keepStrayLogs keeps the Logs that stand nowhere but in Runs.
func (im *importer) keepStrayLogs(ctx context.Context, w *logKeeping, e *plannedEvaluation) error {
	err := im.runLogs(e, func(r *runLogRecord, h *logHead, l *line) error {
		at := fmt.Sprintf("%s:%d", l.file, l.number)
		for _, raw := range append([]json.Value{r.Log}, r.EvaluatorLogs...) {
			if err := w.keepInside(ctx, raw, at, "", 1); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return w.flush(ctx)
}

func (im *importer) keepEvaluation(ctx context.Context, w *logKeeping, e *plannedEvaluation) error {
	var r evaluationRecord
	if _, err := im.t.document(path.Join(e.dir, "evaluation.json"), &r); err != nil {
		return err
	}
	out := &judgment.Evaluation{
		ID: r.ID, FileID: e.f.id, Name: r.Name, CreatedAt: r.CreatedAt.Time, UpdatedAt: later(r.UpdatedAt.Time, r.CreatedAt.Time), CreatedBy: r.CreatedBy.id(),
		ReviewsPerLog: r.Reviews,
	}
	for _, one := range r.Evaluators {
		version, err := w.versionOf(ctx, "evaluation", r.ID, file.EvaluatorKind, one.Version)
		if err != nil {
			return err
		}
		if version.id != "" {
			out.Evaluators = append(out.Evaluators, judgment.Evaluator{
				VersionID: version.id, Orchestrated: one.Orchestrated, AddedAt: later(one.AddedAt.Time, r.CreatedAt.Time),
			})
		}
	}
	count := im.report.count("evaluations")
	count.Read++
	made, err := im.isNew(ctx, "evaluation", r.ID, func() (bool, error) { return im.db.Restore.KeepEvaluation(ctx, out) })
	if made {
		count.New++
	} else {
		count.Here++
	}
	return err
}

// isNew makes something, or of a dry run tells whether it would be new.
func (im *importer) isNew(ctx context.Context, table, id string, keep func() (bool, error)) (bool, error) {
	if !im.o.DryRun {
		return keep()
	}
	there, err := im.db.Restore.Has(ctx, table, id)
	return !there, err
}

// keepRuns keeps the Runs of all Evaluations, the oldest first, since those of Evaluations are listed in that order.
func (im *importer) keepRuns(ctx context.Context, w *logKeeping) error {
	type one struct {
		plannedRun
		of *plannedEvaluation
	}
	var all []one
	for _, e := range im.evaluations {
		for _, r := range e.runs {
			all = append(all, one{r, e})
		}
	}
	slices.SortStableFunc(all, func(a, b one) int { return cmp.Or(a.created.Compare(b.created.Time), cmp.Compare(a.id, b.id)) })
	seen := map[string]bool{}
	for _, r := range all {
		made, err := im.keepRun(ctx, w, r.of, r.id)
		if err != nil {
			return err
		}
		if seen[r.id] {
			continue
		}
		seen[r.id] = true
		count := im.report.count("runs")
		if count.Read++; made {
			count.New++
		} else {
			count.Here++
		}
	}
	return nil
}

func (im *importer) keepRun(ctx context.Context, w *logKeeping, e *plannedEvaluation, id string) (made bool, err error) {
	r, err := im.readRun(e, id)
	if err != nil {
		return false, err
	}
	out := &judgment.Run{
		ID: r.ID, Orchestrated: r.Orchestrated, Control: r.Control, CreatedAt: r.CreatedAt.Time, AddedAt: later(r.AddedAt.Time, r.CreatedAt.Time),
		CreatedBy: r.CreatedBy.id(), MaxErrors: r.Progress.MaxErrors, Cost: nano(r.Progress.Cost), Stopped: r.Progress.Stopped,
	}
	if r.Progress.MaxCost != nil {
		out.MaxCost = nano(*r.Progress.MaxCost)
	}
	for of, into := range map[*json.Value]*string{&r.Version: &out.VersionID, &r.Dataset: &out.DatasetVersionID} {
		if json.Object(*of) == nil {
			continue
		}
		version, err := w.versionOf(ctx, "run", r.ID, "", *of)
		if err != nil {
			return false, err
		}
		*into = version.id
	}
	return im.isNew(ctx, "run", id, func() (bool, error) { return im.db.Restore.KeepRun(ctx, e.id, out) })
}

// nano converts dollars to dollars * 10^9.
func nano(dollars float64) int64 { return int64(dollars*1e9 + 0.5) }

// runLogsAtOnce is how many Logs of a Run are put into their places in one transaction.
const runLogsAtOnce = 500

// keepRunLogs puts the Logs of the Runs of an Evaluation into their places, and closes the Runs that were closed.
func (im *importer) keepRunLogs(ctx context.Context, e *plannedEvaluation) error {
	if im.o.DryRun {
		return nil
	}
	waiting := map[string][]store.RunPlace{}
	flush := func(runID string) error {
		places := waiting[runID]
		delete(waiting, runID)
		return im.keepPlacesOf(ctx, e, runID, places)
	}
	known := map[string]bool{}
	for _, r := range e.runs {
		known[r.id] = true
	}
	err := im.runLogs(e, func(r *runLogRecord, h *logHead, l *line) error {
		if !known[r.RunID] {
			return nil
		}
		datapoint := r.Datapoint.ID
		waiting[r.RunID] = append(waiting[r.RunID], store.RunPlace{LogID: h.ID, DatapointID: cmp.Or(im.datapoints[datapoint], datapoint)})
		if len(waiting[r.RunID]) >= runLogsAtOnce {
			return flush(r.RunID)
		}
		return nil
	})
	for _, r := range e.runs {
		if err == nil {
			err = flush(r.id)
		}
		if err == nil {
			err = im.keepStatus(ctx, e, r.id)
		}
	}
	return err
}

// keepPlacesOf puts those Logs into their places that are here.
func (im *importer) keepPlacesOf(ctx context.Context, e *plannedEvaluation, runID string, places []store.RunPlace) error {
	ids := make([]string, len(places))
	for i, p := range places {
		ids[i] = p.LogID
	}
	there, err := im.db.Restore.Traces(ctx, ids)
	if err != nil {
		return err
	}
	gone := len(places)
	places = slices.DeleteFunc(places, func(p store.RunPlace) bool {
		_, here := there[p.LogID]
		return !here
	})
	if gone -= len(places); gone > 0 {
		im.report.notef("run", runID, e.f.path, Dangling, "%d of its Logs are not here.", gone)
	}
	if len(places) == 0 {
		return nil
	}
	return im.db.Restore.KeepRunLogs(ctx, runID, places)
}

func (im *importer) keepStatus(ctx context.Context, e *plannedEvaluation, runID string) error {
	r, err := im.readRun(e, runID)
	if err != nil {
		return err
	}
	status, err := im.db.Restore.KeepStatus(ctx, e.id, runID, r.Status)
	if errs.Is(err, errs.RunNotFound) {
		return nil // it is in the Evaluation no more
	}
	if err == nil && status != r.Status {
		im.report.notef("run", runID, e.f.path, Differs, "It is %s here, and was %s.", status, cmp.Or(r.Status, "without a status"))
	}
	return err
}
