package jobs

import (
	"context"
	"time"

	"github.com/openloop-server/openloop/internal/store/sqldb"
)

const (
	holdLease = `INSERT INTO lease (name, holder, until_us) VALUES ($1, $2, $3) ON CONFLICT (name)
		DO UPDATE SET holder = excluded.holder, until_us = excluded.until_us WHERE lease.holder = excluded.holder OR lease.until_us <= $4`
	readLease = `SELECT holder, until_us FROM lease WHERE name = $1`
)

// HoldLease takes or renews a lease for a holder, unless another has it, by the clock that all replicas share. It returns whether the holder has it now, and
// for how long whoever has it keeps it.
func (db *Store) HoldLease(ctx context.Context, name, holder string, valid time.Duration) (held bool, left time.Duration, err error) {
	now := db.Clock()
	var who string
	var until int64
	read := func(ctx context.Context, q sqldb.Querier) error {
		_, err := sqldb.Found(ctx, q, readLease, []any{name}, &who, &until)
		return err
	}
	if err := read(ctx, db.Read); err != nil {
		return false, 0, db.Fail("store.HoldLease", err)
	}
	if who == holder || until <= sqldb.Micros(now) { // else nothing is written
		err = db.Change(ctx, "store.HoldLease", func(ctx context.Context, tx *sqldb.Tx) error {
			if err := tx.Exec(ctx, holdLease, name, holder, sqldb.Micros(now.Add(valid)), sqldb.Micros(now)); err != nil {
				return err
			}
			return read(ctx, tx)
		})
	}
	return err == nil && who == holder, sqldb.FromMicros(until).Sub(now), err
}

// LeaveLease gives a lease back, if the holder has it.
func (db *Store) LeaveLease(ctx context.Context, name, holder string) error {
	return db.Change(ctx, "store.LeaveLease", func(ctx context.Context, tx *sqldb.Tx) error {
		return tx.Exec(ctx, `DELETE FROM lease WHERE name = $1 AND holder = $2`, name, holder)
	})
}
