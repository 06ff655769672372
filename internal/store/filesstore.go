package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"openloop/internal/store/sqldb"
)

// filesStore keeps the Files of a database.
type filesStore struct{ *sqldb.DB }

// newFiles returns the Files of db.
func newFiles(db *sqldb.DB) *filesStore { return &filesStore{db} }

// fillFiles makes what a new database lacks: the environments production (the default), staging and development, and the root directory.
func fillFiles(ctx context.Context, tx *sql.Tx, now time.Time) error {
	return errors.Join(makeEnvironments(ctx, tx, now), makeRootDirectory(ctx, tx, now))
}
