package v5

import (
	"time"

	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/judgment"
	"github.com/openloop-server/openloop/internal/web/schema"
)

// EvaluationCreate creates an Evaluation.
type EvaluationCreate struct {
	File       *FileRequest       `json:"file,omitzero" doc:"The File whose list contains the Evaluation."`
	Name       string             `json:"name,omitempty" maxlen:"255" doc:"Unique within the File."`
	Evaluators []EvaluatorRequest `json:"evaluators" required:"true" doc:"The Evaluators that judge the Logs."`

	ReviewsPerLog int `json:"reviews_per_log,omitzero" min:"1" max:"20" doc:"How many different people are to judge each Log by each human Evaluator, 1 by default. A Run is complete only then."`
}

// FileRequest identifies a File.
type FileRequest struct {
	ID   string `json:"id,omitempty" either:"file" doc:"The File's id. Either id or path."`
	Path string `json:"path,omitempty" either:"file" doc:"The File's path."`
}

// EvaluatorRequest identifies a version of an Evaluator.
type EvaluatorRequest struct {
	VersionRequest
	Orchestrated *bool `json:"orchestrated,omitzero" doc:"Whether the server runs it; true by default. The server never runs external and human Evaluators, but waits for their judgments."`
}

// VersionRequest identifies a version.
type VersionRequest struct {
	VersionID   string `json:"version_id,omitempty" either:"version" doc:"The version. Either this, or the id or path of its File."`
	ID          string `json:"id,omitempty" either:"version" doc:"The File's id."`
	Path        string `json:"path,omitempty" either:"version" doc:"The File's path."`
	Environment string `json:"environment,omitempty" doc:"The name of an environment, by default the default one; the version deployed there is used."`
}

// EvaluatorsAdd adds Evaluators to an Evaluation.
type EvaluatorsAdd struct {
	Evaluators []EvaluatorRequest `json:"evaluators" required:"true"`
}

// RunCreate creates a Run.
type RunCreate struct {
	Dataset         *VersionRequest `json:"dataset,omitzero" doc:"The version of a Dataset with the datapoints to run."`
	Version         *VersionRequest `json:"version,omitzero" doc:"The evaluated version."`
	Orchestrated    *bool           `json:"orchestrated,omitzero" doc:"Whether the server generates the Logs, for which it needs dataset and version. By default true if either is given. With false, you submit the Logs."`
	UseExistingLogs bool            `json:"use_existing_logs,omitzero" doc:"Start with existing Logs of the version for datapoints of the Dataset."`
	MaxCost         *float64        `json:"max_cost,omitzero" min:"0" doc:"US dollars that an orchestrated Run may cost, with its judgments. When they are spent, the remaining Logs are recorded as failed. Calls that are in flight may exceed it. No limit by default."`
	MaxErrors       *int            `json:"max_errors,omitzero" min:"0" doc:"How many Logs of an orchestrated Run may fail. When more have failed, the remaining ones are recorded as failed without a call. No limit by default."`
}

// RunUpdate changes a Run.
type RunUpdate struct {
	Control bool   `json:"control,omitzero" doc:"true makes it the Run that others are compared with, instead of the current one."`
	Status  string `json:"status,omitempty" enum:"pending,running,completed,cancelled" doc:"completed or cancelled ends a Run that is pending or running."`
}

// RunRetry says what of a Run is tried again.
type RunRetry struct {
	Only string `json:"only,omitempty" enum:"errors,logs,judgments" doc:"errors, the default, repeats failed Logs and failed judgments; logs or judgments only one of them."`
}

// RunLogsAdd adds Logs to a Run.
type RunLogsAdd struct {
	LogIDs []string `json:"log_ids" required:"true"`
}

// EvaluationResponse is an Evaluation.
type EvaluationResponse struct {
	ID         string                        `json:"id"`
	RunsCount  int                           `json:"runs_count"`
	Evaluators []EvaluationEvaluatorResponse `json:"evaluators"`
	Name       string                        `json:"name,omitempty"`
	FileID     string                        `json:"file_id,omitempty"`
	CreatedAt  time.Time                     `json:"created_at"`
	CreatedBy  *UserResponse                 `json:"created_by"`
	URL        *string                       `json:"url" doc:"The URL of its page, if the server knows its public URL."`
	UpdatedAt  time.Time                     `json:"updated_at"`

	ReviewsPerLog int `json:"reviews_per_log" doc:"How many different people are to judge each Log by each human Evaluator."`
}

