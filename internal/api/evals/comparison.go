package evals

import (
	"cmp"
	"context"

	v5 "github.com/openloop-server/openloop/internal/api/v5"
	"github.com/openloop-server/openloop/internal/evaluations"
	"github.com/openloop-server/openloop/internal/judgment"
)

type compareRuns struct {
	ID    string `path:"id"`
	RunID string `query:"run_id" required:"true" doc:"The Run."`
	Base  string `query:"base" doc:"The Run to compare it with: its id, control, or previous. By default the control, or the previous Run if there is no control."`
}

func (a *handlers) evaluationsCompare(ctx context.Context, in *compareRuns) (*v5.ComparisonResponse, error) {
	c, err := a.o.Evaluations.Compare(ctx, in.ID, in.RunID, in.Base)
	if err != nil {
		return nil, err
	}
	out := &v5.ComparisonResponse{
		RunID: c.ID, Evaluators: []v5.EvaluatorComparison{}, Regressions: []v5.RegressionResponse{}, Agreements: make([]v5.AgreementResponse, len(c.Agreements)),
		Failures: map[string]int{}, Report: c.String(),
	}
	for reason, count := range c.Failures {
		out.Failures[cmp.Or(reason, "other")] += count
	}
	for i, g := range c.Agreements {
		out.Agreements[i] = v5.AgreementResponse{
			HumanVersionID: g.People, EvaluatorVersionID: g.Judge, N: g.N, Agreed: g.Agreed, Kappa: g.Kappa, Correlation: g.Correlation,
		}
	}
	if c.Base != nil {
		out.BaseRunID = &c.Base.ID
		showDifferences(out, c)
	}
	return out, nil
}

func showDifferences(out *v5.ComparisonResponse, c *evaluations.Comparison) {
	for i := range c.Comparison.Differences {
		out.Evaluators = append(out.Evaluators, showDifference(&c.Comparison.Differences[i]))
	}
	for _, r := range c.Comparison.Regressions {
		out.Regressions = append(out.Regressions, v5.RegressionResponse{
			EvaluatorVersionID: r.VersionID, DatapointID: c.Datapoints[r.Datapoint], BaseLogID: c.Logs[r.BaseLog], LogID: c.Logs[r.Log],
			BaseScore: r.BaseScore, Score: r.Score,
		})
	}
}

func showDifference(d *judgment.Difference) v5.EvaluatorComparison {
	out := v5.EvaluatorComparison{
		EvaluatorVersionID: d.VersionID, Path: d.Path, Valence: string(d.Valence), N: d.N, PAdjusted: d.Adjusted, Detectable: d.Detectable,
		Improved: d.Improved, Same: d.Same, Regressed: d.Regressed, Verdict: string(d.Verdict),
	}
	if p := d.Paired; p != nil {
		out.Difference, out.P, out.Interval = &p.Difference, &p.P, []float64{p.Interval.Low, p.Interval.High}
	}
	return out
}

type runsOf struct {
	RunID string `path:"run_id"`
}

func (a *handlers) runsEvaluations(ctx context.Context, in *runsOf) (*v5.RunEvaluationsResponse, error) {
	list, err := a.o.DB.EvaluationsOfRun(ctx, in.RunID)
	if err != nil {
		return nil, err
	}
	shown, err := a.o.Shows.Evaluations(ctx, list)
	return &v5.RunEvaluationsResponse{Evaluations: shown}, err
}
