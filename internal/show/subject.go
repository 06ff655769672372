package show

import (
	"context"
	"slices"

	v5 "github.com/openloop-server/openloop/internal/api/v5"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/trace"
)

// maxSubjectLogs is the most Logs of a trace that an Evaluator gets.
const maxSubjectLogs = 1_000

// Subject shows a Log as Evaluators get it: as [Shows.Log] shows it, but without judgments, and with null for the members that it has no value
// for. The Logs below one of a Flow or an Agent are its trace_children, as many as fit into most bytes, those highest up first. If it gets
// less than the whole trace, trace_truncated is true.
func (s *Shows) Subject(ctx context.Context, log *trace.Log, most int) (json.Value, error) {
	v := &logView{base: s.base, all: []*trace.Log{log}, most: maxSubjectLogs, unjudged: true}
	if err := v.read(ctx, s, LogParts{Children: trace.HasStatus(log.Kind)}); err != nil {
		return nil, err
	}
	for {
		raw, err := v.subject(log, 0)
		if err != nil || len(raw) <= most || len(v.all) == 1 {
			return raw, errs.Wrap("show.Subject", err)
		}
		v.keep(len(v.all) / 2)
	}
}

// subject is what an Evaluator gets of a Log. Members of the wire type that it replaces have the same names.
type subject struct {
	v5.Log
	EvaluatorLogs  []v5.Log     `json:"evaluator_logs"`
	TraceChildren  []json.Value `json:"trace_children"`
	TraceTruncated bool         `json:"trace_truncated,omitzero"`
}

func (v *logView) subject(l *trace.Log, depth int) (json.Value, error) {
	out := subject{Log: v.one(l), TraceTruncated: v.cut && depth == 0}
	if depth < maxTraceDepth {
		for _, child := range v.children[l.ID] {
			below, err := v.subject(child, depth+1)
			if err != nil {
				return nil, err
			}
			out.TraceChildren = append(out.TraceChildren, below)
		}
	}
	raw, err := json.Marshal(&out)
	if err != nil {
		return nil, err
	}
	return withNulls(raw), nil
}

// withNulls adds the members that a Log of any kind may have to an object that lacks them.
func withNulls(object json.Value) json.Value {
	has := json.Names(object)
	out := object[:len(object)-1]
	for _, name := range optional() {
		if !slices.Contains(has, name) {
			out = append(json.AppendString(append(out, ','), name), ":null"...)
		}
	}
	return append(out, '}')
}

// optional lists the members of a Log that answers leave out when they have no value.
func optional() []string {
	return []string{
		"start_time", "end_time", "source", "metadata", "source_datapoint_id", "trace_parent_id", "user", "environment",
		"detail", "provider_latency", "stdout", "provider_request", "provider_response", "trace_flow_id", "trace_id", "log_status", "trace_status", "run_id",
		"tool_choice", "prompt_tokens", "reasoning_tokens", "output_tokens", "prompt_cost", "output_cost", "finish_reason", "logprobs",
		"provider", "model", "attempts", "usage", "parent_id", "parent", "judgment", "marked_completed",
		"prompt", "tool", "evaluator", "flow", "agent",
		"request_id", "otel_trace_id", "deployed_environment", "ingress", "lane", "ignored", "alias", "cached", "conversation", "api_key", "time_to_first_token", "replay_of", "template_messages", "provider_request_size", "provider_response_size",
	}
}
