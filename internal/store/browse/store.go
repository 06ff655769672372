// Package browse reads Files as people look around in them: many at once, and without the content of their versions. It changes nothing.
package browse

import "github.com/openloop-server/openloop/internal/store/sqldb"

// Store reads the Files of a database. Its methods are safe for concurrent use.
type Store struct{ *sqldb.DB }

// New returns a Store for the Files of db.
func New(db *sqldb.DB) *Store { return &Store{db} }
