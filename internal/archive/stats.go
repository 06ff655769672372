package archive

import (
	"context"
	"fmt"
	"maps"
	"math"
	"path"
	"slices"
	"strings"
	"time"

	v5 "github.com/openloop-server/openloop/internal/api/v5"
	"github.com/openloop-server/openloop/internal/catalog"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/evaluations"
	"github.com/openloop-server/openloop/internal/json"
)

// runStats are the statistics of a Run, as far as they are compared.
type runStats struct {
	RunID      string                `json:"run_id"`
	NumLogs    int                   `json:"num_logs"`
	Evaluators []map[string]jsonable `json:"evaluator_stats"`
}

// jsonable is a value of statistics: a number, or something else that is not compared.
type jsonable struct {
	number *float64
	text   string
}

// UnmarshalJSONFrom implements the union.
func (j *jsonable) UnmarshalJSONFrom(dec *json.Decoder) error {
	raw, err := dec.ReadValue()
	if err != nil {
		return err
	}
	var n float64
	if json.Kind(raw) == '0' && json.UnmarshalForeign(raw, &n) == nil {
		j.number = &n
	}
	if json.Kind(raw) == '"' {
		return json.UnmarshalForeign(raw, &j.text)
	}
	return nil
}

// compareStats compares the statistics of the export with those that follow from what is here, and notes where they differ.
func (im *importer) compareStats(ctx context.Context) error {
	if im.o.DryRun {
		return nil
	}
	service := evaluations.New(evaluations.Options{DB: im.db, Catalog: catalog.New(im.db, time.Now), Now: time.Now})
	for _, e := range im.evaluations {
		name := path.Join(e.dir, "stats.json")
		if !im.t.has(name) {
			continue
		}
		var theirs struct {
			Runs []runStats `json:"run_stats"`
		}
		if _, err := im.t.document(name, &theirs); err != nil {
			return err
		}
		stats, err := service.Stats(ctx, e.id)
		if errs.Is(err, errs.EvaluationNotFound) {
			continue
		}
		if err != nil {
			return err
		}
		ours := map[string]runStats{}
		for i := range stats.Runs {
			var one runStats
			raw, err := json.Marshal(v5.RunStatsOf(&stats.Runs[i]))
			if err == nil {
				err = json.UnmarshalForeign(raw, &one)
			}
			if err != nil {
				return err
			}
			ours[one.RunID] = one
		}
		im.compareRuns(e, theirs.Runs, ours)
	}
	return nil
}

func (im *importer) compareRuns(e *plannedEvaluation, theirs []runStats, ours map[string]runStats) {
	for _, their := range theirs {
		our, ok := ours[their.RunID]
		var differences []string
		switch {
		case !ok:
			differences = []string{"it has no statistics here"}
		case our.NumLogs != their.NumLogs:
			differences = append(differences, fmt.Sprintf("num_logs is %d, and was %d", our.NumLogs, their.NumLogs))
		}
		for _, evaluator := range their.Evaluators {
			if ok {
				differences = append(differences, im.compareEvaluator(evaluator, our.Evaluators)...)
			}
		}
		if len(differences) > 0 {
			im.report.notef("run", their.RunID, e.f.path, Differs, "Of its statistics in Evaluation `%s`, %s.", e.id, strings.Join(differences, "; "))
		}
	}
}

const evaluatorVersion = "evaluator_version_id"

func (im *importer) compareEvaluator(their map[string]jsonable, ours []map[string]jsonable) (differences []string) {
	id := im.versionHere(their[evaluatorVersion].text)
	at := slices.IndexFunc(ours, func(o map[string]jsonable) bool { return o[evaluatorVersion].text == id })
	if at < 0 {
		return []string{"there are none of `" + id + "`"}
	}
	for _, name := range slices.Sorted(maps.Keys(their)) {
		was, is := their[name].number, ours[at][name].number
		if was == nil || is != nil && math.Abs(*was-*is) <= 1e-9*max(1, math.Abs(*was)) {
			continue
		}
		if is == nil {
			differences = append(differences, fmt.Sprintf("%s of `%s` is missing, and was %v", name, id, *was))
		} else {
			differences = append(differences, fmt.Sprintf("%s of `%s` is %v, and was %v", name, id, *is, *was))
		}
	}
	return differences
}
