package versions

import (
	"context"
	"database/sql"
	"slices"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/store/sqldb"
)

const (
	snapshotColumns = `f.seq, f.id, f.kind, f.path, f.directory_id, f.description, f.readme, f.tags, f.created_us, f.updated_us, f.created_by,
		v.seq, v.id, v.hash, v.content, v.name, v.description, v.created_us, v.updated_us, v.created_by, v.saved,
		COALESCE(u.logs_count, 0), COALESCE(u.last_used_us, 0), v.draft = 1`
	snapshotTables = ` FROM version v JOIN file f ON f.seq = v.file LEFT JOIN usage u ON u.file = v.file AND u.version = v.seq`

	// The version that a File stands for: the version in the environment with this name or id; or the one in
	// the default environment, else the newest.
	inEnvironment  = `v.seq = (SELECT d.version FROM deployment d JOIN environment e ON e.id = d.environment_id WHERE d.file = f.seq AND e.id = COALESCE((SELECT id FROM environment WHERE name = ?), ?))`
	defaultVersion = `v.seq = COALESCE(
		(SELECT d.version FROM deployment d JOIN environment e ON e.id = d.environment_id WHERE d.file = f.seq AND e.tag = 'default'),
		(SELECT MAX(n.seq) FROM version n WHERE n.file = f.seq AND n.deleted_us IS NULL AND n.draft = 0))`
)

// Snapshot returns the version that t names. Errors: the kind's not found; version_not_found, also if nothing is deployed to the named
// environment; environment_not_found.
func (db *Store) Snapshot(ctx context.Context, kind file.Kind, t file.Ref) (file.Snapshot, error) {
	snap, err := snapshot(ctx, db.Read, kind, t)
	return snap, db.Fail("store.Snapshot", err)
}

func snapshot(ctx context.Context, q sqldb.Querier, kind file.Kind, t file.Ref) (file.Snapshot, error) {
	w := liveVersion(kind, t)
	namedVersion(w, t)
	snaps, err := readSnapshots(ctx, q, snapshotTables+w.String(), w.Args)
	if err != nil {
		return file.Snapshot{}, err
	}
	if len(snaps) == 0 {
		return file.Snapshot{}, whyNot(ctx, q, kind, t)
	}
	return snaps[0], nil
}

// liveVersion is the condition that v is a version of the File of t, and that neither is deleted.
func liveVersion(kind file.Kind, t file.Ref) *sqldb.Where {
	w := liveFile(kind, t)
	w.Add("v.deleted_us IS NULL")
	return w
}

// liveFile is the condition that f is the File of t and not deleted. The kind "" stands for all kinds.
func liveFile(kind file.Kind, t file.Ref) *sqldb.Where {
	w := new(sqldb.Where)
	switch {
	case t.ID != "":
		w.Add("f.id = ?", sqldb.Storable(t.ID))
	case t.Path != "" || t.VersionID == "":
		w.Add("f.path = ?", sqldb.Storable(t.Path))
	}
	if kind != "" {
		w.Add("f.kind = ?", string(kind))
	}
	w.Add("f.deleted_us IS NULL")
	return w
}

// namedVersion adds the condition that v is the version of f that t names.
func namedVersion(w *sqldb.Where, t file.Ref) {
	switch {
	case t.VersionID != "":
		w.Add(`v.seq = `+numberOf("?", "?"), sqldb.Storable(t.VersionID), sqldb.Storable(t.VersionID))
	case t.Environment != "":
		w.Add(inEnvironment, sqldb.Storable(t.Environment), sqldb.Storable(t.Environment))
	default:
		w.Add(defaultVersion)
	}
}

// whyNot returns the error for the part of t that does not exist.
func whyNot(ctx context.Context, q sqldb.Querier, kind file.Kind, t file.Ref) error {
	if t.ID == "" && t.Path == "" && t.VersionID != "" {
		return errs.New(errs.VersionNotFound, "No %s has a version `%s`.", kind.Spec().Title, t.VersionID).At("version_id")
	}
	if t.VersionID == "" && t.Environment == "" {
		return noFile(kind, t) // a File always has such a version; if the File exists now, it did not just before
	}
	if _, err := fileSeq(ctx, q, kind, t); err != nil {
		return err
	}
	if t.VersionID != "" {
		return errs.New(errs.VersionNotFound, "Version `%s` of %s `%s` does not exist.", t.VersionID, kind.Spec().Title, t.Name()).At("version_id")
	}
	if err := environmentExists(ctx, q, t.Environment); err != nil {
		return err
	}
	return errs.New(errs.VersionNotFound, "No version of %s `%s` is deployed to environment `%s`.", kind.Spec().Title, t.Name(), t.Environment).At("environment")
}

