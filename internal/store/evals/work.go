package evals

import (
	"cmp"
	"context"
	"database/sql"
	"strconv"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/ids"
	"github.com/openloop-server/openloop/internal/store/jobs"
	"github.com/openloop-server/openloop/internal/store/logs"
	"github.com/openloop-server/openloop/internal/store/sqldb"
	"github.com/openloop-server/openloop/internal/store/versions"
	"github.com/openloop-server/openloop/internal/trace"
)

// Payer is a Run that pays for a task. It is zero for a task of monitoring.
type Payer struct {
	RunID   string
	Stopped errs.Reason // why it makes no more Logs and judgments; "" while it does
	MaxCost int64       // in dollars * 10^9; 0 for no limit
	Spent   int64       // likewise
}

// OverBudget reports whether the Run has spent what it may.
func (p *Payer) OverBudget() bool { return p.MaxCost > 0 && p.Spent >= p.MaxCost }

// Place is a place of a Run that waits for its Log.
type Place struct {
	Payer
	LogID     string // of the Log that is to fill it: nobody can store a second one
	VersionID string
	Datapoint file.Datapoint
	MaxErrors *int   // Logs of the Run that may fail; nil for no limit
	CreatedBy string // who made the Run: id of the API key
}

// placeKey names a place that waits for a Log.
type placeKey struct{ run, place, tries int64 }

// foundPlace is what was read for it.
type foundPlace struct {
	Place
	err error
}

// PlaceOf reads the place that a task of [jobs.MakeLog] is to fill. It returns false when there is nothing to do: the Run is closed, or the place has a
// Log, is gone, or was emptied again since.
func (db *Store) PlaceOf(ctx context.Context, t jobs.Task) (p Place, ok bool, err error) {
	found, ok, err := db.places.Get(ctx, placeKey{t.Subject, t.Object, t.Revision})
	if err = cmp.Or(err, found.err); err != nil || !ok {
		return p, false, db.Fail("store.PlaceOf", err)
	}
	p = found.Place
	p.LogID = derived(t, p.RunID, strconv.FormatInt(t.Object, 10))
	return p, true, nil
}

const placesOf = `SELECT k.run, k.place, k.tries, r.id, r.stopped, r.max_cost, r.spent, r.max_errors, r.created_by, v.id, ` + versions.DatapointColumns + `
	FROM k CROSS JOIN run_log x JOIN run r ON r.seq = x.run JOIN version v ON v.seq = r.version
	JOIN datapoint d ON d.seq = x.datapoint LEFT JOIN datapoint_source s ON s.datapoint = d.seq
	WHERE x.run = k.run AND x.place = k.place AND x.log IS NULL AND x.tries = k.tries AND r.closed = ''
	AND EXISTS (SELECT 1 FROM evaluation_run m WHERE m.run = r.seq)`

func (db *Store) readPlaces(ctx context.Context, keys []placeKey) (map[placeKey]foundPlace, error) {
	with, args := sqldb.WithKeys("run, place, tries", sqldb.Values(keys, func(k placeKey) []any { return []any{k.run, k.place, k.tries} }))
	places := make(map[placeKey]foundPlace, len(keys))
	return places, sqldb.Each(ctx, db.Read, with+placesOf, args, func(rows *sql.Rows) error {
		var k placeKey
		var p foundPlace
		var maxErrors int
		p.Datapoint, p.err = versions.ScanDatapoint(rows, &k.run, &k.place, &k.tries, &p.RunID, &p.Stopped, &p.MaxCost, &p.Spent, &maxErrors, &p.CreatedBy, &p.VersionID)
		if k == (placeKey{}) {
			return p.err
		}
		if maxErrors >= 0 {
			p.MaxErrors = &maxErrors
		}
		places[k] = p
		return nil
	})
}

// derived is the id of the Log that a task makes. It follows from the task, so that of all that try only one can store it.
func derived(t jobs.Task, subject, object string) string {
	return ids.Derived(ids.Log, strconv.FormatInt(int64(t.Kind), 10), subject, object, strconv.FormatInt(t.Revision, 10))
}

// Subject is a Log that an Evaluator is to judge.
type Subject struct {
	Payer
	LogID       string          // of the judgment: nobody can store a second one
	EvaluatorID string          // of the version
	Log         *trace.Log      // without its payload for a task of [file.NativePool], which needs only what the Log says of itself
	Datapoint   *file.Datapoint // that the Log was made for; nil for none, and for such a task
}

// subjectKey names a Log, a version that is to judge it, and who asks for that.
type subjectKey struct{ log, version, run, monitor int64 }

// foundSubject is what was read for it.
type foundSubject struct {
	Subject
	newest int64 // judgment of the Log by this version
	wanted bool
	err    error
}

// SubjectOf reads the Log that a task of [jobs.JudgeLog] is about. It returns false when there is nothing to do: the Log is gone, not complete, or judged
// since, or nobody wants the judgment any more.
func (db *Store) SubjectOf(ctx context.Context, t jobs.Task) (s Subject, ok bool, err error) {
	defer db.Failed("store.SubjectOf", &err)
	read, native := db.subjects, t.Pool == file.NativePool
	if native {
		read = db.records
	}
	found, ok, err := read.Get(ctx, subjectKey{t.Subject, t.Object, t.Run, t.Monitor})
	if err = cmp.Or(err, found.err); err != nil || !ok {
		return s, false, err
	}
	s = found.Subject
	if !found.wanted || !s.Log.Whole() || found.newest > t.Revision {
		return s, false, nil
	}
	s.LogID = derived(t, s.Log.ID, s.EvaluatorID)
	if native || s.Log.DatapointID == "" {
		return s, true, nil
	}
	datapoints, err := versions.DatapointsByID(ctx, db.Read, []string{s.Log.DatapointID})
	if d, there := datapoints[s.Log.DatapointID]; there {
		s.Datapoint = &d
	}
	return s, err == nil, err
}

