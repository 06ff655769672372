package explore

import (
	"time"

	v5 "github.com/openloop-server/openloop/internal/api/v5"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/trace"
)

// LogRows is a part of a list of Logs.
type LogRows struct {
	Records    []LogRow `json:"records"`
	Next       string   `json:"next,omitempty" doc:"The cursor of what comes after; absent at the end."`
	Previous   string   `json:"previous,omitempty" doc:"The cursor of what comes before, also of Logs that are not there yet; absent if nothing was found."`
	Total      int      `json:"total" doc:"Logs that the filter selects."`
	TotalExact bool     `json:"total_exact" doc:"Whether total is exact; otherwise it is a lower bound."`
	LookedInto int      `json:"looked_into,omitzero" doc:"If time was short: the Logs that were decided. The cursor continues the search."`
	Of         int      `json:"of,omitzero" doc:"If time was short: the Logs of the Files and the time range of the filter."`
}

// LogRow is a Log without what was said.
type LogRow struct {
	ID                  string        `json:"id"`
	CreatedAt           time.Time     `json:"created_at"`
	Type                string        `json:"type" enum:"prompt,tool,evaluator,flow,agent"`
	File                RowFile       `json:"file"`
	Version             RowVersion    `json:"version"`
	DiffersFromDeployed bool          `json:"differs_from_deployed" doc:"Whether another version is deployed in the default environment now."`
	Environment         string        `json:"environment,omitempty" doc:"The label that the caller gave."`
	DeployedEnvironment string        `json:"deployed_environment,omitempty" doc:"The environment whose deployment was used."`
	Status              string        `json:"status" enum:"ok,failed,incomplete"`
	ErrorReason         errs.Reason   `json:"error_reason,omitempty"`
	Origin              string        `json:"origin,omitempty" doc:"Who raised the failure."`
	Fault               string        `json:"fault,omitempty" enum:"caller,provider,server" doc:"Whose failure it is."`
	Error               string        `json:"error,omitempty" doc:"The beginning of the message, at most 200 characters."`
	Provider            string        `json:"provider,omitempty"`
	Model               string        `json:"model,omitempty"`
	FinishReason        string        `json:"finish_reason,omitempty"`
	Input               string        `json:"input,omitempty" doc:"The beginning of the last message of the user, or of the inputs, at most 200 characters."`
	Output              string        `json:"output,omitempty" doc:"The beginning of the output, at most 200 characters."`
	PromptTokens        *int64        `json:"prompt_tokens,omitempty"`
	OutputTokens        *int64        `json:"output_tokens,omitempty"`
	ReasoningTokens     *int64        `json:"reasoning_tokens,omitempty"`
	CachedTokens        *int64        `json:"cached_tokens,omitempty" doc:"Tokens of the prompt that the provider had cached."`
	Cost                *float64      `json:"cost,omitempty" doc:"US dollars."`
	Latency             *float64      `json:"latency,omitempty" doc:"Seconds that the provider took."`
	TimeToFirstToken    *float64      `json:"time_to_first_token,omitempty" doc:"Seconds, of a streamed call."`
	User                string        `json:"user,omitempty"`
	Source              string        `json:"source,omitempty"`
	APIKey              *RowKey       `json:"api_key,omitzero"`
	RequestID           string        `json:"request_id,omitempty"`
	TraceID             string        `json:"trace_id,omitempty"`
	TraceParentID       string        `json:"trace_parent_id,omitempty"`
	Children            int           `json:"children" doc:"Logs directly below this one in its trace."`
	RunID               string        `json:"run_id,omitempty"`
	Attempts            int           `json:"attempts,omitzero" doc:"Attempts, if there was more than one."`
	Judgments           []RowJudgment `json:"judgments,omitempty" doc:"The latest judgment of each Evaluator."`
}

// RowFile is the File of a Log.
type RowFile struct {
	ID   string `json:"id"`
	Path string `json:"path"`
}

