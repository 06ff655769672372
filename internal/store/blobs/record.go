package blobs

import (
	"time"

	"github.com/openloop-server/openloop/internal/trace"
)

// The numbers of the fields in a Log's record, which holds everything that is neither a column nor payload.
// A number must never get another meaning.
const (
	recUpdated = iota + 1
	recStart
	recEnd
	recStatus
	recError
	recDetail // JSON
	recProvider
	recModel
	recFinish
	recUsageInput
	recUsageCached
	recUsageWrite
	recUsageOutput
	recUsageReasoning
	recUsageKnown
	recUsageRaw
	recPromptTokens
	recOutputTokens
	recReasonTokens
	recPromptCost
	recOutputCost
	recLatency
	recSample
	recSource
	recUser
	recEnvironment
	recDatapoint
	recRun
	recSession
	recCreatedBy
	recDropped
	recMetadata
	recAttempts // JSON
	recMarkedCompleted
	recUsageWriteLong
	recUsageTier
	recRequestID
	recDeployedEnvironment
	recFirstToken
	recReplayOf
	recTemplated
	recIngress
	recAlias
	recCached
	recStopSequence
	recConversation
	recLane
	recIgnored // JSON
	recOTelTrace
)

// AppendRecord appends what l says of itself to b.
func AppendRecord(b []byte, l *trace.Log) ([]byte, error) {
	c := codec{out: b}
	c.record(l)
	return c.out, c.err
}

// DecodeRecord returns a Log with what its record holds. Its metadata shares memory with record.
func DecodeRecord(record []byte) (*trace.Log, error) {
	l := new(trace.Log)
	return l, ReadRecord(record, l)
}

// ReadRecord sets the fields of l that a record holds. They share memory with record.
func ReadRecord(record []byte, l *trace.Log) error {
	var c codec
	if err := c.fill(record); err != nil {
		return err
	}
	c.record(l)
	return c.err
}

// Start returns the start time in a record, and whether it has one, without reading the rest.
func Start(record []byte) (start time.Time, ok bool, err error) {
	f := fields{rest: record}
	for f.next() {
		if f.num == recStart {
			return f.time(), true, nil
		}
	}
	return start, false, f.err
}

func (c *codec) record(l *trace.Log) {
	code(c, recUpdated, &l.UpdatedAt, appendTime, field.time)
	code(c, recStart, &l.StartTime, appendTime, field.time)
	code(c, recEnd, &l.EndTime, appendTime, field.time)
	code(c, recStatus, &l.Status, appendText, textOf)
	code(c, recError, &l.Error, appendTextPointer, field.stringPtr)
	codeJSON(c, recDetail, l.Detail != nil, &l.Detail)
	code(c, recProvider, &l.Provider, appendText, textOf)
	code(c, recModel, &l.Model, appendText, textOf)
	code(c, recFinish, &l.FinishReason, appendText, textOf)
	c.measures(l)
	code(c, recSource, &l.Source, appendText, textOf)
	code(c, recUser, &l.User, appendText, textOf)
	code(c, recEnvironment, &l.Environment, appendText, textOf)
	code(c, recDatapoint, &l.DatapointID, appendText, textOf)
	code(c, recRun, &l.RunID, appendText, textOf)
	code(c, recSession, &l.SessionID, appendText, textOf)
	code(c, recCreatedBy, &l.CreatedBy, appendText, textOf)
	code(c, recRequestID, &l.RequestID, appendText, textOf)
	code(c, recOTelTrace, &l.OTelTraceID, appendText, textOf)
	code(c, recDeployedEnvironment, &l.DeployedEnvironment, appendText, textOf)
	code(c, recReplayOf, &l.ReplayOf, appendText, textOf)
	code(c, recStopSequence, &l.StopSequence, appendText, textOf)
	code(c, recIngress, &l.Ingress, appendText, textOf)
	code(c, recAlias, &l.Alias, appendText, textOf)
	code(c, recCached, &l.Cached, appendBool, field.bool)
	code(c, recConversation, &l.Conversation, appendText, textOf)
	code(c, recLane, &l.Lane, appendText, textOf)
	codeJSON(c, recIgnored, l.Ignored != nil, &l.Ignored)
	code(c, recTemplated, &l.Templated, appendInt, intOf)
	code(c, recDropped, &l.PayloadDropped, appendBool, field.bool)
	code(c, recMetadata, &l.Metadata, appendText, textOf)
	code(c, recMarkedCompleted, &l.MarkedCompleted, appendBool, field.bool)
	codeJSON(c, recAttempts, l.Attempts != nil, &l.Attempts)
}

func (c *codec) measures(l *trace.Log) {
	code(c, recUsageInput, &l.Usage.Input, appendInt, intOf)
	code(c, recUsageCached, &l.Usage.CachedInput, appendInt, intOf)
	code(c, recUsageWrite, &l.Usage.CacheWrite, appendInt, intOf)
	code(c, recUsageOutput, &l.Usage.Output, appendInt, intOf)
	code(c, recUsageReasoning, &l.Usage.Reasoning, appendInt, intOf)
	code(c, recUsageKnown, &l.Usage.Known, appendBool, field.bool)
	code(c, recUsageWriteLong, &l.Usage.CacheWriteLong, appendInt, intOf)
	code(c, recUsageTier, &l.Usage.Tier, appendText, textOf)
	code(c, recUsageRaw, &l.Usage.Raw, appendText, textOf)
	code(c, recPromptTokens, &l.PromptTokens, appendIntPointer, field.intPtr)
	code(c, recOutputTokens, &l.OutputTokens, appendIntPointer, field.intPtr)
	code(c, recReasonTokens, &l.ReasonTokens, appendIntPointer, field.intPtr)
	code(c, recPromptCost, &l.PromptCost, appendFloatPointer, field.floatPtr)
	code(c, recOutputCost, &l.OutputCost, appendFloatPointer, field.floatPtr)
	code(c, recLatency, &l.Latency, appendFloatPointer, field.floatPtr)
	code(c, recFirstToken, &l.FirstToken, appendFloatPointer, field.floatPtr)
	code(c, recSample, &l.SampleIndex, appendInt, intOf)
}
