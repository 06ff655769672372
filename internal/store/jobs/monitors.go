package jobs

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"math"
	"reflect"
	"sync/atomic"

	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/store/logs"
	"github.com/openloop-server/openloop/internal/store/sqldb"
	"github.com/openloop-server/openloop/internal/trace"
)

// Monitors makes the tasks of Evaluators that monitor Files, with the Logs that they are to judge. It remembers which Files are monitored, so that Logs
// of others pay nothing.
type Monitors struct {
	*sqldb.DB
	backlog *backlog
	known   atomic.Pointer[monitored] // nil before it is read
}

// monitored are the Files that are monitored. It never changes.
type monitored struct {
	moment uint64               // when it was read
	of     map[string][]monitor // that are active, by the id of the File
	grows  bool                 // one of these Files is a Flow or an Agent
}

// monitor is an Evaluator that is attached to a File.
type monitor struct {
	seq    int64
	sample float64
	only   file.LogSelection
	runs   bool // it judges Logs of Runs as well
}

// NewMonitors returns the monitors of db. Of an Evaluator that has so many tasks, new Logs make none.
func NewMonitors(db *sqldb.DB, limit int) *Monitors {
	return &Monitors{DB: db, backlog: newBacklog(db, limit)}
}

// monitorColumns are what [scanMonitor] reads last.
const monitorColumns = `m.seq, m.sample, m.log_environment, m.log_source, m.log_failed, m.runs`

func scanMonitor(rows *sql.Rows, before ...any) (one monitor, err error) {
	var failed, runs int64
	err = rows.Scan(append(before, &one.seq, &one.sample, &one.only.Environment, &one.only.Source, &failed, &runs)...)
	if failed >= 0 {
		one.only.Failed = new(failed == 1)
	}
	one.runs = runs == 1
	return one, err
}

const (
	activeMonitors = `SELECT f.id, f.kind, ` + monitorColumns + ` FROM monitor m JOIN file f ON f.seq = m.file
		WHERE m.active = 1 ORDER BY m.seq`

	// A Log, and the version of the Evaluator that the monitor stands for at the moment.
	monitorTask = `, 0, m.seq, v.pool, 2, 0, CAST($1 AS BIGINT), 0, '', 0, 0, 0, ''
		FROM log l JOIN monitor m ON m.seq = CAST($3 AS BIGINT) JOIN version v ON v.seq = CASE m.version WHEN 0 THEN
			(SELECT d.version FROM deployment d WHERE d.file = m.evaluator AND d.environment_id = m.environment_id) ELSE m.version END
		WHERE l.id = $2 AND m.active = 1 AND v.pool <> '' AND (v.pool = 'native' OR CAST($4 AS BIGINT) = 0)
		AND (m.runs = 1 OR NOT EXISTS (SELECT 1 FROM run_log x WHERE x.log = l.seq)) ON CONFLICT (kind, subject, object) `

	storedLog = insertTask + `SELECT 2, l.seq, v.seq, 0` + monitorTask + `DO NOTHING`
	// A judgment of the Log as it was before is not stored any more: the task is another one from now on.
	changedLog = insertTask + `SELECT 2, l.seq, v.seq, CAST($1 AS BIGINT)` + monitorTask + `DO UPDATE SET due_us = excluded.due_us, lease_us = 0, worker = '',
		revision = CASE WHEN excluded.revision > task.revision THEN excluded.revision ELSE task.revision + 1 END WHERE task.lease_us > 0`
)

// active returns the active monitors of a File. grows reports whether any monitored File is a Flow or an Agent, whose traces grow. It reads by q, which is
// the transaction of a caller that has one, and waits for nobody: all connections may be held by transactions that wait for the caller's.
func (m *Monitors) active(ctx context.Context, q sqldb.Querier, fileID string) (list []monitor, grows bool, err error) {
	known := m.known.Load()
	if known == nil || m.Since(known.moment, sqldb.Monitors) {
		if known, err = m.load(ctx, q); err != nil {
			return nil, false, err
		}
	}
	return known.of[fileID], known.grows, nil
}

func (m *Monitors) load(ctx context.Context, q sqldb.Querier) (*monitored, error) {
	out := &monitored{moment: m.Moment(), of: map[string][]monitor{}}
	err := sqldb.Each(ctx, q, activeMonitors, nil, func(rows *sql.Rows) error {
		var fileID string
		var kind file.Kind
		one, err := scanMonitor(rows, &fileID, &kind)
		out.of[fileID] = append(out.of[fileID], one)
		out.grows = out.grows || trace.HasStatus(kind)
		return err
	})
	if err != nil {
		return nil, err
	}
	for was := m.known.Load(); was == nil || was.moment < out.moment; was = m.known.Load() {
		if m.known.CompareAndSwap(was, out) {
			break
		}
	}
	return out, nil
}

