package jobs

import (
	"cmp"
	"context"
	"database/sql"
	"math"
	"time"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/store/sqldb"
	"github.com/openloop-server/openloop/internal/store/versions"
)

// Backfill asks for judgments of Logs that a File has already.
type Backfill struct {
	FileID    string
	VersionID string    // of the Evaluator
	Last      int       // only the newest Logs, so many; 0 for all
	From, To  time.Time // only Logs that were created then, both included; zero for no limit
}

// Backfilled is what became of a [Backfill].
type Backfilled struct {
	Tasks int       // that were made
	Left  time.Time // Logs of this time and before were not looked at, because there are too many; zero for none
}

// MaxBackfill is how many tasks a [Backfill] makes at most, and backfillAtMost how many Logs that were not judged it looks at.
const (
	MaxBackfill    = 10_000
	backfillAtMost = 100_000
)

// BackfillTasks makes the tasks for Logs of a File that a version of an Evaluator has not judged, the newest first. If the Evaluator monitors the File,
// it judges those that it would have judged as new ones. They wait for tasks of new Logs. Errors: file_not_found; version_not_found for a version of no
// Evaluator; validation_failed for one that the server does not run.
func (db *Store) BackfillTasks(ctx context.Context, b Backfill) (out Backfilled, err error) {
	defer db.Failed("store.BackfillTasks", &err)
	look, err := db.backfill(ctx, b)
	if err != nil {
		return out, err
	}
	all, err := look.enqueue(ctx, db.DB)
	out.Tasks = look.made
	if !all && look.last != nil {
		out.Left = sqldb.FromMicros(look.last.created)
	}
	return out, err
}

func (db *Store) backfill(ctx context.Context, b Backfill) (*lookback, error) {
	look := &lookback{monitor: monitor{sample: 1}, most: MaxBackfill, atMost: backfillAtMost, from: sqldb.Micros(b.From), to: cmp.Or(sqldb.Micros(b.To), math.MaxInt64)}
	var err error
	if look.file, err = versions.Seq(ctx, db.Read, b.FileID); err != nil {
		return nil, err
	}
	var evaluator int64
	const version = `SELECT v.seq, v.file, v.pool FROM version v JOIN file f ON f.seq = v.file
		WHERE v.id = $1 AND f.kind = 'evaluator' AND v.deleted_us IS NULL AND f.deleted_us IS NULL`
	missing := errs.New(errs.VersionNotFound, "No Evaluator has a version `%s`.", b.VersionID).At("evaluator_version_id")
	err = sqldb.Must(ctx, db.Read, missing, version, []any{sqldb.Storable(b.VersionID)}, &look.version, &evaluator, &look.pool)
	if err != nil {
		return nil, err
	}
	if look.pool == "" {
		return nil, errs.Invalid("The server does not run this Evaluator: people or clients judge.", "evaluator_version_id")
	}
	const chooses = `SELECT ` + monitorColumns + ` FROM monitor m WHERE m.file = $1 AND m.evaluator = $2 AND m.active = 1 AND (m.version = $3 OR m.version = 0
		AND EXISTS (SELECT 1 FROM deployment d WHERE d.file = m.evaluator AND d.environment_id = m.environment_id AND d.version = $3))
		ORDER BY m.version DESC, m.seq LIMIT 1`
	err = sqldb.Each(ctx, db.Read, chooses, []any{look.file, evaluator, look.version}, func(rows *sql.Rows) error {
		look.monitor, err = scanMonitor(rows)
		look.seq = 0 // these tasks do not count as its backlog
		return err
	})
	if err != nil || b.Last == 0 {
		return look, err
	}
	const oldest = `SELECT created_us FROM log WHERE file = $1 AND created_us <= $2 ORDER BY created_us DESC LIMIT 1 OFFSET $3`
	var created int64
	if _, err = sqldb.Found(ctx, db.Read, oldest, []any{look.file, look.to, b.Last - 1}, &created); err == nil {
		look.from = max(look.from, created)
	}
	return look, err
}
