package versions

import (
	"context"
	"strings"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/ids"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/store/sqldb"
)

// findFile finds or makes the File, and locks it until the transaction ends.
func (w *saving) findFile(ctx context.Context) error {
	if w.ID != "" {
		return w.findByID(ctx)
	}
	there, err := w.isThere(ctx)
	if err == nil && !there {
		err = w.lockTree(ctx)
	}
	if err != nil {
		return err
	}
	row, ok, err := w.lockIfThere(ctx, "", file.Ref{Path: w.Path})
	switch {
	case err != nil:
		return err
	case ok && (w.New || row.kind != w.Kind):
		return pathTaken(&row)
	case ok:
		w.file, w.fileID = row.seq, row.id
		return nil
	case there:
		return errMoved
	case w.Draft:
		return w.noPlace()
	default:
		return w.makeFile(ctx)
	}
}

// isThere reports whether there is a File at the path. It does not lock the File, which may be elsewhere when it is locked later.
func (w *saving) isThere(ctx context.Context) (bool, error) {
	c := liveFile("", file.Ref{Path: w.Path})
	return w.find(ctx, `SELECT f.seq FROM file f`+c.String(), c.Args)
}

func pathTaken(by *fileRow) error {
	return errs.New(errs.AlreadyExists, "The path `%s` is taken by the %s `%s`.", by.path, by.kind.Spec().Title, by.id)
}

func (w *saving) findByID(ctx context.Context) error {
	row, err := w.lockFile(ctx, w.Kind, file.Ref{ID: w.ID})
	if err != nil {
		return err
	}
	if err := (&file.Ref{ID: w.ID, Path: w.Path}).Matches(row.path); err != nil {
		return err
	}
	w.file, w.fileID = row.seq, row.id
	return nil
}

// makeFile makes the File. The tree must be locked, and the path free.
func (w *saving) makeFile(ctx context.Context) error {
	directory, err := w.makeDirectories(ctx, file.ParentPath(w.Path))
	if err != nil {
		return err
	}
	w.newFile = true
	if w.staged != nil && w.staged.hidden {
		w.file, w.fileID = w.staged.file, w.staged.fileID
		w.id = w.fileID
		return w.exec(ctx, `UPDATE file SET path = $2, name_folded = $3, directory_id = $4, created_us = $5, updated_us = $5, created_by = $6,
			deleted_us = NULL, updated_by = $6 WHERE seq = $1`, w.file, w.Path, folded(w.Path), directory, w.now, w.By)
	}
	w.fileID = w.Past.File(ids.New(w.Kind.Spec().ID, sqldb.FromMicros(w.now)))
	w.id = w.fileID
	_, err = w.find(ctx, `INSERT INTO file (id, kind, path, name_folded, directory_id, description, readme, tags, created_us, updated_us, created_by, updated_by)
		VALUES ($1, $2, $3, $4, $5, $6, $6, $7, $8, $8, $9, $9) RETURNING seq`,
		[]any{w.fileID, string(w.Kind), w.Path, folded(w.Path), directory, []byte{}, []byte("[]"), w.now, w.By}, &w.file)
	return err
}

// folded returns the name of the File at path in the form in which names are searched and ordered.
func folded(path string) string { return strings.ToLower(file.BaseName(path)) }

// describeFile sets the attributes of the File itself that s gives. changed reports whether any of them is new.
func (w *saving) describeFile(ctx context.Context) (changed bool, err error) {
	if w.Description == nil && w.Readme == nil && w.Tags == nil {
		return false, nil
	}
	var description, readme string
	var tags []byte
	_, err = w.find(ctx, `SELECT description, readme, tags FROM file WHERE seq = $1`, []any{w.file}, &description, &readme, &tags)
	if err != nil {
		return false, err
	}
	newDescription, newReadme, newTags := orThat(w.Description, description), orThat(w.Readme, readme), tags
	if w.Tags != nil {
		if newTags, err = json.Marshal(*w.Tags); err != nil {
			return false, err
		}
	}
	if newDescription == description && newReadme == readme && string(newTags) == string(tags) {
		return false, nil
	}
	return true, w.exec(ctx, `UPDATE file SET description = $2, readme = $3, tags = $4 WHERE seq = $1`,
		w.file, []byte(newDescription), []byte(newReadme), newTags)
}

// DeleteFile deletes a File and frees its path. Its Logs stay and can be read by id. The variables of a Tool are erased. An Evaluator stops
// monitoring. Errors: the kind's not found.
func (db *Store) DeleteFile(ctx context.Context, kind file.Kind, id string) error {
	return db.changeFiles(ctx, "store.DeleteFile", func(ctx context.Context, c *changing) (bool, error) {
		row, err := c.lockFile(ctx, kind, file.Ref{ID: id})
		if err != nil {
			return false, err
		}
		if err := c.exec(ctx, `UPDATE file SET deleted_us = $2 WHERE seq = $1`, row.seq, c.now); err != nil {
			return false, err
		}
		if err := c.exec(ctx, `DELETE FROM monitor WHERE evaluator = $1`, row.seq); err != nil {
			return false, err
		}
		c.secrets, c.monitors = true, true
		return true, c.exec(ctx, `DELETE FROM tool_variable WHERE file = $1`, row.seq)
	})
}
