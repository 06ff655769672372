package versions

import (
	"context"
	"errors"
	"strings"

	"github.com/openloop-server/openloop/internal/auth"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
)

// Move says where to move a File or directory. A nil field keeps the current value. Path wins over the other fields.
type Move struct {
	Path        *string // the whole path
	Name        *string // the last segment of the path
	DirectoryID *string // the directory that holds it

	DryRun bool // nothing moves: the answer is as if
}

// MoveFile moves or renames a File, and makes the missing directories above its new place. Directories that become empty stay. MoveFile
// returns the version that a [file.Ref] without version and environment names. Errors: the kind's not found; directory_not_found;
// already_exists if another File is there; validation_failed for an invalid path.
func (db *Store) MoveFile(ctx context.Context, kind file.Kind, fileID string, m Move) (snap file.Snapshot, err error) {
	err = db.changeFiles(ctx, "store.MoveFile", func(ctx context.Context, c *changing) (bool, error) {
		if err := c.lockTree(ctx); err != nil {
			return false, err
		}
		row, err := c.lockFile(ctx, kind, file.Ref{ID: fileID})
		if err != nil {
			return false, err
		}
		path, err := c.destination(ctx, &m, row.path)
		if err != nil {
			return false, err
		}
		if path != row.path {
			if err := c.moveFile(ctx, &row, path); err != nil {
				return false, err
			}
		}
		snap, err = snapshot(ctx, c.tx, kind, file.Ref{ID: fileID})
		return path != row.path, m.end(err)
	})
	return snap, tried(err)
}

// errTried ends the transaction of a move that is only tried, so that nothing of it is kept.
var errTried = errors.New("nothing was to be moved")

// end returns the error with which the transaction of a move ends.
func (m *Move) end(err error) error {
	if err == nil && m.DryRun {
		return errTried
	}
	return err
}

// tried returns the error of a move after its transaction.
func tried(err error) error {
	if errors.Is(err, errTried) {
		return nil
	}
	return err
}

func (c *changing) moveFile(ctx context.Context, row *fileRow, path string) error {
	there := fileRow{path: path}
	taken, err := c.find(ctx, `SELECT f.kind, f.id FROM file f WHERE f.path = $1 AND f.deleted_us IS NULL`, []any{path}, &there.kind, &there.id)
	if err != nil {
		return err
	}
	if taken {
		return pathTaken(&there)
	}
	directory, err := c.makeDirectories(ctx, file.ParentPath(path))
	if err != nil {
		return err
	}
	return c.exec(ctx, `UPDATE file SET path = $2, name_folded = $3, directory_id = $4, updated_us = $5, updated_by = $6 WHERE seq = $1`,
		row.seq, path, folded(path), directory, c.now, auth.From(ctx).KeyID)
}

// destination returns the path to which m moves what is at path.
func (c *changing) destination(ctx context.Context, m *Move, path string) (string, error) {
	if m.Path != nil {
		return cleanPath(*m.Path)
	}
	directory, name := file.ParentPath(path), file.BaseName(path)
	if m.DirectoryID != nil {
		d, err := directoryByID(ctx, c.tx, *m.DirectoryID)
		if err != nil {
			return "", err
		}
		directory = d.Path
	}
	if m.Name != nil {
		name = *m.Name
	}
	return joinPath(directory, name)
}

func joinPath(directory, name string) (string, error) {
	if name == "" || strings.Contains(name, "/") {
		return "", errs.Invalid("A name must not be empty or hold a slash; a path names the directories as well.", "name")
	}
	if directory == "" {
		return cleanPath(name)
	}
	return cleanPath(directory + "/" + name)
}

func cleanPath(path string) (string, error) {
	clean, problem := file.CleanPath(path)
	if problem != "" {
		return "", errs.Invalid(problem, "path")
	}
	return clean, nil
}
