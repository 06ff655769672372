package browse

import (
	"context"
	"database/sql"

	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/store/sqldb"
)

// FileName is what a File is called by.
type FileName struct {
	ID   string
	Kind file.Kind
	Path string
}

// VersionWords is what a version is called by.
type VersionWords struct {
	VersionName
	Description string
	File        FileName
}

// FileNames returns all Files.
func (db *Store) FileNames(ctx context.Context) ([]FileName, error) {
	list, err := sqldb.List(ctx, db.Read, `SELECT id, kind, path FROM file WHERE deleted_us IS NULL`, nil, scanFileName)
	return list, db.Fail("store.FileNames", err)
}

// VersionsNamed returns the versions that have a name or a description.
func (db *Store) VersionsNamed(ctx context.Context) ([]VersionWords, error) {
	list, err := db.versionWords(ctx, ` AND (v.name <> '' OR length(v.description) > 0)`)
	return list, db.Fail("store.VersionsNamed", err)
}

// VersionNamed returns the id of the version of a File that has a name. Errors: version_not_found.
func (db *Store) VersionNamed(ctx context.Context, fileID, name string) (id string, err error) {
	const text = `SELECT v.id FROM version v JOIN file f ON f.seq = v.file WHERE f.id = $1 AND v.name = $2 AND v.deleted_us IS NULL AND v.draft = 0 AND f.deleted_us IS NULL`
	err = sqldb.Must(ctx, db.Read, noVersion(name), text, []any{sqldb.Storable(fileID), sqldb.Storable(name)}, &id)
	return id, db.Fail("store.VersionNamed", err)
}

const afterIDs = "~" // after all characters of ids, in the byte order of both databases

// VersionsWithID returns the versions whose ids begin with prefix, limit at most.
func (db *Store) VersionsWithID(ctx context.Context, prefix string, limit int) ([]VersionWords, error) {
	prefix = sqldb.Storable(prefix)
	list, err := db.versionWords(ctx, ` AND v.id >= $1 AND v.id < $2 ORDER BY v.id LIMIT $3`, prefix, prefix+afterIDs, limit)
	return list, db.Fail("store.VersionsWithID", err)
}

func (db *Store) versionWords(ctx context.Context, rest string, args ...any) ([]VersionWords, error) {
	const text = `SELECT v.id, v.name, v.description, f.id, f.kind, f.path FROM version v JOIN file f ON f.seq = v.file WHERE v.deleted_us IS NULL AND v.draft = 0 AND f.deleted_us IS NULL`
	return sqldb.List(ctx, db.Read, text+rest, args, func(rows *sql.Rows) (v VersionWords, err error) {
		err = rows.Scan(&v.ID, &v.Name, &v.Description, &v.File.ID, &v.File.Kind, &v.File.Path)
		return v, err
	})
}

// Named is something with an id that belongs to a File, or to none.
type Named struct {
	ID, Name     string
	File         FileName // zero for none
	EvaluationID string   // of a Run: an Evaluation that has it
}

// LogsWithID returns the Logs whose ids begin with prefix, limit at most.
func (db *Store) LogsWithID(ctx context.Context, prefix string, limit int) ([]Named, error) {
	prefix = sqldb.Storable(prefix)
	return db.named(ctx, "store.LogsWithID", `SELECT l.id AS id, '' AS name, '' AS evaluation, l.file AS file FROM log l WHERE l.id >= $1 AND l.id < $2 ORDER BY l.id LIMIT $3`, prefix, prefix+afterIDs, limit)
}

// EvaluationNames returns all Evaluations.
func (db *Store) EvaluationNames(ctx context.Context) ([]Named, error) {
	return db.named(ctx, "store.EvaluationNames", `SELECT e.id AS id, e.name AS name, '' AS evaluation, e.file AS file FROM evaluation e`)
}

// RunsWithID returns the Runs whose ids begin with prefix, limit at most.
func (db *Store) RunsWithID(ctx context.Context, prefix string, limit int) ([]Named, error) {
	prefix = sqldb.Storable(prefix)
	return db.named(ctx, "store.RunsWithID", `SELECT r.id AS id, '' AS name, COALESCE((SELECT MIN(e.id) FROM evaluation_run x JOIN evaluation e ON e.seq = x.evaluation WHERE x.run = r.seq), '') AS evaluation,
		COALESCE((SELECT v.file FROM version v WHERE v.seq = r.version), 0) AS file FROM run r WHERE r.id >= $1 AND r.id < $2 ORDER BY r.id LIMIT $3`, prefix, prefix+afterIDs, limit)
}

// named runs a query for ids, names, Evaluations and the seqs of Files.
func (db *Store) named(ctx context.Context, op, text string, args ...any) ([]Named, error) {
	list, err := sqldb.List(ctx, db.Read, `SELECT n.id, n.name, n.evaluation, COALESCE(f.id, ''), COALESCE(f.kind, ''), COALESCE(f.path, '')
		FROM (`+text+`) n LEFT JOIN file f ON f.seq = n.file`, args, func(rows *sql.Rows) (n Named, err error) {
		err = rows.Scan(&n.ID, &n.Name, &n.EvaluationID, &n.File.ID, &n.File.Kind, &n.File.Path)
		return n, err
	})
	return list, db.Fail(op, err)
}
