package logs

import (
	"context"
	"database/sql"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/store/blobs"
	"github.com/openloop-server/openloop/internal/store/sqldb"
	"github.com/openloop-server/openloop/internal/trace"
)

// AppendLog stores l and returns once it is on disk or, if the Store is relaxed (see [New]), once it is queued. It commits together with
// the Logs that others append at the same time. l.ID, FileID and VersionID must be set. A zero CreatedAt becomes now. AppendLog sets
// UpdatedAt. The caller may use l and everything it refers to again afterwards. The riders commit with l, or not at all. For a Log with
// PayloadDropped only the judgment of its payload is stored.
//
// A Log with a trace parent joins the trace of its parent. If the parent is in no trace, it becomes the root of one. AppendLog sets
// TraceID. Logs above that have a status begin no later and end no earlier than the Logs below them. A Log that sets TraceID itself arrives
// late or out of order: it is stored even if its trace is complete, and in that trace even if its parent is not there (yet). A root whose
// children may be there already must set TraceID to its own ID.
//
// Errors: already_exists for the id; illegal_state if the trace is complete and takes no more Logs; version_not_found; log_not_found for an
// unknown trace parent; validation_failed for an id that is not text, or for a Log below itself. If ctx ends while l waits for its commit,
// the error is ctx's, and l may or may not be stored.
func (db *Store) AppendLog(ctx context.Context, l *trace.Log, riders ...*Rider) error {
	ref, err := db.appendable(ctx, l)
	if err != nil {
		return err
	}
	l.UpdatedAt = db.Now().UTC().Truncate(time.Microsecond)
	if l.CreatedAt.IsZero() {
		l.CreatedAt = l.UpdatedAt
	}
	links, err := db.links.Riders(ctx, l)
	if err != nil {
		return db.Fail("store.AppendLog", err)
	}
	if links != nil {
		riders = append(links, riders...)
	}
	e, asked := db.entries.Get().(*pendingLog), db.recent.partOf(l)
	if err := e.set(l, ref, riders, asked, db.journal); err != nil {
		return db.Fail("store.AppendLog", err)
	}
	if err := db.committer.add(ctx, e); err != nil {
		return err // e may still be in use
	}
	if db.committer.room == nil {
		l.TraceID = e.traceID
		e.part = nil
		db.entries.Put(e)
	}
	if asked != nil {
		db.recent.keep(asked)
	}
	return nil
}

// appendable checks l and returns the numbers of its version. For a relaxed Log it also finds the trace, because nobody waits for the commit.
func (db *Store) appendable(ctx context.Context, l *trace.Log) (Ref, error) {
	if err := checkLogID(l.ID); err != nil {
		return Ref{}, err
	}
	for _, other := range []string{l.TraceParentID, l.ParentID, l.TraceID} {
		if other != "" && checkLogID(other) != nil {
			return Ref{}, NotFound(other)
		}
	}
	ref, err := db.ref(ctx, db.Read, l.FileID, l.VersionID)
	if err == nil && db.committer.room != nil && l.TraceParentID != "" && l.TraceID == "" {
		l.TraceID, err = db.TraceOf(ctx, l.TraceParentID)
	}
	return ref, err
}

func checkLogID(id string) error {
	if id != "" && utf8.ValidString(id) && !strings.ContainsRune(id, 0) {
		return nil
	}
	return errs.Invalid("The id of a Log must be a text that is not empty.", "log_id")
}

// What Logs are read from.
const (
	// RecordColumns of RecordTables are a Log without its payload, in the order in which [ScanRecord] reads them.
	RecordColumns = `l.id, f.kind, f.id, v.id, l.created_us, l.trace_id, l.trace_parent, l.parent, l.record`
	RecordTables  = ` FROM log l JOIN file f ON f.seq = l.file JOIN version v ON v.seq = l.version`

	// Columns of Tables are a whole Log, as [WholeLogs] reads it. PayloadTables are those of its payload.
	Columns       = RecordColumns + `, p.payload, a.base, a.data`
	Tables        = RecordTables + PayloadTables
	PayloadTables = ` LEFT JOIN log_payload p ON p.log = l.seq LEFT JOIN log_part a ON a.log = l.seq`

	logByID = `SELECT l.seq, ` + Columns + Tables + ` WHERE l.id = $1`
)

// ScanRecord reads a row of extra columns followed by [RecordColumns].
func ScanRecord(rows *sql.Rows, extra ...any) (*trace.Log, error) {
	return scan(rows, extra, nil)
}

// scan reads a row of the columns before, [RecordColumns], and the columns after.
func scan(rows *sql.Rows, before, after []any) (*trace.Log, error) {
	l := new(trace.Log)
	var created int64
	var traceID, traceParent, parent sql.NullString
	var record []byte
	into := append(before, &l.ID, &l.Kind, &l.FileID, &l.VersionID, &created, &traceID, &traceParent, &parent, &record)
	if err := rows.Scan(append(into, after...)...); err != nil {
		return nil, err
	}
	l.CreatedAt = sqldb.FromMicros(created)
	l.TraceID, l.TraceParentID, l.ParentID = traceID.String, traceParent.String, parent.String
	return l, blobs.ReadRecord(record, l)
}

