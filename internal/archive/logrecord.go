package archive

import (
	"cmp"
	"time"

	v5 "github.com/openloop-server/openloop/internal/api/v5"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/trace"
)

// logRecord is a Log as the export has it. Its members shadow those of the wire type that are read otherwise.
type logRecord struct {
	v5.LogFields
	v5.ModelFields
	v5.JudgmentFields

	Kind      file.Kind  `json:"type"`
	Prompt    json.Value `json:"prompt"`
	Tool      json.Value `json:"tool"`
	Evaluator json.Value `json:"evaluator"`
	Flow      json.Value `json:"flow"`
	Agent     json.Value `json:"agent"`

	CreatedAt     moment       `json:"created_at"`
	StartTime     moment       `json:"start_time"`
	EndTime       moment       `json:"end_time"`
	Save          *bool        `json:"save"`
	SessionID     string       `json:"session_id"`
	Parent        json.Value   `json:"parent"`
	EvaluatorLogs []json.Value `json:"evaluator_logs"`
	TraceChildren []json.Value `json:"trace_children"`
}

// version is the version that made the Log, nil if the record has none.
func (r *logRecord) version() (file.Kind, json.Value) {
	for kind, raw := range map[file.Kind]json.Value{
		file.PromptKind: r.Prompt, file.ToolKind: r.Tool, file.EvaluatorKind: r.Evaluator, file.FlowKind: r.Flow, file.AgentKind: r.Agent,
	} {
		if json.Object(raw) != nil {
			return kind, raw
		}
	}
	return "", nil
}

// log returns r in the domain, without the ids that are others here.
func (r *logRecord) log() *trace.Log {
	l := &trace.Log{
		ID: r.ID, Kind: r.Kind, CreatedAt: r.CreatedAt.Time, StartTime: r.StartTime.Time, EndTime: r.EndTime.Time, Error: r.Error, Detail: r.detail(),
		Attempts: r.Attempts, Provider: r.Provider, Model: r.Model, FinishReason: r.FinishReason, Usage: usageOf(r.Usage),
		PromptTokens: r.PromptTokens, OutputTokens: r.OutputTokens, ReasonTokens: r.ReasoningTokens, PromptCost: r.PromptCost, OutputCost: r.OutputCost,
		Latency: r.ProviderLatency, Source: r.Source, User: r.User, Environment: r.Environment, TraceID: r.TraceID, TraceParentID: r.TraceParentID,
		ParentID: r.ParentID, DatapointID: r.SourceDatapointID, RunID: r.RunID, SessionID: r.SessionID, PayloadDropped: r.Save != nil && !*r.Save,
		RequestID: r.RequestID, DeployedEnvironment: r.DeployedEnvironment, Ingress: r.Ingress, Alias: r.Alias, Cached: r.Cached, Conversation: r.Conversation,
		Lane: trace.Lane(r.Lane), Ignored: r.Ignored, ReplayOf: r.ReplayOf, Templated: r.TemplateMessages, FirstToken: r.TimeToFirstToken,
		MarkedCompleted: r.MarkedCompleted, Metadata: json.Object(r.Metadata),
		Payload: trace.Payload{
			Inputs: json.Object(r.Inputs), Messages: r.Messages, ToolChoice: r.ToolChoice, Output: r.Output, OutputMessage: r.OutputMessage, Stdout: r.Stdout,
			LogProbs: orAbsent(r.Logprobs), ProviderRequest: json.Object(r.ProviderRequest), ProviderResponse: json.Object(r.ProviderResponse),
		},
	}
	if r.APIKey != nil {
		l.CreatedBy = r.APIKey.ID
	}
	if r.Kind == file.EvaluatorKind {
		l.Payload.Judgment = orAbsent(r.Judgment.Value)
	}
	if trace.HasStatus(r.Kind) {
		l.Status = trace.Incomplete
		if cmp.Or(r.LogStatus, r.TraceStatus) != string(trace.Incomplete) {
			l.Status = trace.Complete // nobody adds to it any more
		}
	}
	return l
}

// detail is the failure of a call. Its page has the address of this server.
func (r *logRecord) detail() *errs.Detail {
	if r.Detail == nil {
		return nil
	}
	d := *r.Detail
	d.DocURL = errs.DocPath(d.Reason)
	return &d
}

// orAbsent is v, or nothing if it is null.
func orAbsent(v json.Value) json.Value {
	if json.Kind(v) == 'n' {
		return nil
	}
	return v
}

func usageOf(u *v5.Usage) llm.Usage {
	if u == nil {
		return llm.Usage{}
	}
	return llm.Usage{
		Input: u.InputTokens, CachedInput: u.CachedInputTokens, CacheWrite: u.CacheWriteTokens, Output: u.OutputTokens, Reasoning: u.ReasoningTokens,
		Known: true, Raw: u.Raw,
	}
}

// logHead is as much of a Log as tells its place among the others.
type logHead struct {
	ID        string      `json:"id"`
	CreatedAt moment      `json:"created_at"`
	Kind      file.Kind   `json:"type"`
	APIKey    *v5.KeyName `json:"api_key"`
	Evaluator struct {
		ID string `json:"id"`
	} `json:"evaluator"`
}

// judges reports whether it is a judgment.
func (h *logHead) judges() bool { return h.Kind == file.EvaluatorKind || h.Evaluator.ID != "" }

// since reports whether a Log of this time is wanted.
func (o *Options) since(at time.Time) bool { return !at.Before(o.Since) }
