package versions

import (
	"cmp"
	"context"
	"database/sql"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/ids"
	"github.com/openloop-server/openloop/internal/store/sqldb"
)

// RootDirectory is a name for the root directory, which callers may use instead of its id.
const RootDirectory = "root"

const (
	directoryColumns = `d.id, d.path, d.parent_id, d.created_us, d.updated_us`
	afterSlash       = "0" // the character after "/": in the byte order of both databases, paths from "a/" up to "a0" lie below "a"
)

// Directories returns all directories, including the root, by path.
func (db *Store) Directories(ctx context.Context) ([]file.Directory, error) {
	list, err := sqldb.List(ctx, db.Read, `SELECT `+directoryColumns+` FROM directory d ORDER BY d.path`, nil, scanDirectory)
	return list, db.Fail("store.Directories", err)
}

// DirectoryByID returns a directory. The id "root" names the root. Errors: directory_not_found.
func (db *Store) DirectoryByID(ctx context.Context, id string) (file.Directory, error) {
	d, err := directoryByID(ctx, db.Read, id)
	return d, db.Fail("store.DirectoryByID", err)
}

func directoryByID(ctx context.Context, q sqldb.Querier, id string) (file.Directory, error) {
	w := new(sqldb.Where)
	if id == RootDirectory {
		w.Add("d.path = ''")
	} else {
		w.Add("d.id = ?", sqldb.Storable(id))
	}
	list, err := sqldb.List(ctx, q, `SELECT `+directoryColumns+` FROM directory d`+w.String(), w.Args, scanDirectory)
	if err == nil && len(list) == 0 {
		err = noDirectory(id)
	}
	if err != nil {
		return file.Directory{}, err
	}
	return list[0], nil
}

func scanDirectory(rows *sql.Rows) (d file.Directory, err error) {
	var created, updated int64
	err = rows.Scan(&d.ID, &d.Path, &d.ParentID, &created, &updated)
	d.CreatedAt, d.UpdatedAt = sqldb.FromMicros(created), sqldb.FromMicros(updated)
	return d, err
}

func noDirectory(name string) error {
	return errs.New(errs.DirectoryNotFound, "Directory `%s` does not exist.", name)
}

// FilesIn returns the Files directly in a directory, by path. Each comes with the version that a [file.Ref] without version and environment
// names. Errors: directory_not_found.
func (db *Store) FilesIn(ctx context.Context, directoryID string) (snaps []file.Snapshot, err error) {
	defer db.Failed("store.FilesIn", &err)
	d, err := directoryByID(ctx, db.Read, directoryID)
	if err != nil {
		return nil, err
	}
	var w sqldb.Where
	w.Add("f.directory_id = ? AND f.deleted_us IS NULL", d.ID)
	w.Add(defaultVersion)
	return readSnapshots(ctx, db.Read, snapshotTables+w.String()+` ORDER BY f.path`, w.Args)
}

// NewDirectory says where to make a directory: at Path, or else with this Name in the directory ParentID. The ParentID "" is the root.
type NewDirectory struct{ Path, Name, ParentID string }

// MakeDirectory makes a directory and the missing directories above it. Files and directories have separate paths, so a directory and a
// File may have the same path. Errors: already_exists, directory_not_found for the parent, validation_failed for an invalid path.
func (db *Store) MakeDirectory(ctx context.Context, n NewDirectory) (d file.Directory, err error) {
	err = db.changeFiles(ctx, "store.MakeDirectory", func(ctx context.Context, c *changing) (bool, error) {
		if err := c.lockTree(ctx); err != nil {
			return false, err
		}
		path, err := c.newPath(ctx, &n)
		if err != nil {
			return false, err
		}
		if err := c.directoryFree(ctx, path); err != nil {
			return false, err
		}
		id, err := c.makeDirectories(ctx, path)
		if err != nil {
			return false, err
		}
		c.kind, c.id = sqldb.DirectoryKind, id
		d, err = directoryByID(ctx, c.tx, id)
		return true, err
	})
	return d, err
}

