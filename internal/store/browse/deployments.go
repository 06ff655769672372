package browse

import (
	"context"
	"database/sql"
	"time"

	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/store/sqldb"
	"github.com/openloop-server/openloop/internal/store/versions"
)

// DeploymentChange is an entry of the history of deployments.
type DeploymentChange struct {
	Seq         int64            // increasing
	Environment file.Environment // without a name when it was deleted
	Version     VersionName      // zero when one was only removed
	Replaced    VersionName      // zero when there was none
	At          time.Time
	By          string // id of the API key; "" when it is not known
	Comment     string
	Forced      bool // past a closed gate
	Current     bool // it is what the environment uses
}

// VersionName identifies a version.
type VersionName struct{ ID, Name string }

// DeploymentPage selects entries of the history of a File, the newest first.
type DeploymentPage struct {
	Environment string // name or id; "" for all
	Before      int64  // the Seq of the last entry of the page before; 0 for the first page
	Size        int    // most entries
}

// DeploymentChanges returns a page of the history of a File. Errors: file_not_found.
func (db *Store) DeploymentChanges(ctx context.Context, fileID string, p DeploymentPage) (list []DeploymentChange, err error) {
	defer db.Failed("store.DeploymentChanges", &err)
	seq, err := versions.Seq(ctx, db.Read, fileID)
	if err != nil {
		return nil, err
	}
	w := new(sqldb.Where)
	w.Add("c.file = ?", seq)
	if p.Environment != "" {
		name := sqldb.Storable(p.Environment)
		w.Add("(c.environment_id = ? OR e.name = ?)", name, name)
	}
	if p.Before > 0 {
		w.Add("c.seq < ?", p.Before)
	}
	const text = `SELECT c.seq, c.environment_id, COALESCE(e.name, ''), COALESCE(v.id, ''), COALESCE(v.name, ''), COALESCE(r.id, ''), COALESCE(r.name, ''),
		c.created_us, c.created_by, c.comment, c.forced = 1,
		c.version > 0 AND c.seq = (SELECT MAX(l.seq) FROM deployment_change l WHERE l.file = c.file AND l.environment_id = c.environment_id)
		FROM deployment_change c LEFT JOIN environment e ON e.id = c.environment_id LEFT JOIN version v ON v.seq = c.version LEFT JOIN version r ON r.seq = c.replaced`
	return sqldb.List(ctx, db.Read, text+w.String()+` ORDER BY c.seq DESC LIMIT `+w.Param(p.Size), w.Args, func(rows *sql.Rows) (c DeploymentChange, err error) {
		var at int64
		err = rows.Scan(&c.Seq, &c.Environment.ID, &c.Environment.Name, &c.Version.ID, &c.Version.Name, &c.Replaced.ID, &c.Replaced.Name, &at, &c.By, &c.Comment, &c.Forced, &c.Current)
		c.At = sqldb.FromMicros(at)
		return c, err
	})
}
