package versions

import (
	"context"
	"database/sql"
	"strings"

	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/store/sqldb"
	"github.com/openloop-server/openloop/internal/trace"
)

// FileSort is the order of a list of Files.
type FileSort string

// The orders of Files, in the words of the API. The zero FileSort means ByCreated.
const (
	ByCreated FileSort = "created_at"
	ByUpdated FileSort = "updated_at"
	ByName    FileSort = "name" // without regard to case
)

// FileFilter selects Files. A zero field selects all.
type FileFilter struct {
	Kinds        []file.Kind
	NameContains string // without regard to case
	UserContains string // in the name of the API key that made the File, without regard to case
	Directory    string // a path: Files in it and below it; "" and "/" are the root
	Environment  string // exact name: Files with a version deployed there, and that version is returned
	Template     bool   // only template Files; nothing makes a File a template, so there are none
	Sort         FileSort
	Desc         bool
	Page         trace.Page
}

// Files returns a page of the Files that f selects, each with the version that a [file.Ref] without version and environment names, and the
// number of such Files on all pages. Errors: directory_not_found, environment_not_found.
func (db *Store) Files(ctx context.Context, f FileFilter) (page []file.Snapshot, total int, err error) {
	defer db.Failed("store.Files", &err)
	w, err := db.filesWhere(ctx, &f)
	if err != nil {
		return nil, 0, err
	}
	_, err = sqldb.Found(ctx, db.Read, `SELECT COUNT(*) FROM version v JOIN file f ON f.seq = v.file`+w.String(), w.Args, &total)
	if err != nil || f.Page.Size <= 0 || f.Page.Offset() >= total {
		return nil, total, err
	}
	rest := snapshotTables + w.String() + f.order() + ` LIMIT ` + w.Param(f.Page.Size) + ` OFFSET ` + w.Param(f.Page.Offset())
	page, err = readSnapshots(ctx, db.Read, rest, w.Args)
	return page, total, err
}

func (f *FileFilter) order() string {
	column := `f.created_us`
	switch f.Sort {
	case ByName:
		column = `f.name_folded`
	case ByUpdated:
		column = `f.updated_us`
	case ByCreated:
	}
	if f.Desc {
		return ` ORDER BY ` + column + ` DESC, f.seq DESC`
	}
	return ` ORDER BY ` + column + `, f.seq`
}

// filesWhere returns the condition of f. v is the version with which a File is listed.
func (db *Store) filesWhere(ctx context.Context, f *FileFilter) (*sqldb.Where, error) {
	w := new(sqldb.Where)
	w.Add("f.deleted_us IS NULL")
	if len(f.Kinds) > 0 {
		sqldb.In(w, "f.kind", sqldb.Values(f.Kinds, func(k file.Kind) string { return string(k) }))
	}
	if f.NameContains != "" {
		w.Add(db.Dialect.Position+"(f.name_folded, ?) > 0", sqldb.Storable(strings.ToLower(f.NameContains)))
	}
	if f.Template {
		w.Add("1 = 0")
	}
	if err := db.inDirectory(ctx, w, f.Directory); err != nil {
		return nil, err
	}
	if err := db.madeBy(ctx, w, f.UserContains); err != nil {
		return nil, err
	}
	if f.Environment == "" {
		w.Add(defaultVersion)
		return w, nil
	}
	w.Add(inEnvironment, sqldb.Storable(f.Environment), sqldb.Storable(f.Environment))
	return w, environmentExists(ctx, db.Read, f.Environment)
}

// inDirectory selects everything in the directory at path and below it.
func (db *Store) inDirectory(ctx context.Context, w *sqldb.Where, path string) error {
	path = sqldb.Storable(strings.Trim(path, "/"))
	if path == "" {
		return nil
	}
	w.Add("f.path > ? AND f.path < ?", path+"/", path+afterSlash)
	return sqldb.Must(ctx, db.Read, noDirectory(path), `SELECT id FROM directory WHERE path = $1`, []any{path})
}

// madeBy selects the Files of API keys whose name contains part.
func (db *Store) madeBy(ctx context.Context, w *sqldb.Where, part string) error {
	if part == "" {
		return nil
	}
	var keys []string
	err := sqldb.Each(ctx, db.Read, `SELECT id, name FROM api_key`, nil, func(rows *sql.Rows) error {
		var id, name string
		err := rows.Scan(&id, &name)
		if strings.Contains(strings.ToLower(name), strings.ToLower(part)) {
			keys = append(keys, id)
		}
		return err
	})
	sqldb.In(w, "f.created_by", keys)
	return err
}
