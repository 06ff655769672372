package store

// accessStore keeps the keys of a database.
type accessStore struct{ *base }

// newAccess returns the keys of db.
func newAccess(db *base) *accessStore { return &accessStore{db} }
