package v5

import "github.com/openloop-server/openloop/internal/judgment/inference"

// ComparisonResponse is a Run beside another.
type ComparisonResponse struct {
	RunID       string                `json:"run_id"`
	BaseRunID   *string               `json:"base_run_id" doc:"The Run that it is compared with; null if there is none."`
	Evaluators  []EvaluatorComparison `json:"evaluators" doc:"Empty if there is no Run to compare with."`
	Regressions []RegressionResponse  `json:"regressions" doc:"Datapoints that were judged worse, 100 at most: the worst of each Evaluator, then the second worst of each, and so on."`
	Agreements  []AgreementResponse   `json:"agreements" doc:"How far other Evaluators agree with people."`
	Failures    map[string]int        `json:"failures" doc:"Logs of the Run with an error, by reason; other for an error without one."`
	Report      string                `json:"report" doc:"A printable summary."`
}

// EvaluatorComparison is how an Evaluator judged both Runs, by the datapoints that it judged in both.
type EvaluatorComparison struct {
	EvaluatorVersionID string    `json:"evaluator_version_id"`
	Path               string    `json:"path"`
	Valence            string    `json:"valence" enum:"positive,negative,neutral" doc:"Whether a higher score is better, worse or neither."`
	N                  int       `json:"n" doc:"The datapoints."`
	Difference         *float64  `json:"difference" doc:"The mean difference of the scores; null if there are too few."`
	Interval           []float64 `json:"interval,omitempty" doc:"The two ends of the 95 % confidence interval of the difference."`
	P                  *float64  `json:"p" doc:"How often chance alone would make such a difference: of Student's paired test, or of McNemar's exact test."`
	PAdjusted          *float64  `json:"p_adjusted" doc:"The same, corrected for the number of Evaluators by Holm's method; the verdict follows from it."`
	Detectable         *float64  `json:"detectable_difference" doc:"The true difference that so many datapoints would show in 80 % of cases."`
	Improved           int       `json:"improved"`
	Same               int       `json:"same"`
	Regressed          int       `json:"regressed"`
	Verdict            string    `json:"verdict" enum:"better,worse,no_clear_difference,none" doc:"none if the valence is neutral, or for fewer than 5 datapoints."`
}

// RegressionResponse is a datapoint that an Evaluator judged worse than before.
type RegressionResponse struct {
	EvaluatorVersionID string  `json:"evaluator_version_id"`
	DatapointID        string  `json:"datapoint_id"`
	BaseLogID          string  `json:"base_log_id"`
	LogID              string  `json:"log_id"`
	BaseScore          float64 `json:"base_score"`
	Score              float64 `json:"score"`
}

// AgreementResponse is how far an Evaluator agrees with people, on the Logs of the Run that both have judged.
type AgreementResponse struct {
	HumanVersionID     string   `json:"human_version_id"`
	EvaluatorVersionID string   `json:"evaluator_version_id"`
	N                  int      `json:"n" doc:"The Logs."`
	Agreed             int      `json:"agreed" doc:"Those with equal judgments."`
	Kappa              *float64 `json:"kappa" doc:"Cohen's kappa; null for numbers."`
	Correlation        *float64 `json:"correlation" doc:"Pearson's correlation of numbers."`
}

// RunEvaluationsResponse lists Evaluations that have a Run, newest first.
type RunEvaluationsResponse struct {
	Evaluations []*EvaluationResponse `json:"evaluations"`
}

// intervalOf shows an interval by its ends.
func intervalOf(i *inference.Interval) []float64 {
	if i == nil {
		return nil
	}
	return []float64{i.Low, i.High}
}
