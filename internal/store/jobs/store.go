// Package jobs keeps the work that waits: Logs to make for the places of Runs, and Logs to judge. A task is a row that is claimed under a lease, and
// deleted once it is done. Tasks follow from other tables, so whatever is lost of them can be made again.
package jobs

import "github.com/openloop-server/openloop/internal/store/sqldb"

// Store keeps the tasks of a database. Its methods are safe for concurrent use.
type Store struct{ *sqldb.DB }

// New returns the tasks of db.
func New(db *sqldb.DB) *Store { return &Store{db} }
