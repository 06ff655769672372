package logs

import (
	"database/sql/driver"
	"time"

	"github.com/openloop-server/openloop/internal/store/blobs"
	"github.com/openloop-server/openloop/internal/store/sqldb"
	"github.com/openloop-server/openloop/internal/trace"
)

// pendingLog is a Log on its way into the database. The caller that appends it has encoded it.
type pendingLog struct {
	id                           string
	ref                          Ref
	created, used                int64 // used is when it was appended
	start, end                   time.Time
	traceID, traceParent, parent string
	late                         bool // it is stored where it says, even if its parent is missing or its trace complete
	imported                     bool // likewise, and the Logs above stay as they are
	reason                       *string
	record, payload, stats       []byte       // stats is its entry of the journal
	part                         *pendingPart // what was asked, if payload is without it
	riders                       []*Rider

	since time.Time // when it was queued

	err  error         // of this entry; set by the backend
	done chan struct{} // holds a token once the entry is committed or has failed
}

func newEntry() *pendingLog { return &pendingLog{done: make(chan struct{}, 1)} }

// set encodes l into e and reuses the buffers of e. asked is what l asked, if that is stored as a part.
func (e *pendingLog) set(l *trace.Log, ref Ref, riders []*Rider, asked *pendingPart, journal Journal) error {
	record, err := blobs.AppendRecord(e.record[:0], l)
	if err != nil {
		return err
	}
	e.id, e.ref, e.created, e.used = l.ID, ref, sqldb.Micros(l.CreatedAt), sqldb.Micros(l.UpdatedAt)
	e.start, e.end, e.late = l.StartTime, l.EndTime, l.TraceID != "" && l.TraceParentID != ""
	e.traceID, e.traceParent, e.parent, e.reason = l.TraceID, l.TraceParentID, l.ParentID, reasonOf(l)
	e.record, e.part, e.riders, e.err, e.imported = record, asked, riders, nil, false
	if asked == nil {
		e.payload = blobs.AppendPayload(e.payload[:0], kept(l))
	} else {
		e.payload = blobs.AppendWithoutAsked(e.payload[:0], kept(l))
	}
	e.stats = journal.Entry(e.stats[:0], l, ref)
	return nil
}

// above reports whether there are Logs above e that it has to be placed below.
func (e *pendingLog) above() bool { return e.traceParent != "" && !e.imported }

// kept returns the part of l's payload that is stored.
func kept(l *trace.Log) *trace.Payload {
	if l.PayloadDropped {
		return &trace.Payload{Judgment: l.Payload.Judgment}
	}
	return &l.Payload
}

// reasonOf returns the column error_reason of l: nil if l did not fail, "" if it failed for an unknown reason.
func reasonOf(l *trace.Log) *string {
	switch {
	case l.Detail != nil:
		return new(string(l.Detail.Reason))
	case l.Error != nil:
		return new("")
	default:
		return nil
	}
}

func (e *pendingLog) reasonValue() driver.Value {
	if e.reason == nil {
		return nil
	}
	return *e.reason
}

// joins puts e into the trace of its parent. parentTrace is "" if the parent is in none.
func (e *pendingLog) joins(parentTrace string) {
	e.traceID = parentTrace
	if parentTrace == "" {
		e.traceID = e.traceParent
	}
}

// size returns about how many bytes of rows and indexes a batch adds.
func size(batch []*pendingLog) int64 {
	n := 0
	for _, e := range batch {
		n += e.size()
	}
	return int64(n)
}

// size returns the size of one entry. The constant stands for its columns and index entries.
func (e *pendingLog) size() int {
	return 256 + len(e.record) + len(e.payload) + len(e.stats) + e.part.size()
}

// usage is what a batch adds to the rollup of one version.
type usage struct{ count, last int64 }

// usages sums up the stored entries of a batch by version.
func usages(batch []*pendingLog) map[Ref]usage {
	sums := map[Ref]usage{}
	for _, e := range batch {
		if e.err == nil {
			sums[e.ref] = usage{sums[e.ref].count + 1, max(sums[e.ref].last, e.used)}
		}
	}
	return sums
}