func (c *changing) newPath(ctx context.Context, n *NewDirectory) (string, error) {
	if n.Path != "" {
		return cleanPath(n.Path)
	}
	parent, err := directoryByID(ctx, c.tx, cmp.Or(n.ParentID, RootDirectory))
	if err != nil {
		return "", err
	}
	return joinPath(parent.Path, n.Name)
}

// directoryFree returns already_exists if there is a directory at path.
func (c *changing) directoryFree(ctx context.Context, path string) error {
	ok, err := c.find(ctx, `SELECT id FROM directory WHERE path = $1`, []any{path})
	if err == nil && ok {
		err = errs.New(errs.AlreadyExists, "Directory `%s` exists already.", path)
	}
	return err
}

// makeDirectories makes the missing directories of path and returns the id of the last one. The tree must be locked.
func (c *changing) makeDirectories(ctx context.Context, path string) (id string, err error) {
	ok, err := c.find(ctx, `SELECT id FROM directory WHERE path = $1`, []any{path}, &id)
	if ok || err != nil {
		return id, err
	}
	parent, err := c.makeDirectories(ctx, file.ParentPath(path)) // the root always exists
	if err != nil {
		return "", err
	}
	id = ids.New(ids.Directory, sqldb.FromMicros(c.now))
	return id, c.exec(ctx, `INSERT INTO directory (id, path, parent_id, created_us, updated_us) VALUES ($1, $2, $3, $4, $4)`, id, path, parent, c.now)
}

// Moved is a directory or a File that a move of a directory gives another path.
type Moved struct {
	Type     string // "directory", or the kind of the File
	ID       string
	From, To string
}

// MoveDirectory moves a directory with everything below it, and makes the missing directories above its new place. It returns the directory and all that
// moved, by path. Errors:
// directory_not_found; already_exists if the place is taken; illegal_state if the place is below the directory itself, or the directory is
// the root; validation_failed for an invalid path.
func (db *Store) MoveDirectory(ctx context.Context, id string, m Move) (d file.Directory, moved []Moved, err error) {
	err = db.changeFiles(ctx, "store.MoveDirectory", func(ctx context.Context, c *changing) (bool, error) {
		if err := c.lockTree(ctx); err != nil {
			return false, err
		}
		if d, err = directoryByID(ctx, c.tx, id); err != nil {
			return false, err
		}
		if d.Path == "" {
			return false, errs.New(errs.IllegalState, "The root directory cannot be moved or renamed.")
		}
		c.kind, c.id = sqldb.DirectoryKind, d.ID
		path, err := c.destination(ctx, &m, d.Path)
		if err != nil || path == d.Path {
			return false, err
		}
		if moved, err = c.moving(ctx, d.Path, path); err != nil {
			return false, err
		}
		if err := c.moveDirectory(ctx, &d, path); err != nil {
			return false, err
		}
		d, err = directoryByID(ctx, c.tx, d.ID)
		return true, m.end(err)
	})
	return d, moved, tried(err)
}

// moving returns the directory at a path and everything below it, with the paths that a move gives them.
func (c *changing) moving(ctx context.Context, from, to string) ([]Moved, error) {
	const text = `SELECT 'directory', id, path FROM directory WHERE path = $1 OR path > $2 AND path < $3
		UNION ALL SELECT kind, id, path FROM file WHERE path > $2 AND path < $3 AND deleted_us IS NULL ORDER BY 3, 1`
	return sqldb.List(ctx, c.tx, text, []any{from, from + "/", from + afterSlash}, func(rows *sql.Rows) (m Moved, err error) {
		err = rows.Scan(&m.Type, &m.ID, &m.From)
		m.To = to + strings.TrimPrefix(m.From, from)
		return m, err
	})
}