// EvaluationEvaluatorResponse is an Evaluator of an Evaluation.
type EvaluationEvaluatorResponse struct {
	Version      *EvaluatorResponse `json:"version"`
	Orchestrated bool               `json:"orchestrated"`
	AddedAt      time.Time          `json:"added_at"`
}

// EvaluationRunsResponse lists Runs, newest first.
type EvaluationRunsResponse struct {
	Runs []EvaluationRunResponse `json:"runs"`
}

// EvaluationRunResponse is a Run.
type EvaluationRunResponse struct {
	ID           string           `json:"id"`
	Dataset      *DatasetResponse `json:"dataset,omitzero"`
	Version      *File            `json:"version,omitzero"`
	Orchestrated bool             `json:"orchestrated"`
	AddedAt      time.Time        `json:"added_at"`
	CreatedAt    time.Time        `json:"created_at"`
	CreatedBy    *UserResponse    `json:"created_by"`
	Status       string           `json:"status" enum:"pending,running,completed,cancelled"`
	Control      bool             `json:"control"`
	Progress     RunProgress      `json:"progress"`
}

// RunProgress is how far a Run has come.
type RunProgress struct {
	Logs       int      `json:"logs" doc:"The Logs that it has."`
	Missing    int      `json:"missing" doc:"Datapoints that have no Log yet."`
	Failed     int      `json:"failed" doc:"Logs with an error."`
	Judged     int      `json:"judged" doc:"Judgments of these Logs, with abstentions and failures."`
	Wanted     int      `json:"wanted" doc:"Judgments once all Evaluators have judged all Logs."`
	WaitingFor []string `json:"waiting_for" doc:"Evaluators that the server does not run, with how many Logs each has not judged, as in \"human Tone: 12\"."`
	Cost       float64  `json:"cost" doc:"US dollars that the server has spent on its Logs and their judgments, where prices are known."`
	MaxCost    *float64 `json:"max_cost,omitzero"`
	MaxErrors  *int     `json:"max_errors,omitzero"`
	Stopped    *string  `json:"stopped" doc:"The reason why the server does not call any more for it, such as invalid_api_key, too_many_errors or budget_exceeded; null while it does."`
}

// EvaluationLogResponse is a Log of a Run, with the judgments of the Evaluation's Evaluators.
type EvaluationLogResponse struct {
	RunID         string             `json:"run_id"`
	Datapoint     *DatapointResponse `json:"datapoint,omitzero"`
	Log           *Log               `json:"log"`
	EvaluatorLogs []Log              `json:"evaluator_logs"`
}

// EvaluationStats is the statistics of an Evaluation's Runs, newest first.
type EvaluationStats struct {
	RunStats []RunStatsResponse `json:"run_stats"`
	Progress string             `json:"progress" doc:"Always empty, because the TypeScript SDK can print any other text only to a terminal."`
	Report   string             `json:"report" doc:"A printable summary."`
	Status   string             `json:"status" enum:"pending,running,completed,cancelled"`
}

// StatsOf returns the statistics of Runs on the wire.
func StatsOf(runs []judgment.RunStats, report string, status judgment.Progress) *EvaluationStats {
	out := &EvaluationStats{RunStats: make([]RunStatsResponse, len(runs)), Report: report, Status: string(status)}
	for i := range runs {
		out.RunStats[i] = RunStatsOf(&runs[i])
	}
	return out
}

// RunStatsResponse is the statistics of a Run.
type RunStatsResponse struct {
	RunID          string           `json:"run_id"`
	VersionID      string           `json:"version_id,omitempty"`
	BatchID        *string          `json:"batch_id" doc:"Always null."`
	NumLogs        int              `json:"num_logs"`
	EvaluatorStats []EvaluatorStats `json:"evaluator_stats"`
	Status         string           `json:"status" enum:"pending,running,completed,cancelled"`
}

// RunStatsOf returns r on the wire.
func RunStatsOf(r *judgment.RunStats) RunStatsResponse {
	out := RunStatsResponse{
		RunID: r.ID, VersionID: r.VersionID, NumLogs: r.Logs, Status: string(r.Status()), EvaluatorStats: make([]EvaluatorStats, len(r.Evaluators)),
	}
	for i := range r.Evaluators {
		out.EvaluatorStats[i] = evaluatorStatsOf(&r.Evaluators[i])
	}
	return out
}

