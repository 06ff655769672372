package stats

import (
	"context"
	"database/sql"

	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/stats"
	"github.com/openloop-server/openloop/internal/store/sqldb"
)

// StatsNames say what the numbers and ids of series stand for.
type StatsNames struct {
	Files    map[int64]StatsFile
	Versions map[int64]StatsVersion
	APIKeys  map[string]string // names, by id
}

// StatsFile is a File that may be deleted.
type StatsFile struct {
	ID, Path string
	Kind     file.Kind
	Deleted  bool
}

// StatsVersion is a version that may be deleted.
type StatsVersion struct{ ID, Name string }

// StatsNames returns the names of the Files, versions and API keys of groups. Those that do not exist are missing.
func (db *Store) StatsNames(ctx context.Context, groups []*stats.Group) (n *StatsNames, err error) {
	defer db.Failed("store.StatsNames", &err)
	files, versions, keys := map[int64]bool{}, map[int64]bool{}, map[string]bool{}
	for _, g := range groups {
		files[g.File], versions[g.Version], keys[g.APIKey] = true, true, true
	}
	n = &StatsNames{Files: map[int64]StatsFile{}, Versions: map[int64]StatsVersion{}, APIKeys: map[string]string{}}
	err = eachNamed(ctx, db.Read, `SELECT seq, id, path, kind, deleted_us FROM file WHERE seq`, files, func(rows *sql.Rows) error {
		var seq int64
		var f StatsFile
		var deleted sql.NullInt64
		err := rows.Scan(&seq, &f.ID, &f.Path, &f.Kind, &deleted)
		f.Deleted = deleted.Valid
		n.Files[seq] = f
		return err
	})
	if err != nil {
		return nil, err
	}
	err = eachNamed(ctx, db.Read, `SELECT seq, id, name FROM version WHERE seq`, versions, func(rows *sql.Rows) error {
		var seq int64
		var v StatsVersion
		err := rows.Scan(&seq, &v.ID, &v.Name)
		n.Versions[seq] = v
		return err
	})
	if err != nil {
		return nil, err
	}
	return n, eachNamed(ctx, db.Read, `SELECT id, name FROM api_key WHERE id`, keys, func(rows *sql.Rows) error {
		var id string
		var name []byte
		err := rows.Scan(&id, &name)
		n.APIKeys[id] = string(name)
		return err
	})
}

// eachNamed is [sqldb.EachIn] for a set, of which the zero value is no member. Nothing is read for an empty set.
func eachNamed[K comparable](ctx context.Context, q sqldb.Querier, text string, set map[K]bool, scan func(*sql.Rows) error) error {
	var zero K
	delete(set, zero)
	list := make([]K, 0, len(set))
	for k := range set {
		list = append(list, k)
	}
	return sqldb.EachIn(ctx, q, text, list, ``, scan)
}
