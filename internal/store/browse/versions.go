package browse

import (
	"context"
	"database/sql"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/store/sqldb"
	"github.com/openloop-server/openloop/internal/store/versions"
)

// VersionPage selects versions of a File, the newest first.
type VersionPage struct {
	Saved  *bool  // those that somebody saved, or those that calls made; nil for all
	Before string // id of the version after which the page begins; "" for the first page
	Size   int    // most versions
}

// VersionRow is a version with its content. Its LastUsedAt is zero without Logs.
type VersionRow struct {
	file.Version
	Deployed []Deployed
}

// VersionRows returns a page of versions, and one beyond it if there is one, which the last of the page may be compared to. total is the number of
// versions on all pages. Errors: file_not_found; version_not_found for an unknown version to begin after.
func (db *Store) VersionRows(ctx context.Context, fileID string, p VersionPage) (list []VersionRow, total int, err error) {
	defer db.Failed("store.VersionRows", &err)
	seq, err := versions.Seq(ctx, db.Read, fileID)
	if err != nil {
		return nil, 0, err
	}
	w := new(sqldb.Where)
	w.Add("v.deleted_us IS NULL AND v.draft = 0 AND v.file = ?", seq)
	if p.Saved != nil {
		w.Add("v.saved = ?", sqldb.Flag(*p.Saved))
	}
	if _, err := sqldb.Found(ctx, db.Read, `SELECT COUNT(*) FROM version v`+w.String(), w.Args, &total); err != nil {
		return nil, 0, err
	}
	if p.Before != "" {
		var before int64
		if err := sqldb.Must(ctx, db.Read, noVersion(p.Before), `SELECT seq FROM version WHERE id = $1`, []any{sqldb.Storable(p.Before)}, &before); err != nil {
			return nil, 0, err
		}
		w.Add("v.seq < ?", before)
	}
	list, err = db.versionRows(ctx, fileID, w, ` ORDER BY v.seq DESC LIMIT `+w.Param(p.Size+1))
	return list, total, err
}

func noVersion(id string) error {
	return errs.New(errs.VersionNotFound, "Version `%s` does not exist.", id)
}

// versionRows returns the versions v of a condition.
func (db *Store) versionRows(ctx context.Context, fileID string, w *sqldb.Where, rest string) ([]VersionRow, error) {
	var list []VersionRow
	at := map[string]int{} // places in list by id
	err := sqldb.Each(ctx, db.Read, `SELECT v.id, v.content, v.name, v.description, v.created_us, v.created_by, v.saved, COALESCE(u.logs_count, 0), COALESCE(u.last_used_us, 0)
		FROM version v LEFT JOIN usage u ON u.file = v.file AND u.version = v.seq`+w.String()+rest, w.Args, func(rows *sql.Rows) error {
		var v VersionRow
		var content []byte
		var created, saved, used int64
		err := rows.Scan(&v.ID, &content, &v.Name, &v.Description, &created, &v.CreatedBy, &saved, &v.LogsCount, &used)
		v.FileID, v.Content, v.CreatedAt, v.Saved, v.LastUsedAt, v.Deployed = fileID, content, sqldb.FromMicros(created), saved == 1, lastUsed(used), []Deployed{}
		at[v.ID] = len(list)
		list = append(list, v)
		return err
	})
	if err != nil {
		return nil, err
	}
	const deployed = `SELECT ` + deployedColumns + deployedTables + ` WHERE d.file = (SELECT f.seq FROM file f WHERE f.id = $1)` + byEnvironment
	return list, sqldb.Each(ctx, db.Read, deployed, []any{fileID}, func(rows *sql.Rows) error {
		d, err := scanDeployed(rows)
		if i, ok := at[d.VersionID]; ok {
			list[i].Deployed = append(list[i].Deployed, d)
		}
		return err
	})
}
