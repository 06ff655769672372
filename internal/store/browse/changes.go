package browse

import (
	"cmp"
	"context"
	"database/sql"
	"slices"
	"time"

	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/store/sqldb"
)

// FileChange is a version that somebody saved, or a deployment.
type FileChange struct {
	File     FileName
	At       time.Time
	By       string      // id of the API key; "" when it is not known
	Version  VersionName // zero when one was only removed from an environment
	Replaced VersionName // of a deployment: the version that was there before; zero when there was none
	Note     string      // the description of the version, or the comment on the deployment

	Deployment  bool
	Environment file.Environment // of a deployment; without a name when it was deleted
}

// Changes returns what changed in all Files that still are there, from a time until before another, the newest first, limit at most.
func (db *Store) Changes(ctx context.Context, from, to time.Time, limit int) (list []FileChange, err error) {
	defer db.Failed("store.Changes", &err)
	args := []any{sqldb.Micros(from), sqldb.Micros(to), limit}
	const files = ` JOIN file f ON f.seq = c.file WHERE f.deleted_us IS NULL AND c.created_us >= $1 AND c.created_us < $2`
	const newest = ` ORDER BY c.created_us DESC, c.seq DESC LIMIT $3`
	const saved = `SELECT f.id, f.kind, f.path, c.created_us, c.created_by, c.id, c.name, '', '', c.description, '', '', 1 = 0
		FROM version c` + files + ` AND c.deleted_us IS NULL AND c.saved = 1 AND c.draft = 0` + newest
	const deployed = `SELECT f.id, f.kind, f.path, c.created_us, c.created_by, COALESCE(v.id, ''), COALESCE(v.name, ''), COALESCE(r.id, ''), COALESCE(r.name, ''),
		c.comment, c.environment_id, COALESCE(e.name, ''), 1 = 1
		FROM deployment_change c LEFT JOIN environment e ON e.id = c.environment_id LEFT JOIN version v ON v.seq = c.version LEFT JOIN version r ON r.seq = c.replaced` + files + newest
	// A version is saved before it is deployed, so deployments come first among changes of one moment.
	for _, text := range []string{deployed, saved} {
		some, err := sqldb.List(ctx, db.Read, text, args, scanChange)
		if err != nil {
			return nil, err
		}
		list = append(list, some...)
	}
	slices.SortStableFunc(list, func(a, b FileChange) int { return cmp.Compare(b.At.UnixMicro(), a.At.UnixMicro()) })
	return list[:min(len(list), limit)], nil
}

func scanChange(rows *sql.Rows) (c FileChange, err error) {
	var at int64
	err = rows.Scan(&c.File.ID, &c.File.Kind, &c.File.Path, &at, &c.By, &c.Version.ID, &c.Version.Name, &c.Replaced.ID, &c.Replaced.Name, &c.Note,
		&c.Environment.ID, &c.Environment.Name, &c.Deployment)
	c.At = sqldb.FromMicros(at)
	return c, err
}
