package evalrun

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strconv"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/filesync"
	"github.com/openloop-server/openloop/internal/judgment"
)

// Verdict is what a Run came to.
type Verdict string

// The verdicts. An evaluation that says nothing is neither of the others: it must not pass, nor be read as a bad version.
const (
	Passed  Verdict = "passed"  // every threshold is met, and nothing is significantly worse
	Failed  Verdict = "failed"  // a threshold is missed, or something is worse
	Nothing Verdict = "nothing" // too many errors, stopped or cancelled
)

// Outcome is a Run that has ended, with all that a report needs. It is written as JSON.
type Outcome struct {
	Verdict      Verdict    `json:"verdict"`
	Reasons      []string   `json:"reasons"` // why it did not pass
	EvaluationID string     `json:"evaluation_id"`
	RunID        string     `json:"run_id"`
	Checks       []Checked  `json:"checks"`
	Comparison   comparison `json:"comparison"`
}

// Checked is what an Evaluator made of the Run.
type Checked struct {
	Path       string           `json:"path"`
	VersionID  string           `json:"evaluator_version_id"`
	Score      *float64         `json:"score"`
	Interval   []float64        `json:"interval,omitempty"`
	Judgments  int              `json:"judgments"`
	Abstained  int              `json:"abstained"`
	Errors     int              `json:"errors"`
	Threshold  *float64         `json:"threshold,omitzero"`
	AtMost     bool             `json:"at_most,omitzero"` // the threshold is an upper bound, since lower is better
	Met        bool             `json:"met"`              // the threshold, if there is one
	Compared   judgment.Verdict `json:"compared,omitempty"`
	Difference *float64         `json:"difference,omitzero"`
}

// comparison is the server's comparison of a Run with another.
type comparison struct {
	BaseRunID  *string `json:"base_run_id"`
	Evaluators []struct {
		VersionID  string           `json:"evaluator_version_id"`
		Path       string           `json:"path"`
		N          int              `json:"n"`
		Difference *float64         `json:"difference"`
		PAdjusted  *float64         `json:"p_adjusted"`
		Improved   int              `json:"improved"`
		Regressed  int              `json:"regressed"`
		Verdict    judgment.Verdict `json:"verdict"`
	} `json:"evaluators"`
	Regressions []regression   `json:"regressions"`
	Failures    map[string]int `json:"failures"`
	Report      string         `json:"report"`
}

type regression struct {
	VersionID   string  `json:"evaluator_version_id"`
	DatapointID string  `json:"datapoint_id"`
	BaseLogID   string  `json:"base_log_id"`
	LogID       string  `json:"log_id"`
	BaseScore   float64 `json:"base_score"`
	Score       float64 `json:"score"`
}

// stats is what is used of the statistics of an Evaluation.
type stats struct {
	Report   string `json:"report"`
	RunStats []struct {
		RunID      string           `json:"run_id"`
		Logs       int              `json:"num_logs"`
		Evaluators []evaluatorStats `json:"evaluator_stats"`
	} `json:"run_stats"`
}

type evaluatorStats struct {
	VersionID string    `json:"evaluator_version_id"`
	Total     int       `json:"total_logs"`
	Judgments int       `json:"num_judgments"`
	Nulls     int       `json:"num_nulls"`
	Errors    int       `json:"num_errors"`
	Score     *float64  `json:"score"`
	Interval  []float64 `json:"interval"`
}

func (s *Server) stats(ctx context.Context, evaluationID string) (stats, error) {
	var got stats
	err := s.Client.Do(ctx, "GET", "/evaluations/"+url.PathEscape(evaluationID)+"/stats", nil, nil, &got)
	return got, err
}

// Decide reads what Runs that have ended came to.
func (s *Server) Decide(ctx context.Context, r *Request, started *Started, states map[string]State) (*Outcome, error) {
	out := &Outcome{EvaluationID: started.Evaluation.ID, RunID: started.RunID, Reasons: []string{}}
	compared, err := s.compare(ctx, started, out)
	if err != nil {
		return nil, err
	}
	all, err := s.stats(ctx, out.EvaluationID)
	if err != nil {
		return nil, err
	}
	logs := 0
	for _, run := range all.RunStats {
		if run.RunID == out.RunID {
			logs = run.Logs
			out.Checks = check(r.Checks, started.Evaluation, run.Evaluators)
		}
	}
	for i := range out.Checks {
		out.Checks[i].beside(&out.Comparison, compared)
	}
	out.Verdict = Passed
	out.because(Failed, out.shortcomings())
	out.because(Nothing, out.doubts(r, started, states, logs))
	return out, nil
}

func (o *Outcome) because(v Verdict, reasons []string) {
	if len(reasons) > 0 {
		o.Verdict, o.Reasons = v, append(reasons, o.Reasons...)
	}
}

