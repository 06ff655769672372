package api

import (
	"context"

	v5 "github.com/openloop-server/openloop/internal/api/v5"
	"github.com/openloop-server/openloop/internal/auth"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/logbook"
	"github.com/openloop-server/openloop/internal/show"
	"github.com/openloop-server/openloop/internal/trace"
	"github.com/openloop-server/openloop/internal/web"
)

// loggingRoutes returns the operations that report what ran elsewhere, and change such reports.
func (a *API) loggingRoutes() []web.Route {
	return []web.Route{
		{Method: "POST", Path: "/v5/prompts/log", ID: "prompts.log", Tag: "Prompts", Role: auth.Member, Summary: "Log a call made elsewhere", Op: logOf(a, promptLogs(a))},
		{Method: "POST", Path: "/v5/tools/log", ID: "tools.log", Tag: "Tools", Role: auth.Member, Summary: "Log a run of a Tool", Op: logOf(a, toolLogs())},
		{Method: "POST", Path: "/v5/flows/log", ID: "flows.log", Tag: "Flows", Role: auth.Member, Summary: "Log a run of a Flow, the root of a trace", Op: logOf(a, flowLogs())},
		{Method: "POST", Path: "/v5/agents/log", ID: "agents.log", Tag: "Agents", Role: auth.Member, Summary: "Log the work of an Agent", Op: logOf(a, agentLogs(a))},
		{Method: "POST", Path: "/v5/evaluators/log", ID: "evaluators.log", Tag: "Evaluators", Role: auth.Member, Summary: "Judge a Log, or give feedback", Op: logOf(a, evaluatorLogs())},

		{Method: "PATCH", Path: "/v5/prompts/{id}/log/{log_id}", ID: "prompts.update_log", Tag: "Prompts", Role: auth.Member, Summary: "Update a Log", Op: updateOf(a, file.PromptKind, changePromptLog)},
		{Method: "PATCH", Path: "/v5/tools/{id}/log/{log_id}", ID: "tools.update", Name: "tools.update_log", Tag: "Tools", Role: auth.Member, Summary: "Update a Log", Op: updateOf(a, file.ToolKind, changeToolLog)},
		{Method: "PATCH", Path: "/v5/agents/{id}/log/{log_id}", ID: "agents.update_log", Tag: "Agents", Role: auth.Member, Summary: "Update or complete a Log", Op: updateOf(a, file.AgentKind, changeTrace)},
		{Method: "PATCH", Path: "/v5/flows/logs/{log_id}", ID: "flows.update_log", Tag: "Flows", Role: auth.Member, Summary: "Update or complete a Log", Op: web.JSON(a.flowsUpdateLog)},
	}
}

// logKind is the part of a kind of Logs that HTTP needs: how a request becomes a report, and how the answer names the Log.
type logKind[Req, Resp any] struct {
	kind   file.Kind
	report func(*Req, *trace.Log) (reported, error)
	made   func(*trace.Log) Resp
}

// reported is the parts of a report that all kinds have.
type reported struct {
	ref     *v5.FileRef
	content file.Content // nil for none
	member  string       // that brought it along
	result  *v5.LogResult
	labels  *v5.LogLabels
}

type logInput[Req any] struct {
	VersionID   string `query:"version_id" doc:"The version that ran. Either this or environment."`
	Environment string `query:"environment" doc:"The name of an environment; the version deployed there ran."`
	Body        Req    `body:"json"`
}

// logOf returns the operation that reports a Log of a kind.
func logOf[Req, Resp any](a *API, k logKind[Req, Resp]) web.Operation {
	return web.JSON(func(ctx context.Context, in *logInput[Req]) (out Resp, err error) {
		e := logbook.Entry{Log: trace.Log{Kind: k.kind}}
		r, err := k.report(&in.Body, &e.Log)
		if err != nil {
			return out, err
		}
		if e.Ref, err = subject(r.ref, in.VersionID, in.Environment, r.content != nil, r.member); err != nil {
			return out, err
		}
		e.Content = r.content
		if err := putLabels(&e.Log, r.labels); err != nil {
			return out, err
		}
		putResult(&e.Log, r.result)
		e.Log.CreatedAt = timeOf(r.result.CreatedAt)
		log, err := a.o.Logs.Log(ctx, e)
		if err != nil {
			return out, err
		}
		return k.made(log), nil
	})
}

func promptLogs(a *API) logKind[v5.PromptLog, *v5.CreatePromptLogResponse] {
	return logKind[v5.PromptLog, *v5.CreatePromptLogResponse]{
		kind: file.PromptKind,
		report: func(b *v5.PromptLog, l *trace.Log) (reported, error) {
			l.RunID = b.RunID
			putAnswer(l, &b.ModelAnswer)
			content, err := a.prompts().Inline(&b.Prompt)
			r := reported{ref: &b.FileRef, member: "prompt", result: &b.LogResult, labels: &b.LogLabels}
			if content != nil {
				r.content = content
			}
			return r, err
		},
		made: func(l *trace.Log) *v5.CreatePromptLogResponse {
			return &v5.CreatePromptLogResponse{ID: l.ID, PromptID: l.FileID, VersionID: l.VersionID, SessionID: l.SessionID}
		},
	}
}

