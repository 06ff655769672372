// Package browse reads Files as people look around in them: many at once, and without the content of their versions. It changes nothing.
package browse

import (
	"context"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/store/sqldb"
)

// Store reads the Files of a database. Its methods are safe for concurrent use.
type Store struct{ *sqldb.DB }

// New returns a Store for the Files of db.
func New(db *sqldb.DB) *Store { return &Store{db} }

// fileRef is a File that is there.
type fileRef struct {
	seq  int64
	kind file.Kind
	path string
}

// fileByID returns the File with this id. Errors: file_not_found.
func (db *Store) fileByID(ctx context.Context, id string) (f fileRef, err error) {
	err = sqldb.Must(ctx, db.Read, errs.New(errs.FileNotFound, "The File `%s` does not exist.", id),
		`SELECT seq, kind, path FROM file WHERE id = $1 AND deleted_us IS NULL`, []any{sqldb.Storable(id)}, &f.seq, &f.kind, &f.path)
	return f, err
}