// compare reads the comparison. It reports whether it counts: one that nobody asked for is only told of.
func (s *Server) compare(ctx context.Context, started *Started, out *Outcome) (counts bool, err error) {
	path, query := "/evaluations/"+url.PathEscape(out.EvaluationID)+"/comparison", url.Values{"run_id": {out.RunID}}
	if started.Base != "" {
		query.Set("base", started.Base)
		err = s.Client.Do(ctx, "GET", path, query, nil, &out.Comparison)
		if filesync.ReasonOf(err) != errs.RunNotFound || started.Base != Previous && started.Base != Control {
			return true, err
		}
		started.Notes = append(started.Notes, "There is no "+started.Base+" Run to compare with yet.")
		query.Del("base")
	}
	return false, s.Client.Do(ctx, "GET", path, query, nil, &out.Comparison)
}

// check finds what each Evaluator that was asked for made of the Run.
func check(checks []Check, e *Evaluation, list []evaluatorStats) []Checked {
	out := make([]Checked, len(checks))
	for i, c := range checks {
		out[i] = Checked{Path: c.Path, Threshold: c.Threshold, Met: c.Threshold == nil}
		for _, one := range e.Evaluators { // of several versions the one that was added last
			if one.Version.Path != c.Path {
				continue
			}
			out[i].VersionID, out[i].AtMost = one.Version.VersionID, judgment.ValenceOf(&one.Version.Spec) == judgment.Negative
		}
		at := slices.IndexFunc(list, func(s evaluatorStats) bool { return s.VersionID == out[i].VersionID })
		if at < 0 {
			continue
		}
		s := &list[at]
		out[i].Score, out[i].Interval, out[i].Judgments, out[i].Abstained, out[i].Errors = s.Score, s.Interval, s.Judgments, s.Nulls, s.Errors
		if c.Threshold != nil && s.Score != nil {
			out[i].Met = *s.Score >= *c.Threshold && !out[i].AtMost || *s.Score <= *c.Threshold && out[i].AtMost
		}
	}
	return out
}

// beside adds what the comparison says, if it counts.
func (c *Checked) beside(with *comparison, counts bool) {
	for _, e := range with.Evaluators {
		if counts && e.VersionID == c.VersionID {
			c.Compared, c.Difference = e.Verdict, e.Difference
		}
	}
}

// shortcomings say why the version is not good enough.
func (o *Outcome) shortcomings() []string {
	var reasons []string
	for _, c := range o.Checks {
		if !c.Met && c.Score != nil {
			reasons = append(reasons, fmt.Sprintf("%s is %s, and must be %s", c.Path, short(*c.Score), c.bound()))
		}
		if c.Compared == judgment.Worse {
			reasons = append(reasons, c.Path+" is worse")
		}
	}
	return reasons
}

func (c *Checked) bound() string {
	if c.AtMost {
		return short(*c.Threshold) + " or less"
	}
	return short(*c.Threshold) + " or more"
}

func short(v float64) string { return strconv.FormatFloat(v, 'g', 4, 64) }

// doubts say why the Run says nothing.
func (o *Outcome) doubts(r *Request, started *Started, states map[string]State, logs int) []string {
	var reasons []string
	for _, id := range started.Runs() {
		state := states[id]
		switch {
		case state.Status == "cancelled":
			reasons = append(reasons, "Run "+id+" was cancelled")
		case state.Progress.Stopped != "":
			reasons = append(reasons, "Run "+id+" was stopped: "+state.Progress.Stopped)
		}
	}
	failed := 0
	for _, count := range o.Comparison.Failures {
		failed += count
	}
	if failed > r.MaxErrors.of(logs) {
		reasons = append(reasons, fmt.Sprintf("%d of %d Logs failed", failed, logs))
	}
	for _, c := range o.Checks {
		total := c.Judgments + c.Abstained + c.Errors
		switch {
		case c.Errors > r.MaxErrors.of(total):
			reasons = append(reasons, fmt.Sprintf("%s failed on %d of %d Logs", c.Path, c.Errors, total))
		case total < logs:
			reasons = append(reasons, fmt.Sprintf("%s judged only %d of %d Logs", c.Path, total, logs))
		case c.Threshold != nil && c.Score == nil:
			reasons = append(reasons, c.Path+" gave no score")
		}
	}
	if logs == 0 {
		reasons = append(reasons, "there are no Logs")
	}
	return reasons
}

// Runs are the ids of the Runs to wait for, the one in question first.
func (s *Started) Runs() []string {
	if s.Base == "" || s.Base == Previous || s.Base == Control {
		return []string{s.RunID}
	}
	return []string{s.RunID, s.Base}
}

// RunReport returns the report of one Run.
func (s *Server) RunReport(ctx context.Context, evaluationID, runID string) (string, error) {
	var got comparison
	err := s.Client.Do(ctx, "GET", "/evaluations/"+url.PathEscape(evaluationID)+"/comparison", url.Values{"run_id": {runID}}, nil, &got)
	return got.Report, err
}
