package show

import (
	"context"

	v5 "github.com/openloop-server/openloop/internal/api/v5"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/trace"
)

func labelsOf(l *trace.Log) v5.CallLabels {
	return v5.CallLabels{
		StartTime: Time(l.StartTime), EndTime: Time(l.EndTime), Source: l.Source, Metadata: l.Metadata,
		SourceDatapointID: l.DatapointID, TraceParentID: l.TraceParentID, User: l.User, Environment: l.Environment,
		Save: !l.PayloadDropped, LogID: l.ID,
	}
}

// logResponse shows a Log of the version that f shows, without related objects. base is the URL of the server.
func logResponse(l *trace.Log, f v5.File, base string) v5.Log {
	p := &l.Payload
	out := v5.Log{
		LogFields: v5.LogFields{
			CallLabels: labelsOf(l), Output: p.Output, OutputMessage: p.OutputMessage, CreatedAt: l.CreatedAt, Error: l.Error, Detail: l.Detail.Under(base),
			ProviderLatency: l.Latency, Stdout: p.Stdout, ProviderRequest: p.ProviderRequest, ProviderResponse: p.ProviderResponse,
			Inputs: json.ObjectOrEmpty(p.Inputs), Batches: []string{}, ID: l.ID, EvaluatorLogs: []v5.Log{}, TraceID: l.TraceID,
			TraceChildren: []v5.Log{}, LogStatus: string(l.Status), RunID: l.RunID,
			RequestID: l.RequestID, OTelTraceID: l.OTelTraceID, DeployedEnvironment: l.DeployedEnvironment, Ingress: l.Ingress, Lane: string(l.Lane), Ignored: l.Ignored, Alias: l.Alias, Cached: l.Cached, Conversation: l.Conversation, TimeToFirstToken: l.FirstToken, TemplateMessages: templated(l), ReplayOf: l.ReplayOf,
		},
		ModelFields: v5.ModelFields{
			Messages: p.Messages, ToolChoice: p.ToolChoice, PromptTokens: l.PromptTokens, ReasoningTokens: l.ReasonTokens, OutputTokens: l.OutputTokens,
			PromptCost: l.PromptCost, OutputCost: l.OutputCost, FinishReason: l.FinishReason, Logprobs: p.LogProbs,
			Provider: l.Provider, Model: l.Model, Attempts: l.Attempts, Usage: usageOf(l),
		},
		JudgmentFields: v5.JudgmentFields{ParentID: l.ParentID, MarkedCompleted: l.MarkedCompleted},
	}
	out.Type = string(l.Kind)
	switch f := f.Value.(type) {
	case *v5.PromptResponse:
		out.Prompt = f
	case *v5.ToolResponse:
		out.Tool = f
	case *v5.EvaluatorResponse:
		out.Evaluator, out.Judgment.Value = f, orNull(p.Judgment)
	case *v5.FlowResponse:
		out.Flow, out.TraceStatus = f, out.LogStatus
	case *v5.AgentResponse:
		out.Agent = f
	}
	return out
}

// templated is how many of the messages that are kept of l its template made.
func templated(l *trace.Log) int { return min(l.Templated, len(l.Payload.Messages)) }

// ToolCall shows a Log that a run of a version of a Tool has just made, with all of it even if some is not kept.
func (s *Shows) ToolCall(ctx context.Context, version *file.Snapshot, log *trace.Log) (*v5.ToolCallResponse, error) {
	tool, err := s.File(ctx, version, With{})
	if err != nil {
		return nil, err
	}
	shown := logResponse(log, tool, s.base)
	flows, err := s.db.TraceFiles(ctx, []string{log.TraceID})
	if root := flows[log.TraceID]; root.Kind == file.FlowKind {
		shown.TraceFlowID = root.ID
	}
	return &v5.ToolCallResponse{LogFields: shown.LogFields, Tool: shown.Tool}, err
}

// orNull returns null if there is no value, as for a withdrawn judgment.
func orNull(v json.Value) json.Value {
	if v == nil {
		return json.Value("null")
	}
	return v
}

func usageOf(l *trace.Log) *v5.Usage {
	if !l.Usage.Known {
		return nil
	}
	u := l.Usage
	return &v5.Usage{
		InputTokens: u.Input, CachedInputTokens: u.CachedInput, CacheWriteTokens: u.CacheWrite,
		OutputTokens: u.Output, ReasoningTokens: u.Reasoning, Raw: u.Raw,
	}
}
