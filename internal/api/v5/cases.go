package v5

import (
	"time"

	"github.com/openloop-server/openloop/internal/json"
)

// DatapointsOfLogs adds Logs to a Dataset as datapoints.
type DatapointsOfLogs struct {
	LogIDs   []string   `json:"log_ids,omitempty" either:"logs" doc:"The Logs, 10,000 at most. Either these or filter."`
	Filter   *LogFilter `json:"filter,omitzero" either:"logs" doc:"Selects the Logs."`
	Target   string     `json:"target,omitempty" enum:"output,correction,none" doc:"What the target is made of: the output of the Log; the latest judgment of the Evaluator correction, and Logs without one are skipped; or nothing."`
	Messages *bool      `json:"messages,omitzero" doc:"Whether the messages of the chat are kept, without those that the Prompt's template makes; true by default."`
	VersionLabels
}

// LogFilter selects Logs. Conditions are joined by AND.
type LogFilter struct {
	FileID         string         `json:"file_id" required:"true" doc:"The File whose Logs are selected."`
	VersionID      string         `json:"version_id,omitempty"`
	Search         string         `json:"search,omitempty" doc:"A text in inputs or output, in upper or lower case."`
	MetadataSearch string         `json:"metadata_search,omitempty" doc:"A text in metadata, in upper or lower case."`
	StartDate      *time.Time     `json:"start_date,omitzero" doc:"Logs created at this time or later."`
	EndDate        *time.Time     `json:"end_date,omitzero" doc:"Logs created at this time or earlier."`
	ErrorReason    string         `json:"error_reason,omitempty" doc:"Logs of calls that failed for this reason; * for any."`
	Judgments      []JudgedFilter `json:"judgments,omitempty" doc:"Logs that Evaluators judged so."`
	Sample         int            `json:"sample,omitzero" min:"0" max:"10000" doc:"The number of Logs to pick at random."`
	Limit          int            `json:"limit,omitzero" min:"1" max:"10000" doc:"The number of Logs at most, the newest; 10,000 by default."`
}

// JudgedFilter selects Logs by the latest judgment of an Evaluator.
type JudgedFilter struct {
	Path     string     `json:"path,omitempty" either:"file" doc:"The Evaluator's path. Either path or id."`
	ID       string     `json:"id,omitempty" either:"file" doc:"The Evaluator's id."`
	Operator string     `json:"operator,omitempty" enum:"=,!=,<,<=,>,>=" doc:"How the judgment compares; numbers only for less and more."`
	Judgment json.Value `json:"judgment" required:"true" doc:"A boolean, a number, or the name of an option."`
}

// DatasetAddition is a version of a Dataset, and what became of the Logs that were added.
type DatasetAddition struct {
	DatasetResponse
	Record AdditionRecord `json:"record"`
}

// AdditionRecord counts what became of Logs.
type AdditionRecord struct {
	Logs    int            `json:"logs" doc:"That were selected."`
	Added   int            `json:"added" doc:"That became new datapoints."`
	Known   int            `json:"known" doc:"Whose datapoints the version had already, or that say the same as another of the Logs."`
	Skipped map[string]int `json:"skipped" doc:"That became no datapoints, by the reason: payload_dropped, nothing_asked, no_output or no_correction."`
}