func (c *changing) moveDirectory(ctx context.Context, d *file.Directory, path string) error {
	if strings.HasPrefix(path, d.Path+"/") {
		return errs.New(errs.IllegalState, "Directory `%s` cannot be moved to `%s`, which is in it.", d.Path, path)
	}
	if err := c.directoryFree(ctx, path); err != nil {
		return err
	}
	if err := c.lockBelow(ctx, d.Path, len(path)-len(d.Path)); err != nil {
		return err
	}
	parent, err := c.makeDirectories(ctx, file.ParentPath(path))
	if err != nil {
		return err
	}
	err = c.exec(ctx, `UPDATE directory SET path = $2, parent_id = $3, updated_us = $4 WHERE id = $1`, d.ID, path, parent, c.now)
	if err != nil {
		return err
	}
	const moved = ` SET path = CAST($1 AS TEXT) || substr(path, $2) WHERE path > $3 AND path < $4`
	args := []any{path, utf8.RuneCountInString(d.Path) + 1, d.Path + "/", d.Path + afterSlash}
	if err := c.exec(ctx, `UPDATE directory`+moved, args...); err != nil {
		return err
	}
	return c.exec(ctx, `UPDATE file`+moved+` AND deleted_us IS NULL`, args...)
}

// lockBelow locks the Files below the directory at path. It checks that all paths below may grow by more bytes.
func (c *changing) lockBelow(ctx context.Context, path string, more int) error {
	args := []any{path + "/", path + afterSlash}
	directories, err := sqldb.Column[string](ctx, c.tx, `SELECT path FROM directory WHERE path > $1 AND path < $2`, args...)
	if err != nil {
		return err
	}
	const files = `SELECT path FROM file WHERE path > $1 AND path < $2 AND deleted_us IS NULL ORDER BY seq`
	paths, err := sqldb.Column[string](ctx, c.tx, files+c.db.Dialect.LockRows, args...)
	tooLong := func(below string) bool { return len(below)+more > file.MaxPath }
	if err == nil && slices.ContainsFunc(append(paths, directories...), tooLong) {
		err = errs.Invalid("A path below the directory would be longer than 1024 bytes.", "path")
	}
	return err
}

// DeleteDirectory deletes an empty directory. Errors: directory_not_found, in_use if it is not empty, illegal_state for the root.
func (db *Store) DeleteDirectory(ctx context.Context, id string) error {
	return db.changeFiles(ctx, "store.DeleteDirectory", func(ctx context.Context, c *changing) (bool, error) {
		if err := c.lockTree(ctx); err != nil {
			return false, err
		}
		d, err := directoryByID(ctx, c.tx, id)
		if err != nil {
			return false, err
		}
		if d.Path == "" {
			return false, errs.New(errs.IllegalState, "The root directory cannot be deleted.")
		}
		full, err := c.find(ctx, `SELECT id FROM directory WHERE parent_id = $1 UNION ALL
			SELECT id FROM file WHERE directory_id = $1 AND deleted_us IS NULL LIMIT 1`, []any{d.ID})
		if err != nil {
			return false, err
		}
		if full {
			return false, errs.New(errs.InUse, "Directory `%s` is not empty.", d.Path)
		}
		c.kind, c.id = sqldb.DirectoryKind, d.ID
		return true, c.exec(ctx, `DELETE FROM directory WHERE id = $1`, d.ID)
	})
}

// makeRootDirectory makes the root of a database that has none, and moves everything at the top into it.
func makeRootDirectory(ctx context.Context, tx *sqldb.Tx, now time.Time) error {
	ok, err := sqldb.Found(ctx, tx, `SELECT id FROM directory WHERE path = ''`, nil)
	if ok || err != nil {
		return err
	}
	id := ids.New(ids.Directory, now)
	for _, text := range []string{
		`UPDATE directory SET parent_id = $1 WHERE parent_id = ''`,
		`UPDATE file SET directory_id = $1 WHERE directory_id = ''`,
	} {
		if err := tx.Exec(ctx, text, id); err != nil {
			return err
		}
	}
	return tx.Exec(ctx, `INSERT INTO directory (id, path, parent_id, created_us, updated_us) VALUES ($1, '', '', $2, $2)`, id, sqldb.Micros(now))
}