const (
	subjectsOf = `SELECT k.log, k.version, k.run, k.monitor, e.id,
		(SELECT COALESCE(MAX(j.evaluator_log), 0) FROM judgment j WHERE j.log = l.seq AND j.version = e.seq), COALESCE(r.id, ''),
		CASE WHEN r.closed = '' AND EXISTS (SELECT 1 FROM evaluation_run m JOIN evaluation_evaluator x ON x.evaluation = m.evaluation
			WHERE m.run = r.seq AND x.version = e.seq AND x.orchestrated = 1) THEN 1
		WHEN e.deleted_us IS NULL AND j.deleted_us IS NULL AND f.deleted_us IS NULL AND (k.monitor = 0 AND k.run = 0
			OR EXISTS (SELECT 1 FROM monitor m WHERE m.seq = k.monitor AND m.file = l.file AND m.evaluator = e.file AND m.active = 1)) THEN 1 ELSE 0 END,
		COALESCE(r.stopped, ''), COALESCE(r.max_cost, 0), COALESCE(r.spent, 0), `
	subjectTables = ` JOIN k ON k.log = l.seq JOIN version e ON e.seq = k.version JOIN file j ON j.seq = e.file LEFT JOIN run r ON r.seq = k.run`

	wholeSubjects  = subjectsOf + logs.Columns + logs.Tables + subjectTables
	subjectRecords = subjectsOf + logs.RecordColumns + logs.RecordTables + subjectTables
)

// readRecords reads the Logs of keys without their payloads.
func (db *Store) readRecords(ctx context.Context, keys []subjectKey) (map[subjectKey]foundSubject, error) {
	return readSubjects(ctx, db.Read, subjectRecords, keys, logs.ScanRecord)
}

// readWhole reads the Logs of keys.
func (db *Store) readWhole(ctx context.Context, keys []subjectKey) (subjects map[subjectKey]foundSubject, err error) {
	err = logs.ReadWhole(ctx, db.DB, func(q sqldb.Querier) error {
		var w logs.WholeLogs
		if subjects, err = readSubjects(ctx, q, wholeSubjects, keys, w.Scan); err != nil {
			return err
		}
		return w.Finish(ctx, q, db.Dialect)
	})
	return subjects, err
}

// readSubjects reads the Logs of keys with a query, each row with scan.
func readSubjects(ctx context.Context, q sqldb.Querier, text string, keys []subjectKey, scan func(*sql.Rows, ...any) (*trace.Log, error)) (map[subjectKey]foundSubject, error) {
	with, args := sqldb.WithKeys("log, version, run, monitor", sqldb.Values(keys, func(k subjectKey) []any { return []any{k.log, k.version, k.run, k.monitor} }))
	subjects := make(map[subjectKey]foundSubject, len(keys))
	return subjects, sqldb.Each(ctx, q, with+text, args, func(rows *sql.Rows) error {
		var k subjectKey
		var s foundSubject
		s.Log, s.err = scan(rows, &k.log, &k.version, &k.run, &k.monitor, &s.EvaluatorID, &s.newest, &s.RunID, &s.wanted, &s.Stopped, &s.MaxCost, &s.Spent)
		if k == (subjectKey{}) {
			return s.err
		}
		subjects[k] = s
		return nil
	})
}

// Outcomes is how the Logs of a Run ended.
type Outcomes struct {
	Good   int                 // of the first places
	Failed map[errs.Reason]int // likewise; "" when nobody knows why
	Errors int                 // of all places
}

// RunOutcomes counts the Logs of a Run, given by its number, that its first places have, by the reasons for which they failed, and all that failed.
func (db *Store) RunOutcomes(ctx context.Context, run int64, first int) (o Outcomes, err error) {
	defer db.Failed("store.RunOutcomes", &err)
	const text = `SELECT l.error_reason, COUNT(*) FROM (SELECT log FROM run_log WHERE run = $1 AND log IS NOT NULL ORDER BY place LIMIT $2) x
		JOIN log l ON l.seq = x.log GROUP BY l.error_reason`
	o.Failed = map[errs.Reason]int{}
	err = sqldb.Each(ctx, db.Read, text, []any{run, first}, func(rows *sql.Rows) error {
		var reason sql.NullString
		var n int
		err := rows.Scan(&reason, &n)
		if reason.Valid {
			o.Failed[errs.Reason(reason.String)] = n
		} else {
			o.Good = n
		}
		return err
	})
	if err != nil {
		return o, err
	}
	_, err = sqldb.Found(ctx, db.Read, `SELECT COUNT(*) FROM run_log WHERE run = $1 AND failed = 1`, []any{run}, &o.Errors)
	return o, err
}

// StopRun has a Run, given by its number, make no more Logs and judgments: its tasks that are left fail with this reason. A Run that was stopped before
// keeps its reason; stopped says whether it was not.
func (db *Store) StopRun(ctx context.Context, run int64, reason errs.Reason) (stopped bool, err error) {
	err = db.Change(ctx, "store.StopRun", func(ctx context.Context, tx *sqldb.Tx) error {
		stopped, err = sqldb.Found(ctx, tx, `UPDATE run SET stopped = $2 WHERE seq = $1 AND stopped = '' RETURNING seq`, []any{run, string(reason)})
		if err != nil || !stopped {
			return err
		}
		return jobs.Unblock(ctx, tx, db.Dialect, run)
	})
	return stopped, err
}
