package browse

import (
	"cmp"
	"context"
	"database/sql"
	"slices"
	"strings"
	"time"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/store/sqldb"
	"github.com/openloop-server/openloop/internal/store/versions"
)

// FileRow is a File without its content and its Readme. Its LastUsedAt is zero without Logs.
type FileRow struct {
	file.File
	UpdatedBy     string // id of the API key of the last change
	VersionsCount int64
	Newest        string // id of the newest version that somebody saved; "" for none
	Differs       bool   // Newest is not "", and not what the default environment uses
	Deployed      []Deployed
}

// Deployed is a version in an environment.
type Deployed struct {
	Environment file.Environment
	VersionID   string
	VersionName string
}

// FileRows returns the Files in the directory at a path and below it, in no order. The path "" is the root's. Errors: directory_not_found.
func (db *Store) FileRows(ctx context.Context, directory string) (list []FileRow, err error) {
	defer db.Failed("store.FileRows", &err)
	w := new(sqldb.Where)
	w.Add("f.deleted_us IS NULL")
	directory = sqldb.Storable(strings.Trim(directory, "/"))
	if directory != "" {
		missing := errs.New(errs.DirectoryNotFound, "Directory `%s` does not exist.", directory)
		if err := sqldb.Must(ctx, db.Read, missing, `SELECT id FROM directory WHERE path = $1`, []any{directory}); err != nil {
			return nil, err
		}
		w.Add("f.path > ? AND f.path < ?", directory+"/", directory+"0") // "0" is the character after "/"
	}
	return db.fileRows(ctx, w, directory == "")
}

// FileRowByID returns a File. Errors: file_not_found.
func (db *Store) FileRowByID(ctx context.Context, id string) (row FileRow, err error) {
	defer db.Failed("store.FileRowByID", &err)
	seq, err := versions.Seq(ctx, db.Read, id)
	if err != nil {
		return row, err
	}
	w := new(sqldb.Where)
	w.Add("f.seq = ?", seq)
	rows, err := db.fileRows(ctx, w, false)
	if err != nil || len(rows) == 0 {
		return row, err
	}
	return rows[0], nil
}

// fileRows returns the Files f of a condition. all says that it takes all that are not deleted.
func (db *Store) fileRows(ctx context.Context, w *sqldb.Where, all bool) ([]FileRow, error) {
	var list []FileRow
	at := map[int64]int{} // places in list by seq
	err := sqldb.Each(ctx, db.Read, `SELECT f.seq, f.id, f.kind, f.path, f.directory_id, f.description, f.tags, f.created_us, f.updated_us, f.created_by, f.updated_by
		FROM file f`+w.String(), w.Args, func(rows *sql.Rows) error {
		seq, row, err := scanFileRow(rows)
		at[seq] = len(list)
		list = append(list, row)
		return err
	})
	if err != nil {
		return nil, err
	}
	rest := rowsOf{list, at, w, all}
	for _, add := range []func(*rowsOf, context.Context, sqldb.Querier) error{(*rowsOf).addUsage, (*rowsOf).addDeployed, (*rowsOf).addVersions} {
		if err := add(&rest, ctx, db.Read); err != nil {
			return nil, err
		}
	}
	return list, nil
}

func scanFileRow(rows *sql.Rows) (seq int64, row FileRow, err error) {
	var tags []byte
	var created, updated int64
	err = rows.Scan(&seq, &row.ID, &row.Kind, &row.Path, &row.DirectoryID, &row.Description, &tags, &created, &updated, &row.CreatedBy, &row.UpdatedBy)
	if err != nil {
		return seq, row, err
	}
	row.CreatedAt, row.UpdatedAt, row.Deployed = sqldb.FromMicros(created), sqldb.FromMicros(updated), []Deployed{}
	return seq, row, json.UnmarshalForeign(tags, &row.Tags)
}

// rowsOf are Files that are read, and of which more is to be read.
type rowsOf struct {
	list []FileRow
	at   map[int64]int
	w    *sqldb.Where // their condition
	all  bool         // they are all Files
}

// among returns the condition that a column has the seq of one of the Files, with the arguments of w. All are not named one by one; what is read
// of a deleted File has no row then.
func (r *rowsOf) among(column string) string {
	if r.all {
		return `1 = 1`
	}
	return column + ` IN (SELECT f.seq FROM file f` + r.w.String() + `)`
}

