package logs

import (
	"context"
	"database/sql"
	"time"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/store/blobs"
	"github.com/openloop-server/openloop/internal/store/sqldb"
	"github.com/openloop-server/openloop/internal/trace"
)

// ancestor is a stored Log that lies above others in a trace.
type ancestor struct {
	seq     int64
	log     trace.Log // its ids and the content of its record
	record  []byte
	changed bool
	rooted  bool // it was in no trace before
}

// lineage holds Logs by id, together with all Logs above them.
type lineage map[string]*ancestor

// The lineage of the Logs that a condition selects: the Logs above them and, if one in between is missing, the root. Roots come first, so
// that they are locked first. Everything that changes several Logs of a trace locks its root first.
const (
	lineageFrom = `WITH RECURSIVE up (seq, trace_parent, trace_id) AS (
		SELECT seq, trace_parent, trace_id FROM log WHERE id `
	lineageSelect = ` UNION
		SELECT l.seq, l.trace_parent, l.trace_id FROM up JOIN log l ON l.id IN (up.trace_parent, up.trace_id)
	) SELECT l.seq, l.id, COALESCE(l.trace_id, ''), COALESCE(l.trace_parent, ''), l.record FROM log l WHERE l.seq `
	lineageOrder = ` ORDER BY CASE WHEN l.trace_parent IS NULL THEN 0 ELSE 1 END, l.id`

	lineageOfTwo = lineageFrom + `IN ($1, $2)` + lineageSelect
	setAncestor  = `UPDATE log SET trace_id = $2, record = $3 WHERE seq = $1`
)

// add adds a row of the query. It keeps record.
func (above lineage) add(seq int64, id, traceID, traceParent string, record []byte) error {
	a := &ancestor{seq: seq, record: record}
	a.log.ID, a.log.TraceID, a.log.TraceParentID = id, traceID, traceParent
	above[id] = a
	return blobs.ReadRecord(record, &a.log)
}

// readLineage reads the Logs above a Log with this parent and trace.
func (db *Store) readLineage(ctx context.Context, q sqldb.Querier, traceParent, traceID string) (lineage, error) {
	above := lineage{}
	err := sqldb.Each(ctx, q, lineageOfTwo+db.Dialect.InUp, []any{sqldb.Storable(traceParent), sqldb.Storable(traceID)}, func(rows *sql.Rows) error {
		var seq int64
		var id, trace, parent string
		var record []byte
		if err := rows.Scan(&seq, &id, &trace, &parent, &record); err != nil {
			return err
		}
		return above.add(seq, id, trace, parent, record)
	})
	return above, err
}

// place sets the trace of e, which has a trace parent. It fails if e cannot be there.
func (above lineage) place(e *pendingLog) error {
	parent := above[e.traceParent]
	switch {
	case parent != nil:
		e.joins(parent.log.TraceID)
	case !e.late:
		return noLogAs("trace_parent_id", e.traceParent)
	}
	if above[e.id] != nil {
		return idTaken(e.id)
	}
	if above.closes(e) {
		return belowItself()
	}
	for _, a := range above.over(e.traceParent, e.traceID) {
		if a.log.Status == trace.Complete && !e.late {
			return traceComplete(a.log.ID)
		}
	}
	return nil
}

// closes reports whether e would lie below itself, although e is not stored yet: a Log above it came before it and names it as parent.
func (above lineage) closes(e *pendingLog) bool {
	for _, a := range above {
		if a.log.TraceParentID == e.id && e.id != "" {
			return true
		}
	}
	return e.traceParent == e.id
}

// over lists the Logs from parent upwards to the root of the trace.
func (above lineage) over(parent, traceID string) []*ancestor {
	var list []*ancestor
	root := above[traceID]
	for a := above[parent]; a != nil && len(list) < len(above); a = above[a.log.TraceParentID] {
		list = append(list, a)
		if a == root {
			return list
		}
	}
	if root != nil {
		list = append(list, root)
	}
	return list
}

// cover updates the Logs above one with this parent and trace. The root becomes part of its own trace. Logs that have a status begin no
// later and end no earlier than the one below.
func (above lineage) cover(parent, traceID string, start, end time.Time) {
	for _, a := range above.over(parent, traceID) {
		if a.log.ID == traceID && a.log.TraceID == "" {
			a.log.TraceID, a.changed, a.rooted = traceID, true, true
		}
		if a.log.Status == "" || !a.log.Cover(start, end) {
			continue
		}
		record, err := blobs.AppendRecord(nil, &a.log)
		if err == nil { // it was read before, so it can be written
			a.record, a.changed = record, true
		}
	}
}

func noLogAs(param, id string) error {
	return errs.New(errs.LogNotFound, "Log `%s` does not exist.", id).At(param)
}

func traceComplete(id string) error {
	return errs.New(errs.IllegalState, "The Log `%s` is complete, so that no more Logs can be added below it.", id).At("trace_parent_id")
}

func belowItself() error {
	return errs.Invalid("A Log cannot lie below itself in a trace.", "trace_parent_id")
}

// TraceOf returns the id of the trace that a Log with this trace parent would join. Errors: log_not_found; illegal_state if the trace is
// complete and takes no more Logs.
func (db *Store) TraceOf(ctx context.Context, traceParent string) (string, error) {
	if checkLogID(traceParent) != nil {
		return "", NotFound(traceParent)
	}
	if err := db.committer.await(ctx, traceParent); err != nil {
		return "", err
	}
	above, err := db.readLineage(ctx, db.Read, traceParent, "")
	if err != nil {
		return "", db.Fail("store.TraceOf", err)
	}
	e := &pendingLog{traceParent: traceParent}
	err = above.place(e)
	return e.traceID, err
}

// TraceStatus returns the status of the root of a trace, or "" if the root has none. Errors: log_not_found if the root is not there (yet).
func (db *Store) TraceStatus(ctx context.Context, traceID string) (status trace.Status, err error) {
	defer db.Failed("store.TraceStatus", &err)
	if err := db.committer.await(ctx, traceID); err != nil {
		return "", err
	}
	var record []byte
	err = sqldb.Must(ctx, db.Read, NotFound(traceID), `SELECT record FROM log WHERE id = $1`, []any{sqldb.Storable(traceID)}, &record)
	if err != nil {
		return "", err
	}
	var root trace.Log
	err = blobs.ReadRecord(record, &root)
	return root.Status, err
}
