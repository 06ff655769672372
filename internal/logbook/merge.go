package logbook

import "github.com/openloop-server/openloop/internal/trace"

// merge adds the members of more to l. Non-zero members replace those of l. A new error clears the older detail, the times widen, and
// complete is final.
func merge(l, more *trace.Log) {
	mergeLabels(l, more)
	mergeMeasures(l, more)
	mergePayload(&l.Payload, &more.Payload)
	l.Cover(more.StartTime, more.EndTime)
	if more.Error != nil {
		l.Error, l.Detail = more.Error, more.Detail
	}
	if more.Status == trace.Complete {
		l.Status = trace.Complete
	}
}

func mergeLabels(l, more *trace.Log) {
	add(&l.Provider, more.Provider)
	add(&l.Model, more.Model)
	add(&l.FinishReason, more.FinishReason)
	add(&l.Source, more.Source)
	add(&l.User, more.User)
	add(&l.Environment, more.Environment)
	add(&l.DatapointID, more.DatapointID)
	add(&l.RunID, more.RunID)
	add(&l.SessionID, more.SessionID)
	add(&l.MarkedCompleted, more.MarkedCompleted)
	addList(&l.Metadata, more.Metadata)
}

func mergeMeasures(l, more *trace.Log) {
	add(&l.PromptTokens, more.PromptTokens)
	add(&l.OutputTokens, more.OutputTokens)
	add(&l.ReasonTokens, more.ReasonTokens)
	add(&l.PromptCost, more.PromptCost)
	add(&l.OutputCost, more.OutputCost)
	add(&l.Latency, more.Latency)
	if more.Usage.Known {
		l.Usage = more.Usage
	}
}

func mergePayload(p, more *trace.Payload) {
	addList(&p.Inputs, more.Inputs)
	addList(&p.Messages, more.Messages)
	addList(&p.LogProbs, more.LogProbs)
	addList(&p.Judgment, more.Judgment)
	addList(&p.ProviderRequest, more.ProviderRequest)
	addList(&p.ProviderResponse, more.ProviderResponse)
	add(&p.ToolChoice, more.ToolChoice)
	add(&p.Output, more.Output)
	add(&p.OutputMessage, more.OutputMessage)
	add(&p.Stdout, more.Stdout)
}

func add[T comparable](dst *T, v T) {
	var none T
	if v != none {
		*dst = v
	}
}

func addList[L ~[]E, E any](dst *L, v L) {
	if v != nil {
		*dst = v
	}
}
