package evals

import (
	"cmp"
	"context"
	"sync"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/judgment"
	"github.com/openloop-server/openloop/internal/store/jobs"
	"github.com/openloop-server/openloop/internal/store/logs"
	"github.com/openloop-server/openloop/internal/store/sqldb"
	"github.com/openloop-server/openloop/internal/trace"
)

// links keeps the Runs, datapoints and judgments that Logs name in step with the Logs.
type links struct {
	*sqldb.DB
	monitors *jobs.Monitors
	judges   sync.Map // of the id of an Evaluator's version: judging
}

// NewLinks returns the links of db. The tasks of monitors are made with the Logs as well.
func NewLinks(db *sqldb.DB, monitors *jobs.Monitors) *links {
	return &links{DB: db, monitors: monitors}
}

// link is what a Log is linked to: the Run and the datapoint that it names, and the Log that it judges.
type link struct {
	logID, versionID string
	run, datapoint   string
	parent           string
	judge            int64  // who judges the parent, see the table judgment
	reviewer         string // the person who judges, or the API key
	judgment         judgment.Judgment
	asks             bool  // for judgments: it is whole, and may be in a Run
	now              int64 // when it is linked
}

// linkOf is nil for a Log that is linked to nothing, as most are.
func (db *links) linkOf(ctx context.Context, q sqldb.Querier, l *trace.Log) (*link, error) {
	if l.RunID == "" && l.DatapointID == "" && l.ParentID == "" {
		return nil, nil
	}
	k := &link{logID: l.ID, versionID: l.VersionID, run: l.RunID, datapoint: l.DatapointID, parent: l.ParentID, now: sqldb.Micros(db.Clock())}
	k.asks = l.Whole() && (k.run != "" || k.datapoint != "")
	if l.ParentID == "" {
		return k, nil
	}
	by, err := db.judgeOf(ctx, q, l.VersionID)
	k.judge, k.reviewer = by.judge, cmp.Or(l.User, l.CreatedBy)
	k.judgment = judgment.Of(l.Payload.Judgment, l.Error != nil)
	return k, err
}

// Riders implements [logs.Links]. A Log that names a Run which does not exist is refused.
func (db *links) Riders(ctx context.Context, l *trace.Log) ([]*logs.Rider, error) {
	k, err := db.linkOf(ctx, db.Read, l)
	if err != nil {
		return nil, err
	}
	monitored, root, err := db.monitors.Stored(ctx, l)
	if err != nil || k == nil && monitored == nil && root == nil {
		return nil, err
	}
	r := new(logs.Rider)
	if k != nil {
		r = db.linkRider(k)
	}
	r.Statements, r.Wakes = append(r.Statements, monitored...), r.Wakes || monitored != nil
	if root == nil {
		return []*logs.Rider{r}, nil
	}
	return []*logs.Rider{r, root}, nil
}

// Imported implements [logs.Links].
func (db *links) Imported(ctx context.Context, l *trace.Log) ([]*logs.Rider, error) {
	k, err := db.linkOf(ctx, db.Read, l)
	if err != nil || k == nil {
		return nil, err
	}
	r := new(logs.Rider)
	if k.datapoint != "" {
		r.Key, r.Statements = k.datapoint, []logs.Statement{logs.Exec(linkDatapoint, sqldb.Storable(k.datapoint), k.logID)}
	}
	if k.parent != "" {
		r.Lock, r.Statements = db.Dialect.ShareJudgments, append(r.Statements, k.judges())
	}
	return []*logs.Rider{r}, nil
}

func (db *links) linkRider(k *link) *logs.Rider {
	r := &logs.Rider{Key: k.datapoint, Statements: append(k.statements(), k.asked()...), Wakes: k.asks}
	if k.parent != "" {
		r.Lock = db.Dialect.ShareJudgments
	}
	if k.run != "" {
		r.Needs = []logs.Need{{Query: runExists, Args: []any{sqldb.Storable(k.run)}, Missing: unknownRun(k.run)}}
	}
	return r
}

const (
	linkDatapoint = `INSERT INTO datapoint_log (datapoint, log) SELECT d.seq, l.seq FROM datapoint d, log l WHERE d.id = $1 AND l.id = $2
		ON CONFLICT (datapoint, log) DO NOTHING`

	takesLog  = `(log, failed) = (SELECT l.seq, ` + hasFailed + ` FROM log l WHERE l.id = $1)`
	hasFailed = `CASE WHEN l.error_reason IS NULL THEN 0 ELSE 1 END`

	// A Log that names its Run takes the place of its datapoint, or else a further one. The + keeps SQLite from reading all places of the Run.
	fillPlace = `UPDATE run_log SET ` + takesLog + ` WHERE log IS NULL AND datapoint = (SELECT seq FROM datapoint WHERE id = $2)
		AND +run = (SELECT seq FROM run WHERE id = $3)`
	addPlace = `INSERT INTO run_log (run, place, log, failed) SELECT r.seq, ` + furtherPlace + `, l.seq, ` + hasFailed + ` FROM run r, log l WHERE l.id = $1 AND r.id = $2
		ON CONFLICT (log, run) WHERE log IS NOT NULL DO NOTHING`

	// One that names none goes to all Runs of its version that want a Log for its datapoint.
	fillPlaces = `UPDATE run_log SET ` + takesLog + ` WHERE log IS NULL AND datapoint = (SELECT seq FROM datapoint WHERE id = $2)
		AND run IN (SELECT r.seq FROM run r JOIN version v ON v.seq = r.version WHERE v.id = $3 AND r.closed = '')`

	judge = `INSERT INTO judgment (log, evaluator_log, version, judge, outcome, number, choice, reviewer)
		SELECT p.seq, l.seq, l.version, CAST($3 AS BIGINT), CAST($4 AS BIGINT), CAST($5 AS DOUBLE PRECISION), CAST($6 AS TEXT), CAST($7 AS TEXT)
		FROM log l, log p WHERE l.id = $1 AND p.id = $2
		ON CONFLICT (log, evaluator_log) DO UPDATE SET outcome = excluded.outcome, number = excluded.number, choice = excluded.choice,
			reviewer = excluded.reviewer`

	countJudgment = `INSERT INTO run_judgment (run, log, judge, evaluator_log, outcome, number, choice)
		SELECT x.run, j.log, j.judge, j.evaluator_log, j.outcome, j.number, j.choice FROM log l JOIN judgment j ON j.evaluator_log = l.seq
		JOIN run_log x ON x.log = j.log WHERE l.id = $1` + replaceOlder

	// A judgment that counts gives way to a later one by the same judge.
	replaceOlder = ` ON CONFLICT (run, log, judge) DO UPDATE SET evaluator_log = excluded.evaluator_log, outcome = excluded.outcome,
		number = excluded.number, choice = excluded.choice WHERE excluded.evaluator_log >= run_judgment.evaluator_log`
)

