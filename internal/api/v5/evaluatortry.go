package v5

import (
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/json"
)

// EvaluatorTry has an Evaluator judge some Logs.
type EvaluatorTry struct {
	VersionRequest
	Spec     *EvaluatorSpec   `json:"spec,omitzero" either:"version" doc:"An Evaluator that is not saved. Either this or a version."`
	LogIDs   []string         `json:"log_ids,omitempty" either:"logs" maxlen:"20" doc:"The Logs to judge, 20 at most together with logs."`
	Logs     []TriedLog       `json:"logs,omitempty" either:"logs" maxlen:"20" doc:"Logs that are not saved."`
	Testcase *CreateDatapoint `json:"testcase,omitzero" doc:"The datapoint that the Logs are judged by. By default it is the one that each Log names."`
}

// TriedLog is a Log that is judged without being saved.
type TriedLog struct {
	ModelAnswer
	LogResult
	LogAbout
}

// EvaluatorTryResult is what the Evaluator says of a Log.
type EvaluatorTryResult struct {
	Judgment     Judgment     `json:"judgment" doc:"null if the Evaluator abstains or fails."`
	Error        *string      `json:"error"`
	Detail       *errs.Detail `json:"detail,omitzero"` // of the error
	Stdout       *string      `json:"stdout" doc:"What the code printed, and the traceback of a failure."`
	Output       *string      `json:"output" doc:"The reasoning."`
	Metadata     json.Value   `json:"metadata,omitzero" object:"true"`
	Milliseconds int64        `json:"milliseconds"`
	Cost         *float64     `json:"cost" doc:"In US dollars; null if there is none or it is not known."`
}
