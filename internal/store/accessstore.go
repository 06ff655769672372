package store

import "openloop/internal/store/sqldb"

// accessStore keeps the keys of a database.
type accessStore struct{ *sqldb.DB }

// newAccess returns the keys of db.
func newAccess(db *sqldb.DB) *accessStore { return &accessStore{db} }
