package jobs

import (
	"context"
	"time"

	"github.com/openloop-server/openloop/internal/store/sqldb"
)

// replicaFresh is how long a replica counts that was not heard of.
const replicaFresh = time.Minute

// SeenReplica notes that a replica is there which works on tasks, and returns how many there are with it: those seen within a minute. They share what
// providers allow.
func (db *Store) SeenReplica(ctx context.Context, id string) (replicas int, err error) {
	err = db.Change(ctx, "store.SeenReplica", func(ctx context.Context, tx *sqldb.Tx) error {
		now := db.Clock()
		err := tx.Exec(ctx, `INSERT INTO replica (id, seen_us) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET seen_us = excluded.seen_us`, id, sqldb.Micros(now))
		if err != nil {
			return err
		}
		fresh := sqldb.Micros(now.Add(-replicaFresh))
		gone := `DELETE FROM replica WHERE id IN (SELECT id FROM replica WHERE seen_us < $1` + db.Dialect.LockFree + `)`
		if err := tx.Exec(ctx, gone, fresh); err != nil {
			return err
		}
		_, err = sqldb.Found(ctx, tx, `SELECT COUNT(*) FROM replica WHERE seen_us >= $1`, []any{fresh}, &replicas)
		return err
	})
	return replicas, err
}

// LeaveReplicas notes that a replica works no more.
func (db *Store) LeaveReplicas(ctx context.Context, id string) error {
	return db.Change(ctx, "store.LeaveReplicas", func(ctx context.Context, tx *sqldb.Tx) error {
		return tx.Exec(ctx, `DELETE FROM replica WHERE id = $1`, id)
	})
}
