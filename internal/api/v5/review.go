package v5

import (
	"time"

	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/llm"
)

// Review is what a person is given to judge. Judgments are reported by evaluators/log, with the reviewer as user.
type Review struct {
	Items         []ReviewItem `json:"items"`
	Reviewer      string       `json:"reviewer" doc:"Whose turn it is: what the judgments name as user."`
	Waiting       int          `json:"waiting" doc:"Judgments that this reviewer may make, including items; nobody else is at them."`
	Done          int          `json:"done" doc:"Judgments that this reviewer has made."`
	ReviewsPerLog int          `json:"reviews_per_log"`
}

// ReviewItem is a Log to judge by an Evaluator.
type ReviewItem struct {
	RunID     string             `json:"run_id,omitempty" doc:"Absent in a blind review."`
	Log       *Log               `json:"log" doc:"In a blind review without the version, the model and what others judged."`
	Datapoint *DatapointResponse `json:"datapoint,omitzero"`
	Evaluator ReviewEvaluator    `json:"evaluator"`
	HeldUntil time.Time          `json:"held_until" doc:"Nobody else is given it before, unless more people are to judge it."`
}

// ReviewEvaluator is how a Log is to be judged.
type ReviewEvaluator struct {
	ID           string             `json:"id"`
	VersionID    string             `json:"version_id"`
	Path         string             `json:"path"`
	ReturnType   string             `json:"return_type" enum:"boolean,number,select,multi_select,text"`
	Options      []file.Option      `json:"options" doc:"Of boolean, select and multi_select."`
	NumberLimits *file.NumberLimits `json:"number_limits,omitzero"`
	Instructions string             `json:"instructions,omitempty"`
}

// Blind returns l without what tells who or what made it, and how others judged it: what was asked, what was answered, and the error remain.
func (l *Log) Blind() *Log {
	out := &Log{LogFields: LogFields{
		Output: l.Output, OutputMessage: l.OutputMessage, CreatedAt: l.CreatedAt, Error: l.Error, Inputs: l.Inputs, Batches: []string{}, ID: l.ID,
		EvaluatorLogs: []Log{}, TraceChildren: []Log{}, LogStatus: l.LogStatus,
	}}
	out.Save, out.LogID = l.Save, l.LogID
	for i := range l.Messages {
		if role := l.Messages[i].Role; role != llm.System && role != llm.Developer {
			out.Messages = append(out.Messages, l.Messages[i])
		}
	}
	return out
}
