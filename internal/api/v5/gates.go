package v5

// GateSet puts a gate before an environment.
type GateSet struct {
	Evaluation GateEvaluation `json:"evaluation" required:"true" doc:"What a version must have been judged by."`
	MinLogs    *int           `json:"min_logs,omitzero" min:"1" doc:"The number of Logs that the Run must have, 20 by default."`
	MaxErrors  *float64       `json:"max_errors,omitzero" min:"0" max:"1" doc:"The share of Logs, and of each Evaluator's judgments, that may have failed or be missing, 0.05 by default."`
	MaxAge     string         `json:"max_age,omitempty" doc:"How old the Run may be, as 30d (the default) or 12h."`
	Mode       string         `json:"mode,omitempty" enum:"block,warn" doc:"What a closed gate does: refuse the deployment (the default), or tell of it."`
}

// GateEvaluation is what a Run must be of to open a gate.
type GateEvaluation struct {
	Dataset    FileRequest     `json:"dataset" required:"true" doc:"The Run must be over the version of it that was saved last."`
	Evaluators []GateEvaluator `json:"evaluators" required:"true"`
}

// GateEvaluator says how an Evaluator must have judged.
type GateEvaluator struct {
	FileRequest
	Threshold    *float64 `json:"threshold,omitzero" doc:"The mean must be at least this, or at most if lower is better."`
	Strict       bool     `json:"strict,omitzero" doc:"Compare the worse end of the 95 % interval of the mean with the threshold."`
	NoRegression *bool    `json:"no_regression,omitzero" doc:"The version must not be significantly worse than the one that is deployed there; true by default."`
}

// GateResponse is a gate as a version finds it.
type GateResponse struct {
	Evaluation GateEvaluation `json:"evaluation"`
	MinLogs    int            `json:"min_logs"`
	MaxErrors  float64        `json:"max_errors"`
	MaxAge     string         `json:"max_age"`
	Mode       string         `json:"mode" enum:"block,warn"`
	GateState
}

// GateState says whether a version may pass a gate.
type GateState struct {
	State        string      `json:"state" enum:"open,closed,running" doc:"running: closed, and a Run is in progress that may open it."`
	VersionID    string      `json:"version_id" doc:"The version that the state is of."`
	EvaluationID string      `json:"evaluation_id,omitempty" doc:"The Evaluation that has the Run."`
	RunID        string      `json:"run_id,omitempty" doc:"The Run that was looked at, or is in progress."`
	Checks       []GateCheck `json:"checks" doc:"What was looked at; empty for the version that is deployed."`
	ForcedBy     string      `json:"forced_by,omitempty" doc:"The id of the API key that deployed the version though the gate was closed."`
}

// GateCheck is one thing that a gate looks at.
type GateCheck struct {
	Check     string `json:"check" doc:"run, logs, errors, judged, threshold, no_regression, evaluator or dataset."`
	Evaluator string `json:"evaluator,omitempty" doc:"The path of the Evaluator that it is about."`
	Wanted    string `json:"wanted"`
	Found     string `json:"found"`
	Passed    bool   `json:"passed"`
	RunID     string `json:"run_id,omitempty"`
}

// Gated is a version of a File that can tell of the gate that it was deployed past.
type Gated interface{ SetGate(state *GateState) }

// SetGate implements [Gated].
func (f *FileFields) SetGate(state *GateState) { f.Gate = state }
