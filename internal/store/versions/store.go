// Package versions keeps Files: their places in the tree, their versions and deployments, what monitors them, the datapoints of Datasets,
// and the variables of Tools.
package versions

import (
	"context"
	"errors"
	"time"

	"github.com/openloop-server/openloop/internal/store/sqldb"
)

// Store keeps the Files of a database. Its methods are safe for concurrent use.
type Store struct{ *sqldb.DB }

// New returns a Store for the Files of db.
func New(db *sqldb.DB) *Store { return &Store{db} }

// Fill makes what a new database lacks: the environments production (the default), staging and development, and the root directory. It
// implements [sqldb.Fill].
func Fill(ctx context.Context, tx *sqldb.Tx, now time.Time) error {
	return errors.Join(makeEnvironments(ctx, tx, now), makeRootDirectory(ctx, tx, now))
}