func agentLogs(a *API) logKind[v5.AgentLog, *v5.CreateAgentLogResponse] {
	return logKind[v5.AgentLog, *v5.CreateAgentLogResponse]{
		kind: file.AgentKind,
		report: func(b *v5.AgentLog, l *trace.Log) (reported, error) {
			l.RunID, l.Status = b.RunID, trace.Status(b.Said())
			putAnswer(l, &b.ModelAnswer)
			content, err := a.agents().Inline(&b.Agent)
			r := reported{ref: &b.FileRef, member: "agent", result: &b.LogResult, labels: &b.LogLabels}
			if content != nil {
				r.content = content
			}
			return r, err
		},
		made: func(l *trace.Log) *v5.CreateAgentLogResponse {
			return &v5.CreateAgentLogResponse{ID: l.ID, AgentID: l.FileID, VersionID: l.VersionID, LogStatus: string(l.Status)}
		},
	}
}

func flowLogs() logKind[v5.FlowLog, *v5.CreateFlowLogResponse] {
	return logKind[v5.FlowLog, *v5.CreateFlowLogResponse]{
		kind: file.FlowKind,
		report: func(b *v5.FlowLog, l *trace.Log) (reported, error) {
			l.RunID, l.Status = b.RunID, trace.Status(b.Said())
			l.Payload.Messages, l.Payload.OutputMessage = b.Messages, b.OutputMessage
			r := reported{ref: &b.FileRef, member: "flow", result: &b.LogResult, labels: &b.LogLabels}
			if b.Flow != nil {
				r.content = b.Flow.Content()
			}
			return r, nil
		},
		made: func(l *trace.Log) *v5.CreateFlowLogResponse {
			return &v5.CreateFlowLogResponse{ID: l.ID, FlowID: l.FileID, VersionID: l.VersionID, LogStatus: string(l.Status), TraceStatus: string(l.Status)}
		},
	}
}

func toolLogs() logKind[v5.ToolLog, *v5.CreateToolLogResponse] {
	return logKind[v5.ToolLog, *v5.CreateToolLogResponse]{
		kind: file.ToolKind,
		report: func(b *v5.ToolLog, _ *trace.Log) (reported, error) {
			r := reported{ref: &b.FileRef, member: "tool", result: &b.LogResult, labels: &b.LogLabels}
			if b.Tool != nil {
				r.content = b.Tool.Content()
			}
			return r, nil
		},
		made: func(l *trace.Log) *v5.CreateToolLogResponse {
			return &v5.CreateToolLogResponse{ID: l.ID, ToolID: l.FileID, VersionID: l.VersionID, SessionID: l.SessionID}
		},
	}
}

func evaluatorLogs() logKind[v5.EvaluatorLog, *v5.CreateEvaluatorLogResponse] {
	return logKind[v5.EvaluatorLog, *v5.CreateEvaluatorLogResponse]{
		kind: file.EvaluatorKind,
		report: func(b *v5.EvaluatorLog, l *trace.Log) (reported, error) {
			l.ParentID, l.MarkedCompleted = b.ParentID, b.MarkedCompleted
			l.Payload.Judgment, l.Payload.OutputMessage = b.Judgment.Value, b.OutputMessage
			r := reported{ref: &b.FileRef, member: "spec", result: &b.LogResult, labels: &b.LogLabels}
			if b.Spec != nil {
				r.content = b.Spec.Content()
			}
			return r, nil
		},
		made: func(l *trace.Log) *v5.CreateEvaluatorLogResponse {
			return &v5.CreateEvaluatorLogResponse{ID: l.ID, ParentID: l.ParentID, VersionID: l.VersionID, SessionID: l.SessionID}
		},
	}
}

type logUpdate[Req any] struct {
	ID    string `path:"id"`
	LogID string `path:"log_id"`
	Body  Req    `body:"json"`
}

type flowLogUpdate struct {
	LogID string         `path:"log_id"`
	Body  v5.TraceUpdate `body:"json"`
}

// updateOf returns the operation that changes a Log of a kind.
func updateOf[Req any](a *API, kind file.Kind, change func(*trace.Log, *Req)) web.Operation {
	return web.JSON(func(ctx context.Context, in *logUpdate[Req]) (*v5.Log, error) {
		return a.updateLog(ctx, kind, in.ID, in.LogID, func(l *trace.Log) { change(l, &in.Body) })
	})
}

func (a *API) flowsUpdateLog(ctx context.Context, in *flowLogUpdate) (*v5.Log, error) {
	return a.updateLog(ctx, file.FlowKind, "", in.LogID, func(l *trace.Log) { changeTrace(l, &in.Body) })
}

func (a *API) updateLog(ctx context.Context, kind file.Kind, fileID, id string, change func(*trace.Log)) (*v5.Log, error) {
	log, err := a.o.Logs.Update(ctx, kind, fileID, id, change)
	if err != nil {
		return nil, err
	}
	return a.shows.Log(ctx, log, show.LogParts{Children: true, Parents: true})
}

func changePromptLog(l *trace.Log, u *v5.PromptLogUpdate) {
	putAnswer(l, &u.ModelAnswer)
	changeToolLog(l, &u.ToolLogUpdate)
}

func changeToolLog(l *trace.Log, u *v5.ToolLogUpdate) {
	putResult(l, &u.LogResult)
	putAbout(l, &u.LogAbout)
}

func changeTrace(l *trace.Log, u *v5.TraceUpdate) {
	putResult(l, &v5.LogResult{Inputs: u.Inputs, Output: u.Output, Error: u.Error})
	replace(&l.Payload.OutputMessage, u.OutputMessage)
	if u.Messages != nil {
		l.Payload.Messages = u.Messages
	}
	if status := u.Said(); status != "" {
		l.Status = trace.Status(status)
	}
}
