package jobs

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/openloop-server/openloop/internal/store/sqldb"
)

// Judgments of monitors are counted by the time when they were made.
const (
	countStep = 10 * time.Minute
	countDay  = 24 * time.Hour
)

const addJudged = `INSERT INTO monitor_count (monitor, since_us, judged, failed, failed_log)
	SELECT seq, CAST($2 AS BIGINT), CAST($3 AS BIGINT), CAST($4 AS BIGINT), CAST($5 AS TEXT) FROM monitor WHERE seq = $1
	ON CONFLICT (monitor, since_us) DO UPDATE SET judged = monitor_count.judged + excluded.judged, failed = monitor_count.failed + excluded.failed,
	failed_log = CASE excluded.failed_log WHEN '' THEN monitor_count.failed_log ELSE excluded.failed_log END`

// judged is what a monitor has judged.
type judged struct {
	monitor      int64
	good, failed int
	failedLog    string // the last that failed
}

// countJudged counts the judgments that monitors asked for. A monitor that is gone counts nothing.
func (db *Store) countJudged(ctx context.Context, tx *sqldb.Tx, done []FinishedTask) error {
	for _, j := range judgedBy(done) {
		if err := tx.Exec(ctx, addJudged, j.monitor, sqldb.Micros(db.Now().Truncate(countStep)), j.good, j.failed, j.failedLog); err != nil {
			return err
		}
	}
	return nil
}

// judgedBy sums up what monitors have judged, in the order of their numbers.
func judgedBy(done []FinishedTask) []*judged {
	by := map[int64]*judged{}
	var list []*judged
	for i := range done {
		d := &done[i]
		if d.Monitor == 0 || d.LogID == "" {
			continue
		}
		j := by[d.Monitor]
		if j == nil {
			j = &judged{monitor: d.Monitor}
			by[d.Monitor], list = j, append(list, j)
		}
		if d.Failed {
			j.failed, j.failedLog = j.failed+1, d.LogID
		} else {
			j.good++
		}
	}
	slices.SortFunc(list, func(a, b *judged) int { return cmp.Compare(a.monitor, b.monitor) })
	return list
}

// forgetJudged deletes the counts of more than a day ago.
func (db *Store) forgetJudged(ctx context.Context) error {
	before := sqldb.Micros(db.Now().Add(-countDay - countStep))
	old, err := sqldb.Found(ctx, db.Read, `SELECT 1 FROM monitor_count WHERE since_us < $1 LIMIT 1`, []any{before})
	if err != nil || !old {
		return err
	}
	return db.Change(ctx, "store.ForgetJudged", func(ctx context.Context, tx *sqldb.Tx) error {
		return tx.Exec(ctx, `DELETE FROM monitor_count WHERE since_us < $1`, before)
	})
}
