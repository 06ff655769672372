package versions

import (
	"cmp"
	"context"
	"errors"

	"github.com/openloop-server/openloop/internal/auth"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/store/sqldb"
)

// changing is one change of Files or directories in its transaction. The tree, which says where Files and directories are, changes under
// the lock of the tree. Everything else of a File changes under the lock of the File. The lock of the tree comes first, then those of Files
// by seq, so that no two changes can deadlock. (SQLite has one writer at a time, and its transaction is the lock.)
type changing struct {
	tx  *sqldb.Tx
	db  *sqldb.DB
	now int64 // when the latest lock was gained, so that times have the order of the changes

	then int64 // the time of a change that was made elsewhere, in place of now; 0 for none

	kind     sqldb.Kind // of the subject; a File unless set otherwise
	id       string
	secrets  bool // something encrypted changes too
	monitors bool // the monitors of Files change too
}

// changeFiles is [sqldb.DB.Change] for Files and directories. f reports whether it changed anything.
func (db *Store) changeFiles(ctx context.Context, op string, f func(context.Context, *changing) (bool, error)) error {
	for {
		err := db.Change(ctx, op, func(ctx context.Context, tx *sqldb.Tx) error {
			c := changing{tx: tx, db: db.DB, kind: sqldb.FileKind}
			changed, err := f(ctx, &c)
			if err == nil && changed {
				tx.Changed(c.kind, c.id, c.topics()...)
			}
			return err
		})
		if !errors.Is(err, errMoved) {
			return err
		}
	}
}

// topics returns the topics of the change. A change of a directory concerns all Files.
func (c *changing) topics() []sqldb.Topic {
	topics := []sqldb.Topic{sqldb.Files}
	if c.kind == sqldb.FileKind {
		topics[0] = sqldb.FileTopic(c.id)
	}
	if c.secrets {
		topics = append(topics, sqldb.Secrets)
	}
	if c.monitors {
		topics = append(topics, sqldb.Monitors)
	}
	return topics
}

// errMoved restarts a change. While it waited for the lock of a File at a path, the File left the path. PostgreSQL has locked it
// nevertheless, and the lock of the tree must not be requested while a File is locked.
var errMoved = errors.New("the File has moved")

func (c *changing) exec(ctx context.Context, text string, args ...any) error {
	return c.tx.Exec(ctx, text, args...)
}

func (c *changing) find(ctx context.Context, text string, args []any, into ...any) (bool, error) {
	return sqldb.Found(ctx, c.tx, text, args, into...)
}

func (c *changing) locked() { c.now = cmp.Or(c.then, sqldb.Micros(c.db.Now())) }

// lockTree locks the tree, by the row of the root.
func (c *changing) lockTree(ctx context.Context) error {
	err := c.db.LockTree(ctx, c.tx)
	c.locked()
	return err
}

// fileRow is a locked File.
type fileRow struct {
	seq      int64
	id, path string
	kind     file.Kind
}

// lockFile locks the File that t names, by ID or else by Path. Errors: the kind's not found.
func (c *changing) lockFile(ctx context.Context, kind file.Kind, t file.Ref) (fileRow, error) {
	row, ok, err := c.lockIfThere(ctx, kind, t)
	if err == nil && !ok {
		err = noFile(kind, t)
	}
	return row, err
}

// lockIfThere is lockFile for a File that may be missing. The kind "" stands for all kinds.
func (c *changing) lockIfThere(ctx context.Context, kind file.Kind, t file.Ref) (row fileRow, ok bool, err error) {
	w := liveFile(kind, t)
	ok, err = c.find(ctx, `SELECT f.seq, f.id, f.path, f.kind FROM file f`+w.String()+c.db.Dialect.LockRows, w.Args,
		&row.seq, &row.id, &row.path, &row.kind)
	if ok {
		c.locked()
		c.id = row.id
	}
	return row, ok, err
}

func (c *changing) touch(ctx context.Context, fileSeq int64) error {
	return c.exec(ctx, `UPDATE file SET updated_us = $2, updated_by = $3 WHERE seq = $1`, fileSeq, c.now, auth.From(ctx).KeyID)
}
