package logs

import (
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/store/sqldb"
	"github.com/openloop-server/openloop/internal/trace"
)

// Numbers of the fields of a Log's record: all that is neither a column of its own nor payload. A number is never used again for
// something else.
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
)

// appendRecord appends the record of l to b.
func appendRecord(b []byte, l *trace.Log) ([]byte, error) {
	b = appendInt(b, recUpdated, sqldb.Micros(l.UpdatedAt))
	b = appendInt(b, recStart, sqldb.Micros(l.StartTime))
	b = appendInt(b, recEnd, sqldb.Micros(l.EndTime))
	b = appendText(b, recStatus, l.Status)
	b = appendTextPointer(b, recError, l.Error)
	if l.Detail != nil {
		raw, err := json.Marshal(l.Detail)
		if err != nil {
			return nil, err
		}
		b = appendText(b, recDetail, raw)
	}
	b = appendText(b, recProvider, l.Provider)
	b = appendText(b, recModel, l.Model)
	b = appendText(b, recFinish, l.FinishReason)
	b = appendLabels(appendMeasures(b, l), l)
	b = appendBool(b, recDropped, l.PayloadDropped)
	b = appendText(b, recMetadata, l.Metadata)
	b = appendBool(b, recMarkedCompleted, l.MarkedCompleted)
	if l.Attempts == nil {
		return b, nil
	}
	raw, err := json.Marshal(l.Attempts)
	return appendText(b, recAttempts, raw), err
}

// appendMeasures appends what a call used, cost and took.
func appendMeasures(b []byte, l *trace.Log) []byte {
	b = appendInt(b, recUsageInput, l.Usage.Input)
	b = appendInt(b, recUsageCached, l.Usage.CachedInput)
	b = appendInt(b, recUsageWrite, l.Usage.CacheWrite)
	b = appendInt(b, recUsageOutput, l.Usage.Output)
	b = appendInt(b, recUsageReasoning, l.Usage.Reasoning)
	b = appendBool(b, recUsageKnown, l.Usage.Known)
	b = appendInt(b, recUsageWriteLong, l.Usage.CacheWriteLong)
	b = appendText(b, recUsageTier, l.Usage.Tier)
	b = appendText(b, recUsageRaw, l.Usage.Raw)
	b = appendIntPointer(b, recPromptTokens, l.PromptTokens)
	b = appendIntPointer(b, recOutputTokens, l.OutputTokens)
	b = appendIntPointer(b, recReasonTokens, l.ReasonTokens)
	b = appendFloatPointer(b, recPromptCost, l.PromptCost)
	b = appendFloatPointer(b, recOutputCost, l.OutputCost)
	b = appendFloatPointer(b, recLatency, l.Latency)
	return appendInt(b, recSample, int64(l.SampleIndex))
}

// appendLabels appends who and what a Log is of.
func appendLabels(b []byte, l *trace.Log) []byte {
	b = appendText(b, recSource, l.Source)
	b = appendText(b, recUser, l.User)
	b = appendText(b, recEnvironment, l.Environment)
	b = appendText(b, recDatapoint, l.DatapointID)
	b = appendText(b, recRun, l.RunID)
	b = appendText(b, recSession, l.SessionID)
	return appendText(b, recCreatedBy, l.CreatedBy)
}

// readRecord sets the fields of l that a record holds. They share memory with it.
func readRecord(record []byte, l *trace.Log) error {
	f := fields{rest: record}
	for f.next() {
		if !readLabel(&f, l) && !readMeasure(&f, l) {
			readOutcome(&f, l)
		}
	}
	return f.err
}

func readOutcome(f *fields, l *trace.Log) {
	switch f.num {
	case recUpdated:
		l.UpdatedAt = sqldb.FromMicros(f.int())
	case recStart:
		l.StartTime = sqldb.FromMicros(f.int())
	case recEnd:
		l.EndTime = sqldb.FromMicros(f.int())
	case recStatus:
		l.Status = trace.Status(f.string())
	case recError:
		l.Error = f.stringPtr()
	case recDetail:
		l.Detail = new(errs.Detail)
		if err := json.UnmarshalForeign(f.bytes(), l.Detail); err != nil {
			f.fail(err)
		}
	case recFinish:
		l.FinishReason = f.string()
	case recDropped:
		l.PayloadDropped = true
	case recMarkedCompleted:
		l.MarkedCompleted = true
	case recMetadata:
		l.Metadata = f.bytes()
	case recAttempts:
		if err := json.UnmarshalForeign(f.bytes(), &l.Attempts); err != nil {
			f.fail(err)
		}
	}
}

func readLabel(f *fields, l *trace.Log) bool {
	label := labelOf(f.num, l)
	if label == nil {
		return false
	}
	*label = f.string()
	return true
}

func labelOf(num int, l *trace.Log) *string {
	switch num {
	case recProvider:
		return &l.Provider
	case recModel:
		return &l.Model
	case recUsageTier:
		return &l.Usage.Tier
	case recSource:
		return &l.Source
	case recUser:
		return &l.User
	case recEnvironment:
		return &l.Environment
	case recDatapoint:
		return &l.DatapointID
	case recRun:
		return &l.RunID
	case recSession:
		return &l.SessionID
	case recCreatedBy:
		return &l.CreatedBy
	default:
		return nil
	}
}

func readMeasure(f *fields, l *trace.Log) bool {
	switch f.num {
	case recUsageInput:
		l.Usage.Input = f.int()
	case recUsageCached:
		l.Usage.CachedInput = f.int()
	case recUsageWrite:
		l.Usage.CacheWrite = f.int()
	case recUsageWriteLong:
		l.Usage.CacheWriteLong = f.int()
	case recUsageOutput:
		l.Usage.Output = f.int()
	case recUsageReasoning:
		l.Usage.Reasoning = f.int()
	case recUsageKnown:
		l.Usage.Known = true
	case recUsageRaw:
		l.Usage.Raw = f.bytes()
	case recPromptTokens:
		l.PromptTokens = f.intPtr()
	case recOutputTokens:
		l.OutputTokens = f.intPtr()
	case recReasonTokens:
		l.ReasonTokens = f.intPtr()
	case recPromptCost:
		l.PromptCost = f.floatPtr()
	case recOutputCost:
		l.OutputCost = f.floatPtr()
	case recLatency:
		l.Latency = f.floatPtr()
	case recSample:
		l.SampleIndex = int(f.int())
	default:
		return false
	}
	return true
}