// RowVersion is the version of a Log.
type RowVersion struct {
	ID   string `json:"id"`
	Name string `json:"name,omitempty"`
}

// RowKey is the API key of a Log.
type RowKey struct {
	ID   string `json:"id"`
	Name string `json:"name,omitempty"`
}

// RowJudgment is what an Evaluator said of a Log.
type RowJudgment struct {
	EvaluatorID string      `json:"evaluator_id"`
	Path        string      `json:"path" doc:"Of the Evaluator."`
	Judgment    v5.Judgment `json:"judgment,omitzero" doc:"Absent if the Evaluator failed or abstained, and for a long text."`
	Failed      bool        `json:"failed,omitzero"`
}

// LogFacets are the values of a field, the most frequent first.
type LogFacets struct {
	Field      string     `json:"field"`
	Values     []LogFacet `json:"values"`
	More       bool       `json:"more" doc:"Whether there are more values."`
	Exact      bool       `json:"exact" doc:"Whether the counts are exact; otherwise they are lower bounds."`
	LookedInto int        `json:"looked_into,omitzero" doc:"If time was short: the Logs that were decided."`
	Of         int        `json:"of,omitzero" doc:"If time was short: the Logs of the Files and the time range of the filter."`
}

// LogFacet is a value with the number of its Logs.
type LogFacet struct {
	Value string `json:"value"`
	Label string `json:"label,omitempty" doc:"For an id: what people call it."`
	Count int    `json:"count"`
}

// TailEvent is an event of the stream of Logs.
type TailEvent struct {
	Type    string  `json:"type" enum:"open,log,skipped,error" doc:"open comes first."`
	Log     *LogRow `json:"log,omitzero"`
	Skipped int     `json:"skipped,omitzero" doc:"Logs that were left out since the event before, because there were too many."`

	Detail *errs.Detail `json:"detail,omitzero" doc:"Of error, which ends the stream."`
}

func rowsOf(rows []trace.Row) []LogRow {
	out := make([]LogRow, len(rows))
	for i := range rows {
		out[i] = rowOf(&rows[i])
	}
	return out
}

func rowOf(r *trace.Row) LogRow {
	out := LogRow{
		ID: r.ID, CreatedAt: r.CreatedAt, Type: string(r.Kind), File: RowFile{r.FileID, r.Path}, Version: RowVersion{r.VersionID, r.VersionName},
		DiffersFromDeployed: r.Differs, Environment: r.Environment, DeployedEnvironment: r.DeployedEnvironment, Status: string(r.RowStatus()),
		ErrorReason: errs.Reason(trace.FactReason.Of(r.Log)), Origin: trace.FactOrigin.Of(r.Log), Fault: trace.FactFault.Of(r.Log),
		Provider: r.Provider, Model: r.Model, FinishReason: r.FinishReason, Input: r.Input, Output: r.Output,
		PromptTokens: r.PromptTokens, OutputTokens: r.OutputTokens, ReasoningTokens: r.ReasonTokens,
		Cost: trace.Cost.Of(r.Log), Latency: r.Latency, TimeToFirstToken: r.FirstToken, User: r.User, Source: r.Source,
		RequestID: r.RequestID, TraceID: r.TraceID, TraceParentID: r.TraceParentID, Children: r.Children, RunID: r.RunID, Attempts: len(r.Attempts),
	}
	if r.Error != nil {
		out.Error = trace.Begin(*r.Error)
	}
	if r.Usage.CachedInput > 0 {
		out.CachedTokens = new(int64(r.Usage.CachedInput))
	}
	if r.CreatedBy != "" {
		out.APIKey = &RowKey{r.CreatedBy, r.KeyName}
	}
	for _, j := range r.Judgments {
		out.Judgments = append(out.Judgments, RowJudgment{j.EvaluatorID, j.Path, v5.Judgment{Value: j.Judgment}, j.Failed})
	}
	return out
}
