package jobs

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/openloop-server/openloop/internal/store/sqldb"
)

// addSpent counts what tasks cost for their Runs and for the day. Rows are locked in one order.
func (db *Store) addSpent(ctx context.Context, tx *sqldb.Tx, done []FinishedTask) error {
	total, byRun := int64(0), map[int64]int64{}
	for _, d := range done {
		total += d.Nano
		if d.Run != 0 && d.Nano != 0 {
			byRun[d.Run] += d.Nano
		}
	}
	for _, run := range slices.Sorted(maps.Keys(byRun)) {
		if err := tx.Exec(ctx, `UPDATE run SET spent = spent + $2 WHERE seq = $1`, run, byRun[run]); err != nil {
			return err
		}
	}
	if total == 0 {
		return nil
	}
	return tx.Exec(ctx, `INSERT INTO spend (day, nano) VALUES ($1, $2) ON CONFLICT (day) DO UPDATE SET nano = spend.nano + excluded.nano`, db.today(), total)
}

// today counts days since 1970 in UTC.
func (db *Store) today() int64 { return db.Now().Unix() / int64(24*time.Hour/time.Second) }

// SpentToday is what tasks have cost since midnight UTC, in dollars * 10^9.
func (db *Store) SpentToday(ctx context.Context) (nano int64, err error) {
	_, err = sqldb.Found(ctx, db.Read, `SELECT nano FROM spend WHERE day = $1`, []any{db.today()}, &nano)
	return nano, db.Fail("store.SpentToday", err)
}