// Stored makes the tasks of a Log that is about to be stored: statements, which follow those that put it into Runs, and a rider for the root of its
// trace, or nil.
func (m *Monitors) Stored(ctx context.Context, l *trace.Log) (own []logs.Statement, root *logs.Rider, err error) {
	list, grows, err := m.active(ctx, m.Read, l.FileID)
	if err != nil {
		return nil, nil, err
	}
	if own, err = m.statements(ctx, m.Read, list, l, storedLog); err != nil {
		return nil, nil, err
	}
	if !grows || l.TraceParentID == "" || l.TraceID == "" { // within a trace that grows, its end makes the task
		return own, nil, nil
	}
	statements, err := m.root(ctx, m.Read, l)
	if err == nil && statements != nil {
		root = &logs.Rider{Key: "trace:" + l.TraceID, Statements: statements, Wakes: true}
	}
	return own, root, err
}

// Updated makes the tasks of a Log that was changed: when it became whole, and when something was changed that Evaluators see.
func (m *Monitors) Updated(ctx context.Context, tx *sqldb.Tx, before, after *trace.Log) error {
	list, grows, err := m.active(ctx, tx, after.FileID)
	if err != nil || list == nil && !grows || before.Whole() && alike(before, after) {
		return err
	}
	statements, err := m.statements(ctx, tx, list, after, changedLog)
	if err != nil {
		return err
	}
	if grows && after.TraceID != "" && after.TraceID != after.ID {
		more, err := m.root(ctx, tx, after)
		if err != nil {
			return err
		}
		statements = append(statements, more...)
	}
	for _, s := range statements {
		tx.Wakes()
		if err := s.In(ctx, tx); err != nil {
			return err
		}
	}
	return nil
}

// alike reports whether Evaluators see the same of a Log as before.
func alike(a, b *trace.Log) bool {
	p, q := &a.Payload, &b.Payload
	return bytes.Equal(a.Metadata, b.Metadata) && bytes.Equal(p.Inputs, q.Inputs) && bytes.Equal(p.Judgment, q.Judgment) &&
		reflect.DeepEqual(a.Error, b.Error) && reflect.DeepEqual(p.Output, q.Output) && reflect.DeepEqual(p.OutputMessage, q.OutputMessage) &&
		reflect.DeepEqual(p.Messages, q.Messages)
}

// root are the statements for the root of the trace of a Log below it, once that is whole: what is below a Flow belongs to what Evaluators see of it.
func (m *Monitors) root(ctx context.Context, q sqldb.Querier, below *trace.Log) ([]logs.Statement, error) {
	root, ok, err := logs.ReadRecord(ctx, q, below.TraceID)
	if err != nil || !ok {
		return nil, err
	}
	list, _, err := m.active(ctx, q, root.FileID)
	if err != nil {
		return nil, err
	}
	return m.statements(ctx, q, list, root, changedLog)
}

// statements make the tasks for one Log, with the text for one that is stored or changed.
func (m *Monitors) statements(ctx context.Context, q sqldb.Querier, list []monitor, l *trace.Log, text string) (statements []logs.Statement, err error) {
	if list == nil {
		return nil, nil
	}
	now := m.Clock()
	for i := range list {
		one := &list[i]
		if !one.wants(l) {
			continue
		}
		room, err := m.backlog.take(ctx, q, one.seq, now)
		if err != nil {
			return nil, err
		}
		if room {
			statements = append(statements, logs.Exec(text, sqldb.Micros(now), l.ID, one.seq, sqldb.Flag(l.PayloadDropped)))
		}
	}
	return statements, nil
}

// isOurs reports whether a Log is the judgment of a task: what judges is not judged again.
func isOurs(l *trace.Log) bool {
	return l.Kind == file.EvaluatorKind && (l.Source == trace.SourceEvaluation || l.Source == trace.SourceMonitoring)
}

// wants reports whether a monitor is to judge a Log, as far as the Log tells.
func (o *monitor) wants(l *trace.Log) bool {
	only := &o.only
	return l.Whole() && !isOurs(l) && (o.runs || l.RunID == "") && (only.Environment == "" || only.Environment == sqldb.Storable(l.Environment)) && (only.Source == "" || only.Source == sqldb.Storable(l.Source)) &&
		(only.Failed == nil || *only.Failed == (l.Error != nil)) && sampled(l.ID, o.sample)
}

// sampled reports whether a Log belongs to the given part of all. It follows from the id: all Evaluators judge the same Logs, and again after a change.
func sampled(id string, part float64) bool {
	if part >= 1 {
		return true
	}
	sum := sha256.Sum256([]byte(id))
	return float64(binary.BigEndian.Uint64(sum[:])) < part*math.MaxUint64
}
