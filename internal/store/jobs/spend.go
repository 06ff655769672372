package jobs

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/openloop-server/openloop/internal/store/sqldb"
)

// cost is what was spent on a task.
type cost struct {
	run  int64 // that pays; 0 for none
	nano int64 // dollars * 10^9
}

// addSpent counts what tasks cost for their Runs and for the day. Rows are locked in one order.
func (db *Store) addSpent(ctx context.Context, tx *sqldb.Tx, costs []cost) error {
	total, byRun := int64(0), map[int64]int64{}
	for _, c := range costs {
		total += c.nano
		if c.run != 0 && c.nano != 0 {
			byRun[c.run] += c.nano
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