// fileSeq returns the seq of the File of t. Errors: the kind's not found.
func fileSeq(ctx context.Context, q sqldb.Querier, kind file.Kind, t file.Ref) (seq int64, err error) {
	w := liveFile(kind, t)
	err = sqldb.Must(ctx, q, noFile(kind, t), `SELECT f.seq FROM file f`+w.String(), w.Args, &seq)
	return seq, err
}

// Seq returns the seq of the File with this id, of any kind. Errors: file_not_found.
func Seq(ctx context.Context, q sqldb.Querier, id string) (seq int64, err error) {
	err = sqldb.Must(ctx, q, NotFound(id), `SELECT seq FROM file WHERE id = $1 AND deleted_us IS NULL`, []any{sqldb.Storable(id)}, &seq)
	return seq, err
}

// VersionSeq returns the seq of a version, and 0 for the id "". Errors: version_not_found.
func VersionSeq(ctx context.Context, q sqldb.Querier, id string) (seq int64, err error) {
	if id == "" {
		return 0, nil
	}
	err = sqldb.Must(ctx, q, NoVersion(id), `SELECT seq FROM version WHERE seq = `+numberOf("$1", "$1"), []any{sqldb.Storable(id)}, &seq)
	return seq, err
}

// numberOf is the seq of the version with an id, which may be an alias.
func numberOf(id, again string) string {
	return `COALESCE((SELECT seq FROM version WHERE id = ` + id + `), (SELECT version FROM version_alias WHERE id = ` + again + `))`
}

// NotFound returns the error of a File, of any kind, that does not exist.
func NotFound(id string) error {
	return errs.New(errs.FileNotFound, "The File `%s` does not exist.", id)
}

// NoVersion returns the error of a version that does not exist.
func NoVersion(id string) error {
	return errs.New(errs.VersionNotFound, "Version `%s` does not exist.", id).At("version_id")
}

func noFile(kind file.Kind, t file.Ref) error {
	return errs.New(kind.Spec().NotFound, "%s `%s` does not exist.", kind.Spec().Title, t.Name())
}

// Versions returns the versions of a File but its drafts, newest first. Errors: the kind's not found.
func (db *Store) Versions(ctx context.Context, kind file.Kind, fileID string) ([]file.Snapshot, error) {
	t := file.Ref{ID: fileID}
	w := liveVersion(kind, t)
	w.Add("v.draft = 0")
	snaps, err := readSnapshots(ctx, db.Read, snapshotTables+w.String()+` ORDER BY v.seq DESC`, w.Args)
	if err == nil && len(snaps) == 0 {
		err = noFile(kind, t)
	}
	return snaps, db.Fail("store.Versions", err)
}

// VersionsByID returns versions with their Files, by id, as Logs name them. That includes deleted versions, and
// those of deleted Files. It omits unknown ids.
func (db *Store) VersionsByID(ctx context.Context, ids []string) (map[string]file.Snapshot, error) {
	byID := make(map[string]file.Snapshot, len(ids))
	for chunk := range slices.Chunk(ids, sqldb.MaxList) {
		var w sqldb.Where
		sqldb.In(&w, "v.id", chunk)
		snaps, err := readSnapshots(ctx, db.Read, snapshotTables+w.String(), w.Args)
		if err != nil {
			return nil, db.Fail("store.VersionsByID", err)
		}
		for _, s := range snaps {
			byID[s.Version.ID] = s
		}
	}
	return byID, nil
}

// seqs are the sequence numbers of a snapshot.
type seqs struct{ file, version int64 }