// of returns the File with this seq, nil for one that is not among them.
func (r *rowsOf) of(seq int64) *FileRow {
	i, ok := r.at[seq]
	if !ok {
		return nil
	}
	return &r.list[i]
}

func (r *rowsOf) addUsage(ctx context.Context, q sqldb.Querier) error {
	return sqldb.Each(ctx, q, `SELECT file, CAST(SUM(logs_count) AS BIGINT), MAX(last_used_us) FROM usage WHERE `+r.among(`file`)+` GROUP BY file`, r.w.Args,
		func(rows *sql.Rows) error {
			var seq, logs, used int64
			err := rows.Scan(&seq, &logs, &used)
			if row := r.of(seq); row != nil {
				row.LogsCount, row.LastUsedAt = logs, lastUsed(used)
			}
			return err
		})
}

func lastUsed(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return sqldb.FromMicros(us)
}

const (
	deployedColumns = `v.id, v.name, e.id, e.name, e.tag, e.created_us, d.created_us, d.created_by`
	deployedTables  = ` FROM deployment d JOIN environment e ON e.id = d.environment_id JOIN version v ON v.seq = d.version`
	byEnvironment   = ` ORDER BY e.created_us, e.id`
)

func scanDeployed(rows *sql.Rows, extra ...any) (d Deployed, err error) {
	var created, at int64
	e := &d.Environment
	err = rows.Scan(append(extra, &d.VersionID, &d.VersionName, &e.ID, &e.Name, &e.Tag, &created, &at, &e.DeployedBy)...)
	e.CreatedAt, e.DeployedAt = sqldb.FromMicros(created), sqldb.FromMicros(at)
	return d, err
}

// addDeployed reads the environments, which are few, for themselves.
func (r *rowsOf) addDeployed(ctx context.Context, q sqldb.Querier) error {
	environments := map[string]file.Environment{}
	err := sqldb.Each(ctx, q, `SELECT id, name, tag, created_us FROM environment`, nil, func(rows *sql.Rows) (err error) {
		var e file.Environment
		var created int64
		err = rows.Scan(&e.ID, &e.Name, &e.Tag, &created)
		e.CreatedAt = sqldb.FromMicros(created)
		environments[e.ID] = e
		return err
	})
	if err != nil {
		return err
	}
	const text = `SELECT d.file, d.environment_id, v.id, v.name, d.created_us, d.created_by FROM deployment d JOIN version v ON v.seq = d.version WHERE `
	err = sqldb.Each(ctx, q, text+r.among(`d.file`), r.w.Args, func(rows *sql.Rows) error {
		var seq, at int64
		var environment, by string
		var d Deployed
		err := rows.Scan(&seq, &environment, &d.VersionID, &d.VersionName, &at, &by)
		row, e := r.of(seq), environments[environment]
		if row == nil || e.ID == "" {
			return err
		}
		e.DeployedAt, e.DeployedBy = sqldb.FromMicros(at), by
		d.Environment = e
		row.Deployed = append(row.Deployed, d)
		return err
	})
	for i := range r.list {
		slices.SortFunc(r.list[i].Deployed, func(a, b Deployed) int {
			return cmp.Or(a.Environment.CreatedAt.Compare(b.Environment.CreatedAt), cmp.Compare(a.Environment.ID, b.Environment.ID))
		})
	}
	return err
}

// addVersions sets what follows from the versions. It comes after addDeployed.
func (r *rowsOf) addVersions(ctx context.Context, q sqldb.Querier) error {
	const counted = `SELECT file, COUNT(*) AS live, MAX(CASE WHEN saved = 1 THEN seq ELSE 0 END) AS newest FROM version WHERE deleted_us IS NULL AND draft = 0 AND `
	return sqldb.Each(ctx, q, `SELECT n.file, n.live, COALESCE(v.id, '') FROM (`+counted+r.among(`file`)+` GROUP BY file) n LEFT JOIN version v ON v.seq = n.newest`, r.w.Args,
		func(rows *sql.Rows) error {
			var seq, live int64
			var id string
			err := rows.Scan(&seq, &live, &id)
			if row := r.of(seq); row != nil {
				row.VersionsCount, row.Newest, row.Differs = live, id, id != "" && id != row.byDefault()
			}
			return err
		})
}

// byDefault returns the id of the version in the default environment, "" for none.
func (row *FileRow) byDefault() string {
	for i := range row.Deployed {
		if row.Deployed[i].Environment.Tag == file.DefaultTag {
			return row.Deployed[i].VersionID
		}
	}
	return ""
}
