package sqldb

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

const (
	lockTimeout = 5 * time.Second
	lockTries   = 24                     // with lockTimeout two minutes
	lockPause   = 100 * time.Millisecond // in which those go on who waited behind the migration
	lookForLock = 100 * time.Millisecond // how often it is tried to get the lock of migrations
)

func (m *migrating) lockTimeout() time.Duration { return cmp.Or(m.LockTimeout, lockTimeout) }

// locked calls f while no other process migrates. The lock is tried again and again rather than waited for: on PostgreSQL, who makes an index beside others
// waits for all that wait in a statement.
func (m *migrating) locked(ctx context.Context, f func() error) (err error) {
	if m.dialect.lock == "" {
		return f()
	}
	told := false
	for {
		var got bool
		if _, err := Found(ctx, m.conn, m.dialect.lock, nil, &got); err != nil {
			return err
		}
		if got {
			break
		}
		if !told {
			m.log.InfoContext(ctx, "another process migrates the database: waiting for it")
			told = true
		}
		if err := pause(ctx, lookForLock); err != nil {
			return err
		}
	}
	defer func() {
		_, e := m.conn.ExecContext(context.WithoutCancel(ctx), m.dialect.unlock)
		err = errors.Join(err, e)
	}()
	return f()
}

// patiently applies a step. Its tables may be in use by a transaction that is long; those who come later then wait behind the migration. So it gives up
// soon, lets them go on, and tries again.
func (m *migrating) patiently(ctx context.Context, step *migration) error {
	for tries := 1; ; tries++ {
		err := m.applyStep(ctx, step)
		if err == nil || !isLocked(err) {
			return err
		}
		if tries == lockTries {
			return errors.Join(plainFault(fmt.Sprintf("Transactions that do not end hold tables that migration %s changes. End them, and try again.", step.name)), err)
		}
		m.log.WarnContext(ctx, "a migration waits for transactions that use its tables", "migration", step.name, "tries", tries)
		if err := pause(ctx, lockPause); err != nil {
			return err
		}
	}
}

// isLocked reports whether PostgreSQL gave up waiting for a lock, or ended a step that waited for a transaction which waited for it.
func isLocked(err error) bool {
	e, ok := errors.AsType[*pgconn.PgError](err)
	return ok && (e.Code == "55P03" || e.Code == "40P01")
}

// pause waits, and fails when ctx ends meanwhile.
func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// applyIndexes makes and drops indexes beside those who write. It was interrupted if an index is there that is not valid: that one is made anew.
func (m *migrating) applyIndexes(ctx context.Context, step *migration) error {
	m.log.InfoContext(ctx, "a migration makes an index, which may take long; everything goes on meanwhile", "migration", step.name)
	for _, statement := range step.indexes {
		if err := m.applyIndex(ctx, statement); err != nil {
			return fmt.Errorf("migration %s failed, and goes on at the next start: %w", step.name, err)
		}
	}
	return m.inTx(ctx, func(tx *Tx) error { return m.note(ctx, tx, step) })
}

func (m *migrating) applyIndex(ctx context.Context, statement string) error {
	if made := makesIndex.FindStringSubmatch(statement); made != nil {
		var valid bool
		there, err := Found(ctx, m.conn, `SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass($1)`, []any{made[1]}, &valid)
		if err != nil || there && valid {
			return err
		}
		if there {
			if _, err := m.conn.ExecContext(ctx, "DROP INDEX CONCURRENTLY "+made[1]); err != nil {
				return err
			}
		}
	}
	_, err := m.conn.ExecContext(ctx, statement)
	return err
}