func (k *link) statements() []logs.Statement {
	list := k.places()
	if k.parent != "" {
		list = append(list, k.judges(), logs.Exec(countJudgment, k.logID))
	}
	return list
}

// judges is the statement that stores the judgment.
func (k *link) judges() logs.Statement {
	return logs.Exec(judge, k.logID, sqldb.Storable(k.parent), k.judge, int64(k.judgment.Outcome), k.judgment.Number, sqldb.Storable(k.judgment.Choice),
		sqldb.Storable(k.reviewer))
}

// asked are the statements that make tasks for the judgments of the Log, once it is in its places with what was judged before.
func (k *link) asked() []logs.Statement {
	if !k.asks {
		return nil
	}
	return []logs.Statement{logs.Exec(jobs.JudgeLogText, k.now, k.logID)}
}

func (k *link) places() []logs.Statement {
	datapoint, run := sqldb.Storable(k.datapoint), sqldb.Storable(k.run)
	var list []logs.Statement
	if k.datapoint != "" {
		list = append(list, logs.Exec(linkDatapoint, datapoint, k.logID))
	}
	switch {
	case k.run == "" && k.datapoint == "":
		return nil
	case k.run == "":
		return append(list, logs.Exec(fillPlaces, k.logID, datapoint, k.versionID))
	case k.datapoint != "":
		list = append(list, logs.Exec(fillPlace, k.logID, datapoint, run))
	}
	return append(list, logs.Exec(addPlace, k.logID, run))
}

const runExists = `SELECT id FROM run WHERE id = $1`

func unknownRun(id string) error { return errs.New(errs.RunNotFound, "Run `%s` does not exist.", id) }

// Updated implements [logs.Links]: the judgment of the Log may have changed, it may name another Run or datapoint than before, and it may have become
// whole or failed.
func (db *links) Updated(ctx context.Context, tx *sqldb.Tx, before, after *trace.Log) error {
	if failed := after.Error != nil; failed != (before.Error != nil) {
		if err := tx.Exec(ctx, `UPDATE run_log SET failed = $2 WHERE log = (SELECT seq FROM log WHERE id = $1)`, after.ID, sqldb.Flag(failed)); err != nil {
			return err
		}
	}
	placed, err := db.relink(ctx, tx, before, after)
	if err != nil {
		return err
	}
	if after.Whole() && (placed || !before.Whole()) {
		if err := jobs.JudgeTasks(ctx, tx, sqldb.Micros(db.Clock()), ` AND x.log = (SELECT seq FROM log WHERE id = $2)`, after.ID); err != nil {
			return err
		}
	}
	return db.monitors.Updated(ctx, tx, before, after)
}

// relink links the Log to what it names now. It reports whether the Log may have taken places of Runs.
func (db *links) relink(ctx context.Context, tx *sqldb.Tx, before, after *trace.Log) (placed bool, err error) {
	k, err := db.linkOf(ctx, tx, after)
	if err != nil || k == nil {
		return false, err
	}
	if before.RunID == after.RunID && before.DatapointID == after.DatapointID {
		k.run, k.datapoint = "", ""
	}
	if k.run != "" {
		if err := sqldb.Must(ctx, tx, unknownRun(k.run), runExists, []any{sqldb.Storable(k.run)}); err != nil {
			return false, err
		}
	}
	for _, statement := range k.statements() {
		if err := statement.In(ctx, tx); err != nil {
			return false, err
		}
	}
	if k.run == "" && k.datapoint == "" {
		return false, nil
	}
	return true, tx.Exec(ctx, countJudgments+` WHERE j.log = (SELECT seq FROM log WHERE id = $1)`+onlyLatest, after.ID)
}

// countJudgments and onlyLatest count, with a condition between them, the judgments that were there before.
const (
	countJudgments = `INSERT INTO run_judgment (run, log, judge, evaluator_log, outcome, number, choice)
		SELECT x.run, j.log, j.judge, j.evaluator_log, j.outcome, j.number, j.choice FROM run_log x JOIN judgment j ON j.log = x.log`
	onlyLatest = ` AND NOT EXISTS (SELECT 1 FROM judgment n WHERE n.log = j.log AND n.judge = j.judge AND n.evaluator_log > j.evaluator_log)` + replaceOlder
)

// lockJudgments keeps judgments from being stored until the transaction ends: of a Log that is being added to a Run one would be lost that
// does not see it there yet.
func (db *links) lockJudgments(ctx context.Context, tx *sqldb.Tx) error {
	if db.Dialect.LockJudgments == "" {
		return nil
	}
	return tx.Exec(ctx, db.Dialect.LockJudgments)
}
