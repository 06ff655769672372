package gate

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/openloop-server/openloop/internal/evaluations"
	"github.com/openloop-server/openloop/internal/judgment"
)

// checks are those of a Run that is complete. versions are those by which the Evaluators of the gate judge in the Evaluation.
func (a *assessment) checks(ctx context.Context, run *judgment.Run, evaluationID string, versions []string) ([]Check, error) {
	base, err := a.base(ctx, evaluationID)
	if err != nil {
		return nil, err
	}
	compared, err := a.o.Evaluations.Compare(ctx, evaluationID, run.ID, base)
	if err != nil {
		return nil, err
	}
	stray, err := a.o.DB.StrayLogs(ctx, run.ID)
	if err != nil {
		return nil, err
	}
	failed, places := run.Failed+run.Missing, run.Logs+run.Missing
	checks := []Check{
		{
			Name: "logs", Wanted: fmt.Sprintf("at least %d, all of %s", a.gate.MinLogs, a.versionID), Found: fmt.Sprintf("%d, %d of another version", run.Logs, stray),
			Passed: run.Logs >= a.gate.MinLogs && stray == 0,
		},
		{
			Name: "errors", Wanted: fmt.Sprintf("at most %s of the Logs failed or missing", share(a.gate.MaxErrors)), Found: fmt.Sprintf("%d of %d", failed, places),
			Passed: float64(failed) <= a.gate.MaxErrors*float64(places),
		},
	}
	for i := range a.judges {
		checks = append(checks, a.judged(&a.judges[i], run, versions[i], base, compared)...)
	}
	for i := range checks {
		checks[i].RunID = run.ID
	}
	return checks, nil
}

// base is the newest complete Run of the deployed version in an Evaluation; "" for none.
func (a *assessment) base(ctx context.Context, evaluationID string) (string, error) {
	for _, r := range a.bases.Runs {
		if r.EvaluationID != evaluationID {
			continue
		}
		run, err := a.o.DB.Run(ctx, r.EvaluationID, r.RunID)
		if err != nil {
			return "", err
		}
		if run.Status() == judgment.Completed && run.Stopped == "" {
			return run.ID, nil
		}
	}
	return "", nil
}

// judged are the checks of one Evaluator.
func (a *assessment) judged(j *judge, run *judgment.Run, version, base string, compared *evaluations.Comparison) []Check {
	at := slices.IndexFunc(compared.Evaluators, func(s judgment.Stats) bool { return s.VersionID == version })
	stats := &compared.Evaluators[at]
	usable := stats.Judgments + stats.Nulls
	checks := []Check{{
		Name: "judged", Evaluator: j.path, Wanted: fmt.Sprintf("at most %s of the judgments failed or missing", share(a.gate.MaxErrors)),
		Found: fmt.Sprintf("%d of %d", run.Logs-usable, run.Logs), Passed: float64(run.Logs-usable) <= a.gate.MaxErrors*float64(run.Logs),
	}}
	if j.Threshold != nil {
		checks = append(checks, j.threshold(stats))
	}
	if j.NoRegression {
		checks = append(checks, a.regression(j, version, base, compared))
	}
	return checks
}

// threshold compares the mean, or if it must be certain the worse end of its interval.
func (j *judge) threshold(stats *judgment.Stats) Check {
	lower := judgment.ValenceOf(j.content) == judgment.Negative
	c := Check{Name: "threshold", Evaluator: j.path, Wanted: "a mean of at least " + number(*j.Threshold), Found: "no score"}
	if lower {
		c.Wanted = "a mean of at most " + number(*j.Threshold)
	}
	if j.Strict {
		c.Wanted += ", with its interval"
	}
	e := stats.Estimate
	if e == nil {
		return c
	}
	value := e.Mean
	c.Found = number(value)
	if j.Strict {
		if e.Interval == nil {
			c.Found += ", too few for an interval"
			return c
		}
		if value = e.Interval.Low; lower {
			value = e.Interval.High
		}
		c.Found = fmt.Sprintf("%s, from %s to %s", c.Found, number(e.Interval.Low), number(e.Interval.High))
	}
	c.Passed = cmp.Compare(value, *j.Threshold) >= 0
	if lower {
		c.Passed = cmp.Compare(value, *j.Threshold) <= 0
	}
	return c
}

// regression checks that the version is not significantly worse than the one that is deployed.
func (a *assessment) regression(j *judge, version, base string, compared *evaluations.Comparison) Check {
	c := Check{Name: "no_regression", Evaluator: j.path, Wanted: "not worse than what is deployed", Found: "nothing is deployed", Passed: true}
	if a.deployed == "" {
		return c
	}
	c.Wanted = "not worse than " + a.deployed
	if base == "" || compared.Comparison == nil {
		c.Found, c.Passed = "no complete Run of it in the same Evaluation", false
		return c
	}
	at := slices.IndexFunc(compared.Comparison.Differences, func(d judgment.Difference) bool { return d.VersionID == version })
	d := &compared.Comparison.Differences[at]
	c.Passed = d.Verdict != judgment.Worse
	switch d.Verdict {
	case judgment.Better:
		c.Found = "better"
	case judgment.Worse:
		c.Found = "worse"
	case judgment.NoClearDifference:
		c.Found = "no clear difference"
	case judgment.NoVerdict:
		c.Found = fmt.Sprintf("no verdict from %d datapoints", d.N)
	}
	if d.Paired != nil {
		c.Found += fmt.Sprintf(" (%+.4g; %d better, %d worse)", d.Paired.Difference, d.Improved, d.Regressed)
	}
	return c
}

func number(f float64) string { return fmt.Sprintf("%.4g", f) }

func share(f float64) string { return fmt.Sprintf("%.4g %%", 100*f) }
