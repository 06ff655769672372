package api

import (
	"context"

	v5 "openloop/internal/api/v5"
	"openloop/internal/file"
	"openloop/internal/json"
	"openloop/internal/llm"
	"openloop/internal/logbook"
	"openloop/internal/trace"
	"openloop/internal/web"
)

type promptsLog struct {
	VersionID   string       `query:"version_id" doc:"The version that was run. Either this or environment."`
	Environment string       `query:"environment" doc:"The name of the environment whose deployed version was run."`
	Body        v5.PromptLog `body:"json"`
}

func (a *API) promptsLog(ctx context.Context, in *promptsLog) (*v5.CreatePromptLogResponse, error) {
	b := &in.Body
	t, content, err := a.subject(b.ID, b.Path, in.VersionID, in.Environment, &b.Prompt)
	if err != nil {
		return nil, err
	}
	entry := logbook.Entry{Target: t, Log: trace.Log{Kind: file.PromptKind, RunID: b.RunID}}
	if content != nil {
		entry.Content = content
	}
	fillLabels(&entry.Log, &b.LogLabels)
	fillLog(&entry.Log, &b.LogAnswer)
	log, err := a.o.Logs.Log(ctx, web.PrincipalFrom(ctx), entry)
	if err != nil {
		return nil, err
	}
	return &v5.CreatePromptLogResponse{ID: log.ID, PromptID: log.FileID, VersionID: log.VersionID, SessionID: log.SessionID}, nil
}

// fillLabels writes what a caller attaches on a new Log.
func fillLabels(log *trace.Log, l *v5.LogLabels) {
	log.ID, log.Source, log.User, log.Environment = l.LogID, l.Source, l.User, l.Environment
	log.Metadata, log.DatapointID, log.TraceParentID = given(l.Metadata), l.SourceDatapointID, l.TraceParentID
	log.StartTime, log.EndTime = timeOf(l.StartTime), timeOf(l.EndTime)
	log.PayloadDropped = l.Save != nil && !*l.Save
}

// fillLog writes what a caller reports on a new Log.
func fillLog(log *trace.Log, a *v5.LogAnswer) {
	if a.CreatedAt != nil {
		log.CreatedAt = timeOf(a.CreatedAt)
	}
	log.Error, log.FinishReason, log.Latency = a.Error, a.FinishReason, a.ProviderLatency
	log.PromptTokens, log.ReasonTokens, log.OutputTokens = a.PromptTokens, a.ReasoningTokens, a.OutputTokens
	log.PromptCost, log.OutputCost = a.PromptCost, a.OutputCost
	log.Payload = trace.Payload{
		Inputs: given(a.Inputs), Messages: a.Messages, Output: a.Output, OutputMessage: a.OutputMessage, Stdout: a.Stdout,
		ProviderRequest: given(a.ProviderRequest), ProviderResponse: given(a.ProviderResponse), ToolChoice: choice(a.ToolChoice),
	}
}

func choice(c llm.ToolChoice) *llm.ToolChoice {
	if c.Mode == "" {
		return nil
	}
	return &c
}

// given is v, with null taken as absent.
func given(v json.Value) json.Value {
	if json.Kind(v) != '{' {
		return nil
	}
	return v
}

type promptsUpdateLog struct {
	ID    string             `path:"id"`
	LogID string             `path:"log_id"`
	Body  v5.PromptLogUpdate `body:"json"`
}

func (a *API) promptsUpdateLog(ctx context.Context, in *promptsUpdateLog) (*v5.Log, error) {
	log, err := a.o.Logs.Update(ctx, file.PromptKind, in.ID, in.LogID, func(l *trace.Log) { updateLog(l, &in.Body) })
	if err != nil {
		return nil, err
	}
	return a.showLog(ctx, log)
}

// updateLog writes what an update says on a Log; what it does not say stays.
func updateLog(l *trace.Log, u *v5.PromptLogUpdate) {
	p := &l.Payload
	replace(&p.OutputMessage, u.OutputMessage)
	replace(&l.PromptTokens, u.PromptTokens)
	replace(&l.ReasonTokens, u.ReasoningTokens)
	replace(&l.OutputTokens, u.OutputTokens)
	replace(&l.PromptCost, u.PromptCost)
	replace(&l.OutputCost, u.OutputCost)
	replace(&l.Latency, u.ProviderLatency)
	replace(&p.Stdout, u.Stdout)
	replace(&p.ToolChoice, choice(u.ToolChoice))
	replaceObject(&p.ProviderRequest, u.ProviderRequest)
	replaceObject(&p.ProviderResponse, u.ProviderResponse)
	replaceObject(&p.Inputs, u.Inputs)
	replaceObject(&l.Metadata, u.Metadata)
	set(&p.Output, u.Output)
	set(&l.Error, u.Error)
	if u.Error.Set {
		l.Detail = nil // it told of another error
	}
	if u.FinishReason != "" {
		l.FinishReason = u.FinishReason
	}
	if u.Source != "" {
		l.Source = u.Source
	}
	if u.Messages != nil {
		p.Messages = u.Messages
	}
	if u.StartTime != nil {
		l.StartTime = timeOf(u.StartTime)
	}
	if u.EndTime != nil {
		l.EndTime = timeOf(u.EndTime)
	}
}

func replace[T any](dst **T, v *T) {
	if v != nil {
		*dst = v
	}
}

func replaceObject(dst *json.Value, v json.Value) {
	if v = given(v); v != nil {
		*dst = v
	}
}

// set writes a member of an update that null unsets.
func set[T any](dst **T, o json.Opt[T]) {
	switch {
	case o.Null:
		*dst = nil
	case o.Set:
		*dst = &o.V
	}
}
