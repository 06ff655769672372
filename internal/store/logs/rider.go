package logs

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/openloop-server/openloop/internal/store/sqldb"
	"github.com/openloop-server/openloop/internal/trace"
)

// Rider holds statements that a Log carries into its own commit. They run in the transaction that stores the Log, so they are kept with the
// Log or not at all. If one of them fails, its Log fails, and no other. A Log without Riders pays nothing for them.
type Rider struct {
	// Lock is a statement that runs before any row of the transaction is written; "" for none.
	Lock string
	// Needs are rows that must exist for the Log to be stored.
	Needs []Need
	// Key orders the Riders of a transaction, so that transactions that write the same rows cannot deadlock.
	Key string
	// Statements run once the row of the Log exists.
	Statements []Statement
	// Wakes says that these may make tasks.
	Wakes bool
}

// Need is a row that must exist. Query finds it by Args. If there is none, the Log fails with Missing.
type Need struct {
	Query   string
	Args    []any
	Missing error
}

// key tells Needs of different rows apart.
func (n *Need) key() string { return fmt.Sprintf("%s%q", n.Query, n.Args) }

// Statement is an SQL statement with its arguments.
type Statement struct {
	text string
	args []any
}

// Exec returns the statement text with args.
func Exec(text string, args ...any) Statement { return Statement{text, args} }

// In executes the statement in a transaction.
func (s Statement) In(ctx context.Context, tx *sqldb.Tx) error {
	return tx.Exec(ctx, s.text, s.args...)
}

// Links keeps rows elsewhere that name Logs. Its methods must be safe for concurrent use.
type Links interface {
	// Riders returns what a Log that is about to be stored links.
	Riders(ctx context.Context, l *trace.Log) ([]*Rider, error)
	// Imported is Riders for a Log that comes from elsewhere: it takes no place of a Run, and makes no work.
	Imported(ctx context.Context, l *trace.Log) ([]*Rider, error)
	// Updated updates the links of a Log that has changed from before to after.
	Updated(ctx context.Context, tx *sqldb.Tx, before, after *trace.Log) error
	// Deleted removes the links of the Logs with these numbers, which tx has deleted; expired is set if it did so because of their age.
	Deleted(ctx context.Context, tx *sqldb.Tx, logs []int64, expired bool) error
}

// Index finds Logs. Deleted tells it that tx has deleted the Logs with these numbers.
type Index interface {
	Deleted(ctx context.Context, tx *sqldb.Tx, logs []int64) error
}

// Journal keeps what Logs add up to. Its methods must be safe for concurrent use.
type Journal interface {
	// Entry appends to b what a Log adds. It is stored in the transaction that stores the Log, in a row of stat_journal with those of others,
	// one after the other.
	Entry(b []byte, l *trace.Log, ref Ref) []byte
	// Updated stores what changes by the update of the Log with the number seq from before to after.
	Updated(ctx context.Context, tx *sqldb.Tx, seq int64, ref Ref, before, after *trace.Log) error
	// Deleted is told that tx has deleted Logs.
	Deleted(ctx context.Context, tx *sqldb.Tx) error
}

// lockForRiders executes the locks of the Riders of rows, each once. It must run before any row is locked.
func lockForRiders(ctx context.Context, tx pgx.Tx, rows []*pendingLog) error {
	locked := map[string]bool{"": true}
	for _, r := range ridersOf(rows) {
		if locked[r.Lock] {
			continue
		}
		locked[r.Lock] = true
		if _, err := tx.Exec(ctx, r.Lock); err != nil {
			return err
		}
	}
	return nil
}

// refuseNeedy returns the rows whose Riders find everything they need. It asks for each needed row once, for all in one round trip.
func refuseNeedy(ctx context.Context, tx pgx.Tx, rows []*pendingLog) ([]*pendingLog, error) {
	there := map[string]bool{}
	batch := new(pgx.Batch)
	for _, r := range ridersOf(rows) {
		for _, n := range r.Needs {
			wanted := n.key()
			if _, asked := there[wanted]; asked {
				continue
			}
			there[wanted] = false
			batch.Queue(n.Query, n.Args...).Query(func(found pgx.Rows) error {
				there[wanted] = found.Next()
				found.Close()
				return found.Err()
			})
		}
	}
	if len(there) == 0 {
		return rows, nil
	}
	if err := tx.SendBatch(ctx, batch).Close(); err != nil {
		return nil, err
	}
	return slices.DeleteFunc(rows, func(e *pendingLog) bool {
		for _, r := range e.riders {
			for _, n := range r.Needs {
				if !there[n.key()] {
					e.err = n.Missing
					return true
				}
			}
		}
		return false
	}), nil
}

// rideRows executes the statements of the Riders of all stored rows, ordered by key, in one round trip.
func rideRows(ctx context.Context, tx pgx.Tx, rows []*pendingLog) error {
	riders := ridersOf(slices.DeleteFunc(slices.Clone(rows), func(e *pendingLog) bool { return e.err != nil }))
	if len(riders) == 0 {
		return nil
	}
	slices.SortStableFunc(riders, func(a, b *Rider) int { return cmp.Compare(a.Key, b.Key) })
	batch := new(pgx.Batch)
	for _, r := range riders {
		for _, statement := range r.Statements {
			batch.Queue(statement.text, statement.args...)
		}
	}
	return tx.SendBatch(ctx, batch).Close()
}

func ridersOf(rows []*pendingLog) []*Rider {
	var riders []*Rider
	for _, e := range rows {
		riders = append(riders, e.riders...)
	}
	return riders
}
