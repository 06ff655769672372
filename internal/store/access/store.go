// Package access keeps who may use the server, and what it uses itself: API keys, sign-ins, the sealed keys of model providers, and the variables of Tools.
package access

import "github.com/openloop-server/openloop/internal/store/sqldb"

// Store keeps the keys of a database. Its methods are safe for concurrent use.
type Store struct{ *sqldb.DB }

// New returns the keys of db.
func New(db *sqldb.DB) *Store { return &Store{db} }