// EvaluatorStats is the statistics of an Evaluator for a Run: one of the four types below, as its member "return_type" says.
type EvaluatorStats struct{ Value any }

// MarshalJSONTo encodes the type that is set.
func (s EvaluatorStats) MarshalJSONTo(enc *json.Encoder) error { return json.Encode(enc, s.Value) }

// JSONSchema implements [schema.Schemer].
func (EvaluatorStats) JSONSchema() *schema.Schema {
	return schema.OneOf("EvaluatorStats", "statistics of numbers, booleans, options or texts", "return_type", schema.Of[NumericEvaluatorStatsResponse](),
		schema.Of[BooleanEvaluatorStatsResponse](), schema.Of[SelectEvaluatorStatsResponse](), schema.Of[TextEvaluatorStatsResponse]())
}

func evaluatorStatsOf(s *judgment.Stats) EvaluatorStats {
	base := EvaluatorStatsFields{
		EvaluatorVersionID: s.VersionID, TotalLogs: s.Total(), NumJudgments: s.Judgments, NumNulls: s.Nulls, NumErrors: s.Errors,
	}
	if e := s.Estimate; e != nil {
		base.Score, base.StandardError, base.Interval = &e.Mean, e.StandardError, intervalOf(e.Interval)
	}
	kind := string(s.ReturnType)
	switch s.ReturnType {
	case file.ReturnsNumber:
		return EvaluatorStats{&NumericEvaluatorStatsResponse{base, kind, s.Mean, s.Sum, s.Std, s.Percentiles}}
	case file.ReturnsBoolean:
		return EvaluatorStats{&BooleanEvaluatorStatsResponse{base, kind, s.True, s.False}}
	case file.ReturnsSelect, file.ReturnsMultiSelect:
		return EvaluatorStats{&SelectEvaluatorStatsResponse{base, kind, s.PerOption}}
	case file.ReturnsText:
	}
	return EvaluatorStats{&TextEvaluatorStatsResponse{base, kind}}
}

// EvaluatorStatsFields counts the Logs that an Evaluator has dealt with.
type EvaluatorStatsFields struct {
	EvaluatorVersionID string `json:"evaluator_version_id"`
	TotalLogs          int    `json:"total_logs" doc:"Including abstentions and errors."`
	NumJudgments       int    `json:"num_judgments"`
	NumNulls           int    `json:"num_nulls"`
	NumErrors          int    `json:"num_errors"`

	Score         *float64  `json:"score,omitzero" doc:"The mean of numbers, the share of true, or that of positive options. Several Logs of a datapoint count as one, their mean."`
	StandardError *float64  `json:"standard_error,omitzero" doc:"Of the score."`
	Interval      []float64 `json:"interval,omitempty" doc:"The two ends of the 95 % confidence interval of the score."`
}

// TextEvaluatorStatsResponse counts texts.
type TextEvaluatorStatsResponse struct {
	EvaluatorStatsFields
	ReturnType string `json:"return_type" enum:"text"`
}

// NumericEvaluatorStatsResponse describes numbers.
type NumericEvaluatorStatsResponse struct {
	EvaluatorStatsFields
	ReturnType  string             `json:"return_type" enum:"number"`
	Mean        *float64           `json:"mean,omitzero"`
	Sum         *float64           `json:"sum,omitzero"`
	Std         *float64           `json:"std,omitzero" doc:"The standard deviation of the whole population."`
	Percentiles map[string]float64 `json:"percentiles" doc:"By percentile: 0, 25, 50, 75 and 100."`
}

// BooleanEvaluatorStatsResponse counts booleans.
type BooleanEvaluatorStatsResponse struct {
	EvaluatorStatsFields
	ReturnType string `json:"return_type" enum:"boolean"`
	NumTrue    int    `json:"num_true"`
	NumFalse   int    `json:"num_false"`
}

// SelectEvaluatorStatsResponse counts options.
type SelectEvaluatorStatsResponse struct {
	EvaluatorStatsFields
	ReturnType            string         `json:"return_type" enum:"select,multi_select"`
	NumJudgmentsPerOption map[string]int `json:"num_judgments_per_option"`
}
