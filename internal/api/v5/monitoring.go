package v5

import "time"

// Monitoring says how the Evaluators that monitor a File keep up.
type Monitoring struct {
	Evaluators []MonitoringState `json:"evaluators"`
}

// MonitoringState says how one of them does.
type MonitoringState struct {
	EvaluatorID        string           `json:"evaluator_id"`
	EvaluatorPath      string           `json:"evaluator_path"`
	EvaluatorVersionID string           `json:"evaluator_version_id,omitempty" doc:"The version that judges; absent for the one that is deployed to an environment."`
	EnvironmentID      string           `json:"environment_id,omitempty" doc:"The environment whose version judges."`
	State              string           `json:"state" enum:"active,inactive"`
	Waiting            int              `json:"waiting" doc:"Logs that wait to be judged, or are being judged."`
	Oldest             *time.Time       `json:"oldest" doc:"Since when the Log waits that waits longest."`
	Judged             int              `json:"judged" doc:"Logs that were judged in the last 24 hours."`
	Failed             int              `json:"failed" doc:"Logs on which the Evaluator failed in the last 24 hours."`
	Skipped            int64            `json:"skipped" doc:"Logs that were passed over because too many waited. Those of the last hour are taken up once there is room."`
	LastError          *MonitoringError `json:"last_error" doc:"How the Evaluator failed last in the last 24 hours."`
}

// MonitoringError is a failure of an Evaluator.
type MonitoringError struct {
	LogID       string    `json:"log_id" doc:"The Evaluator's Log."`
	JudgedLogID string    `json:"judged_log_id"`
	CreatedAt   time.Time `json:"created_at"`
	Reason      string    `json:"reason,omitempty"`
	Message     string    `json:"message"`
}

// MonitorBackfill asks for judgments of Logs that exist.
type MonitorBackfill struct {
	EvaluatorVersionID string     `json:"evaluator_version_id" required:"true" doc:"A version of an Evaluator that the server runs. If it monitors the File, its sample and filter apply."`
	Last               int        `json:"last,omitempty" min:"1" max:"10000" doc:"Look at the newest Logs, so many."`
	StartDate          *time.Time `json:"start_date,omitzero" doc:"Look at Logs created at this time or later."`
	EndDate            *time.Time `json:"end_date,omitzero" doc:"Look at Logs created at this time or earlier."`
}

// MonitorBackfilled says what a backfill will judge.
type MonitorBackfilled struct {
	Logs    int        `json:"logs" doc:"Logs that will be judged."`
	EndDate *time.Time `json:"end_date" doc:"There are more: repeat the request with this end_date."`
}
