// Package restore keeps what comes from elsewhere as it was there, with its ids, its times and its authors: what [versions] and [evals] would give
// new ones. Whatever is here already stays as it is.
package restore

import (
	"context"
	"database/sql"

	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/store/sqldb"
)

// Store keeps what comes from elsewhere. Its methods are safe for concurrent use.
type Store struct{ *sqldb.DB }

// New returns a Store for db.
func New(db *sqldb.DB) *Store { return &Store{db} }

// Author is somebody who made things elsewhere.
type Author struct{ ID, Name, Email string }

// Authors returns all authors who are no API keys of this server.
func (db *Store) Authors(ctx context.Context) ([]Author, error) {
	list, err := sqldb.List(ctx, db.Read, `SELECT id, name, email FROM author ORDER BY id`, nil, func(rows *sql.Rows) (a Author, err error) {
		err = rows.Scan(&a.ID, &a.Name, &a.Email)
		return a, err
	})
	return list, db.Fail("store.Authors", err)
}

// KeepAuthors adds authors, and returns how many there were not yet.
func (db *Store) KeepAuthors(ctx context.Context, list []Author) (made int, err error) {
	err = db.Change(ctx, "store.KeepAuthors", func(ctx context.Context, tx *sqldb.Tx) error {
		made = 0
		for _, a := range list {
			ok, err := sqldb.Found(ctx, tx, `INSERT INTO author (id, name, email) VALUES ($1, $2, $3) ON CONFLICT (id) DO NOTHING RETURNING id`,
				[]any{sqldb.Storable(a.ID), []byte(a.Name), []byte(a.Email)})
			if err != nil {
				return err
			}
			if ok {
				made++
			}
		}
		if made > 0 {
			tx.Changed(sqldb.KeyKind, "", sqldb.Keys)
		}
		return nil
	})
	return made, err
}

// Head is what a File is found by.
type Head struct {
	ID, Path string
	Kind     file.Kind
	Deleted  bool
}

// Heads returns all Files, deleted ones too.
func (db *Store) Heads(ctx context.Context) ([]Head, error) {
	list, err := sqldb.List(ctx, db.Read, `SELECT id, path, kind, deleted_us IS NOT NULL FROM file ORDER BY seq`, nil, func(rows *sql.Rows) (h Head, err error) {
		err = rows.Scan(&h.ID, &h.Path, &h.Kind, &h.Deleted)
		return h, err
	})
	return list, db.Fail("store.Heads", err)
}

// Placed is a version as far as it is found by its id.
type Placed struct {
	ID     string // its own, also if it was asked for by an alias
	FileID string
	Hash   string
}

// Placed finds versions by their ids and aliases, deleted ones too. It omits unknown ids.
func (db *Store) Placed(ctx context.Context, ids []string) (map[string]Placed, error) {
	found := make(map[string]Placed, len(ids))
	take := func(rows *sql.Rows) error {
		var id string
		var p Placed
		err := rows.Scan(&id, &p.ID, &p.FileID, &p.Hash)
		found[id] = p
		return err
	}
	const versions = `SELECT v.id, v.id, f.id, v.hash FROM version v JOIN file f ON f.seq = v.file WHERE v.id`
	const aliases = `SELECT a.id, v.id, f.id, v.hash FROM version_alias a JOIN version v ON v.seq = a.version JOIN file f ON f.seq = v.file WHERE a.id`
	err := sqldb.EachIn(ctx, db.Read, versions, ids, ``, take)
	if err == nil {
		err = sqldb.EachIn(ctx, db.Read, aliases, ids, ``, take)
	}
	return found, db.Fail("store.Placed", err)
}

// Hashes returns the versions of a File, deleted ones too, by the hashes of their contents.
func (db *Store) Hashes(ctx context.Context, fileID string) (map[string]string, error) {
	byHash := map[string]string{}
	const text = `SELECT v.hash, v.id FROM version v JOIN file f ON f.seq = v.file WHERE f.id = $1`
	err := sqldb.Each(ctx, db.Read, text, []any{sqldb.Storable(fileID)}, func(rows *sql.Rows) error {
		var hash, id string
		err := rows.Scan(&hash, &id)
		byHash[hash] = id
		return err
	})
	return byHash, db.Fail("store.Hashes", err)
}

// Has reports whether there is an Evaluation or a Run, as table says, with an id.
func (db *Store) Has(ctx context.Context, table, id string) (bool, error) {
	text := `SELECT 1 FROM evaluation WHERE id = $1`
	if table == "run" {
		text = `SELECT 1 FROM run WHERE id = $1`
	}
	ok, err := sqldb.Found(ctx, db.Read, text, []any{sqldb.Storable(id)})
	return ok, db.Fail("store.Has", err)
}

// Traces returns the ids of the traces that Logs are in, "" for those in none. It omits unknown ids.
func (db *Store) Traces(ctx context.Context, logIDs []string) (map[string]string, error) {
	of := make(map[string]string, len(logIDs))
	err := sqldb.EachIn(ctx, db.Read, `SELECT id, COALESCE(trace_id, '') FROM log WHERE id`, logIDs, ``, func(rows *sql.Rows) error {
		var id, trace string
		err := rows.Scan(&id, &trace)
		of[id] = trace
		return err
	})
	return of, db.Fail("store.Traces", err)
}

// VersionAlias is another id of a version.
type VersionAlias struct{ ID, VersionID string }

// VersionAliases returns all other ids of the versions of a File.
func (db *Store) VersionAliases(ctx context.Context, fileID string) ([]VersionAlias, error) {
	const text = `SELECT a.id, v.id FROM version_alias a JOIN version v ON v.seq = a.version JOIN file f ON f.seq = v.file WHERE f.id = $1 ORDER BY a.id`
	list, err := sqldb.List(ctx, db.Read, text, []any{sqldb.Storable(fileID)}, func(rows *sql.Rows) (a VersionAlias, err error) {
		err = rows.Scan(&a.ID, &a.VersionID)
		return a, err
	})
	return list, db.Fail("store.VersionAliases", err)
}

// KeepAlias makes id another id of a version.
func (db *Store) KeepAlias(ctx context.Context, id, fileID, versionID string) error {
	return db.Change(ctx, "store.KeepAlias", func(ctx context.Context, tx *sqldb.Tx) error {
		made, err := sqldb.Found(ctx, tx, `INSERT INTO version_alias (id, version) SELECT CAST($1 AS TEXT), v.seq FROM version v WHERE v.id = $2
			ON CONFLICT (id) DO NOTHING RETURNING id`, []any{id, versionID})
		if made {
			tx.Changed(sqldb.FileKind, fileID, sqldb.FileTopic(fileID))
			tx.Detail(versionID)
		}
		return err
	})
}
