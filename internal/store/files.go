package store

import (
	"context"
	"database/sql"
	"strings"

	"openloop/internal/errs"
	"openloop/internal/file"
	"openloop/internal/ids"
	"openloop/internal/json"
)

// findFile finds the File or makes it, and locks it until the transaction ends.
func (w *saving) findFile(ctx context.Context) error {
	if w.ID != "" {
		return w.findByID(ctx)
	}
	for {
		kind, ok, err := w.findByPath(ctx)
		if err != nil {
			return err
		}
		if ok && kind != w.Kind {
			return errs.New(errs.Conflict, "The path `%s` is taken by the %s `%s`.", w.Path, kind.Spec().Title, w.fileID)
		}
		if ok {
			return nil
		}
		if made, err := w.makeFile(ctx); made || err != nil {
			return err
		}
		// Somebody else has made it since.
	}
}

func (w *saving) findByID(ctx context.Context) error {
	var path string
	t := Target{ID: w.ID}
	c := liveFile(w.Kind, t)
	ok, err := found(ctx, w.tx, `SELECT f.seq, f.id, f.path FROM file f`+c.String()+w.db.dialect.lockFile, c.args, &w.file, &w.fileID, &path)
	if err != nil {
		return err
	}
	if !ok {
		return noFile(w.Kind, t)
	}
	if w.Path != "" && w.Path != path {
		return invalid("path", "The path and the id name different Files: the one with this id is at `"+path+"`.")
	}
	return nil
}

func (w *saving) findByPath(ctx context.Context) (kind file.Kind, ok bool, err error) {
	ok, err = found(ctx, w.tx, `SELECT f.seq, f.id, f.kind FROM file f WHERE f.path = $1 AND f.deleted_us IS NULL`+w.db.dialect.lockFile,
		[]any{w.Path}, &w.file, &w.fileID, &kind)
	return kind, ok, err
}

// makeFile makes the File, unless its path is taken.
func (w *saving) makeFile(ctx context.Context) (made bool, err error) {
	directory, err := w.makeDirectories(ctx, file.ParentPath(w.Path))
	if err != nil {
		return false, err
	}
	w.fileID = ids.New(w.Kind.Spec().ID, fromMicros(w.now))
	w.newFile, err = found(ctx, w.tx, `INSERT INTO file (id, kind, path, name_folded, directory_id, description, readme, tags, created_us, updated_us, created_by)
		VALUES ($1, $2, $3, $4, $5, $6, $6, $7, $8, $8, $9) ON CONFLICT (path) WHERE deleted_us IS NULL DO NOTHING RETURNING seq`,
		[]any{w.fileID, string(w.Kind), w.Path, strings.ToLower(file.BaseName(w.Path)), directory, []byte{}, []byte("[]"), w.now, w.By}, &w.file)
	return w.newFile, err
}

// makeDirectories makes those on the way to path that are missing, and returns the id of the last; that of the root is "".
func (w *saving) makeDirectories(ctx context.Context, path string) (id string, err error) {
	if path == "" {
		return "", nil
	}
	const byPath = `SELECT id FROM directory WHERE path = $1`
	ok, err := found(ctx, w.tx, byPath, []any{path}, &id)
	if ok || err != nil {
		return id, err
	}
	parent, err := w.makeDirectories(ctx, file.ParentPath(path))
	if err != nil {
		return "", err
	}
	err = w.exec(ctx, `INSERT INTO directory (id, path, parent_id, created_us, updated_us) VALUES ($1, $2, $3, $4, $4) ON CONFLICT (path) DO NOTHING`,
		ids.New(ids.Directory, fromMicros(w.now)), path, parent, w.now)
	if err != nil {
		return "", err
	}
	_, err = found(ctx, w.tx, byPath, []any{path}, &id)
	return id, err
}

// describeFile sets what s says of the File itself; changed says whether it said anything new.
func (w *saving) describeFile(ctx context.Context) (changed bool, err error) {
	if w.Description == nil && w.Readme == nil && w.Tags == nil {
		return false, nil
	}
	var description, readme string
	var tags []byte
	_, err = found(ctx, w.tx, `SELECT description, readme, tags FROM file WHERE seq = $1`, []any{w.file}, &description, &readme, &tags)
	if err != nil {
		return false, err
	}
	newDescription, newReadme, newTags := description, readme, tags
	if w.Description != nil {
		newDescription = *w.Description
	}
	if w.Readme != nil {
		newReadme = *w.Readme
	}
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

// DeleteFile deletes a File; its path is free again. Its Logs stay, and can be read by id. Errors: the kind's not found.
func (db *DB) DeleteFile(ctx context.Context, kind file.Kind, id string) error {
	return db.changeShared(ctx, "store.DeleteFile", func(ctx context.Context, tx *sql.Tx) (bool, error) {
		result, err := tx.ExecContext(ctx, `UPDATE file SET deleted_us = $3 WHERE id = $1 AND kind = $2 AND deleted_us IS NULL`,
			storable(id), string(kind), micros(db.now()))
		if err != nil {
			return false, err
		}
		n, err := result.RowsAffected()
		if err == nil && n == 0 {
			err = noFile(kind, Target{ID: id})
		}
		return true, err
	})
}