// readSnapshots returns the rows of a query, of which rest is the part from its tables on. It executes a fixed number of queries.
func readSnapshots(ctx context.Context, q sqldb.Querier, rest string, args []any) ([]file.Snapshot, error) {
	var snaps []file.Snapshot
	var of []seqs
	err := sqldb.Each(ctx, q, `SELECT `+snapshotColumns+rest, args, func(rows *sql.Rows) error {
		s, n, err := scanSnapshot(rows)
		snaps, of = append(snaps, s), append(of, n)
		return err
	})
	if err != nil || len(snaps) == 0 {
		return nil, err
	}
	if err := addEnvironments(ctx, q, snaps, of); err != nil {
		return nil, err
	}
	if err := addMonitors(ctx, q, snaps, of); err != nil {
		return nil, err
	}
	return snaps, addUsage(ctx, q, snaps, of)
}

func scanSnapshot(rows *sql.Rows) (file.Snapshot, seqs, error) {
	var s file.Snapshot
	var n seqs
	f, v := &s.File, &s.Version
	var tags, content []byte
	var fileCreated, fileUpdated, created, updated, used, saved int64
	err := rows.Scan(&n.file, &f.ID, &f.Kind, &f.Path, &f.DirectoryID, &f.Description, &f.Readme, &tags, &fileCreated, &fileUpdated, &f.CreatedBy,
		&n.version, &v.ID, &v.Hash, &content, &v.Name, &v.Description, &created, &updated, &v.CreatedBy, &saved, &v.LogsCount, &used, &v.Draft)
	if err != nil {
		return s, n, err
	}
	f.CreatedAt, f.UpdatedAt, f.LastUsedAt = sqldb.FromMicros(fileCreated), sqldb.FromMicros(fileUpdated), sqldb.FromMicros(fileCreated)
	v.FileID, v.Content, v.Environments, v.Saved = f.ID, content, []file.Environment{}, saved == 1
	v.CreatedAt, v.UpdatedAt, v.LastUsedAt = sqldb.FromMicros(created), sqldb.FromMicros(updated), sqldb.FromMicros(max(created, used))
	return s, n, json.UnmarshalForeign(tags, &f.Tags)
}

func addEnvironments(ctx context.Context, q sqldb.Querier, snaps []file.Snapshot, of []seqs) error {
	deployed := map[int64][]file.Environment{}
	const text = `SELECT d.version, d.created_us, d.created_by, ` + environmentColumns + ` FROM deployment d JOIN environment e ON e.id = d.environment_id WHERE d.version`
	versions := sqldb.Values(of, func(n seqs) int64 { return n.version })
	err := sqldb.EachIn(ctx, q, text, versions, environmentOrder, func(rows *sql.Rows) error {
		var version, at, created int64
		var e file.Environment
		err := rows.Scan(&version, &at, &e.DeployedBy, &e.ID, &e.Name, &e.Tag, &created)
		e.DeployedAt, e.CreatedAt = sqldb.FromMicros(at), sqldb.FromMicros(created)
		deployed[version] = append(deployed[version], e)
		return err
	})
	if err != nil {
		return err
	}
	for i := range snaps {
		snaps[i].Version.Environments = append(snaps[i].Version.Environments, deployed[of[i].version]...)
	}
	return nil
}

// filesOf returns the Files of the versions, each once.
func filesOf(of []seqs) []int64 {
	files := sqldb.Values(of, func(n seqs) int64 { return n.file })
	slices.Sort(files)
	return slices.Compact(files)
}

// addUsage sets the usage of the Files, over all of their versions.
func addUsage(ctx context.Context, q sqldb.Querier, snaps []file.Snapshot, of []seqs) error {
	type total struct{ logs, used int64 }
	totals := map[int64]total{}
	const text = `SELECT file, CAST(SUM(logs_count) AS BIGINT), MAX(last_used_us) FROM usage WHERE file`
	err := sqldb.EachIn(ctx, q, text, filesOf(of), ` GROUP BY file`, func(rows *sql.Rows) error {
		var seq int64
		var t total
		err := rows.Scan(&seq, &t.logs, &t.used)
		totals[seq] = t
		return err
	})
	if err != nil {
		return err
	}
	for i := range snaps {
		f, t := &snaps[i].File, totals[of[i].file]
		f.LogsCount = t.logs
		if used := sqldb.FromMicros(t.used); used.After(f.LastUsedAt) {
			f.LastUsedAt = used
		}
	}
	return nil
}
