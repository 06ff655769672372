package api

import (
	v5 "github.com/openloop-server/openloop/internal/api/v5"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/trace"
)

// putLabels writes what a caller attaches to a new Log. Errors: validation_failed for an id that is the name of a list of Logs, since
// GET /v5/logs/{id} would be the list.
func putLabels(l *trace.Log, v *v5.LogLabels) error {
	switch v.LogID {
	case "facets", "rows", "tail":
		return errs.Invalid("A Log cannot have the id "+v.LogID+", because it is the name of a list of Logs.", "log_id")
	}
	l.ID, l.User, l.Environment, l.DatapointID, l.TraceParentID = v.LogID, v.User, v.Environment, v.SourceDatapointID, v.TraceParentID
	l.ReplayOf, l.PayloadDropped = v.ReplayOf, v.Save != nil && !*v.Save
	putAbout(l, &v.LogAbout)
	return nil
}

// The following write what a report or an update says on a Log; what it does not say stays.

func putAbout(l *trace.Log, v *v5.LogAbout) {
	replaceObject(&l.Metadata, v.Metadata)
	if v.Source != "" {
		l.Source = v.Source
	}
	if v.StartTime != nil {
		l.StartTime = timeOf(v.StartTime)
	}
	if v.EndTime != nil {
		l.EndTime = timeOf(v.EndTime)
	}
}

func putResult(l *trace.Log, v *v5.LogResult) {
	p := &l.Payload
	replace(&l.Latency, v.ProviderLatency)
	replace(&p.Stdout, v.Stdout)
	replaceObject(&p.ProviderRequest, v.ProviderRequest)
	replaceObject(&p.ProviderResponse, v.ProviderResponse)
	replaceObject(&p.Inputs, v.Inputs)
	set(&p.Output, v.Output)
	set(&l.Error, v.Error)
	if v.Error.Set {
		l.Detail = nil // it told of another error
	}
}

func putAnswer(l *trace.Log, v *v5.ModelAnswer) {
	p := &l.Payload
	replace(&p.OutputMessage, v.OutputMessage)
	replace(&l.PromptTokens, v.PromptTokens)
	replace(&l.ReasonTokens, v.ReasoningTokens)
	replace(&l.OutputTokens, v.OutputTokens)
	replace(&l.PromptCost, v.PromptCost)
	replace(&l.OutputCost, v.OutputCost)
	replace(&p.ToolChoice, choice(v.ToolChoice))
	if v.FinishReason != "" {
		l.FinishReason = v.FinishReason
	}
	if v.Messages != nil {
		p.Messages = v.Messages
	}
}

func choice(c llm.ToolChoice) *llm.ToolChoice {
	if c.Mode == "" {
		return nil
	}
	return &c
}

func replace[T any](dst **T, v *T) {
	if v != nil {
		*dst = v
	}
}

func replaceObject(dst *json.Value, v json.Value) {
	if json.Kind(v) == '{' {
		*dst = v
	}
}

// set sets a member, or clears it for null.
func set[T any](dst **T, o json.Opt[T]) {
	switch {
	case o.Null:
		*dst = nil
	case o.Set:
		*dst = &o.V
	}
}
