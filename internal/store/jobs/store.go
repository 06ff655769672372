// Package jobs keeps the work that waits: Logs to make for the places of Runs, and Logs to judge. A task is a row that is claimed under a lease, and
// deleted once it is done. Tasks follow from other tables, so whatever is lost of them can be made again.
package jobs

import (
	"context"

	"github.com/openloop-server/openloop/internal/store/sqldb"
)

// Store keeps the tasks of a database. Its methods are safe for concurrent use.
type Store struct {
	*sqldb.DB
	monitors *Monitors
}

// New returns the tasks of db, with those that its monitors make.
func New(db *sqldb.DB, monitors *Monitors) *Store { return &Store{db, monitors} }

// KeepSkipped stores how many Logs were not monitored because too many tasks waited, which is counted in memory until then.
func (db *Store) KeepSkipped(ctx context.Context) error { return db.monitors.backlog.keep(ctx) }