// Log returns the Log with the given id. Errors: log_not_found.
func (db *Store) Log(ctx context.Context, id string) (*trace.Log, error) {
	if err := db.committer.await(ctx, id); err != nil {
		return nil, err
	}
	var l *trace.Log
	err := ReadWhole(ctx, db.DB, func(q sqldb.Querier) error {
		s, err := db.readLog(ctx, q, logByID, id)
		l = s.log
		return err
	})
	return l, db.Fail("store.Log", err)
}

// storedLog is a Log as it is stored: its number, and its part, nil for none.
type storedLog struct {
	log   *trace.Log
	seq   int64
	asked []byte
}

func (db *Store) readLog(ctx context.Context, q sqldb.Querier, text, id string) (s storedLog, err error) {
	if checkLogID(id) != nil {
		return s, NotFound(id)
	}
	var w WholeLogs
	s.log, err = sqldb.One(ctx, q, NotFound(id), text, []any{id}, func(rows *sql.Rows) (*trace.Log, error) { return w.Scan(rows, &s.seq) })
	if err == nil {
		err = w.Finish(ctx, q, db.Dialect)
	}
	s.asked = w.asked
	return s, err
}

// ReadRecord reads what the Log with the given id says of itself, without its payload. It returns false when there is none.
func ReadRecord(ctx context.Context, q sqldb.Querier, id string) (*trace.Log, bool, error) {
	const text = `SELECT ` + RecordColumns + RecordTables + ` WHERE l.id = $1`
	list, err := sqldb.List(ctx, q, text, []any{sqldb.Storable(id)}, func(rows *sql.Rows) (*trace.Log, error) { return ScanRecord(rows) })
	if err != nil || len(list) == 0 {
		return nil, false, err
	}
	return list[0], true, nil
}

// LogsByID returns the Logs with the given ids, by id. It omits unknown ids.
func (db *Store) LogsByID(ctx context.Context, ids []string) (map[string]*trace.Log, error) {
	logs := make(map[string]*trace.Log, len(ids))
	found, err := db.logsBelow(ctx, "store.LogsByID", "l.id", ids, func(l *trace.Log) string { return l.ID })
	for id, l := range found {
		logs[id] = l[0]
	}
	return logs, err
}

// LogExists reports whether there is a Log with the given id.
func (db *Store) LogExists(ctx context.Context, id string) (bool, error) {
	if checkLogID(id) != nil {
		return false, nil //nolint:nilerr // no Log has an invalid id
	}
	if err := db.committer.await(ctx, id); err != nil {
		return false, err
	}
	ok, err := sqldb.Found(ctx, db.Read, `SELECT 1 FROM log WHERE id = $1`, []any{id})
	return ok, db.Fail("store.LogExists", err)
}

// Children returns the Logs whose trace parent is one of ids, by parent, in the order in which they began. A Log
// without a start time counts by its creation.
func (db *Store) Children(ctx context.Context, ids []string) (map[string][]*trace.Log, error) {
	children, err := db.logsBelow(ctx, "store.Children", "l.trace_parent", ids, func(l *trace.Log) string { return l.TraceParentID })
	for _, siblings := range children {
		slices.SortStableFunc(siblings, func(a, b *trace.Log) int { return a.Began().Compare(b.Began()) })
	}
	return children, err
}

// TraceFiles returns the Files of the roots of traces, by trace id. It omits traces whose root is not there. Only ID and Kind are set.
func (db *Store) TraceFiles(ctx context.Context, traceIDs []string) (map[string]file.File, error) {
	files := make(map[string]file.File, len(traceIDs))
	const text = `SELECT l.id, f.id, f.kind FROM log l JOIN file f ON f.seq = l.file WHERE l.id`
	err := sqldb.EachIn(ctx, db.Read, text, traceIDs, ``, func(rows *sql.Rows) error {
		var trace string
		var f file.File
		err := rows.Scan(&trace, &f.ID, &f.Kind)
		files[trace] = f
		return err
	})
	return files, db.Fail("store.TraceFiles", err)
}

// EvaluatorLogs returns the Logs that judge one of the Logs with the ids parentIDs, by the judged Log, oldest first.
func (db *Store) EvaluatorLogs(ctx context.Context, parentIDs []string) (map[string][]*trace.Log, error) {
	return db.logsBelow(ctx, "store.EvaluatorLogs", "l.parent", parentIDs, func(l *trace.Log) string { return l.ParentID })
}

// logsBelow returns the Logs whose column is one of ids, by that id. above returns that id of a Log.
func (db *Store) logsBelow(ctx context.Context, op, column string, ids []string, above func(*trace.Log) string) (below map[string][]*trace.Log, err error) {
	text := `SELECT ` + Columns + Tables + ` WHERE ` + column
	err = ReadWhole(ctx, db.DB, func(q sqldb.Querier) error {
		var w WholeLogs
		below = map[string][]*trace.Log{}
		err := sqldb.EachIn(ctx, q, text, ids, ` ORDER BY l.created_us, l.seq`, func(rows *sql.Rows) error {
			l, err := w.Scan(rows)
			if err == nil {
				below[above(l)] = append(below[above(l)], l)
			}
			return err
		})
		if err != nil {
			return err
		}
		return w.Finish(ctx, q, db.Dialect)
	})
	return below, db.Fail(op, err)
}
