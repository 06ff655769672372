package restore

import (
	"context"
	"database/sql"
	"time"

	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/ids"
	"github.com/openloop-server/openloop/internal/store/sqldb"
)

// KeepDirectory makes a directory with an id, and those above it. One that is there keeps its id, unless nothing is in it: then it takes the given one,
// which nothing else must have.
func (db *Store) KeepDirectory(ctx context.Context, path, id string, at time.Time) error {
	return db.Change(ctx, "store.KeepDirectory", func(ctx context.Context, tx *sqldb.Tx) error {
		if err := db.LockTree(ctx, tx); err != nil {
			return err
		}
		taken, err := sqldb.Found(ctx, tx, `SELECT 1 FROM directory WHERE id = $1`, []any{sqldb.Storable(id)})
		if taken || err != nil {
			return err
		}
		var has string
		there, err := sqldb.Found(ctx, tx, `SELECT id FROM directory WHERE path = $1`, []any{path}, &has)
		if err != nil {
			return err
		}
		if !there {
			tx.Changed(sqldb.DirectoryKind, id, sqldb.Files)
			return makeDirectory(ctx, tx, path, id, sqldb.Micros(at))
		}
		const free = `UPDATE directory SET id = $2 WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM directory d WHERE d.parent_id = $1)
			AND NOT EXISTS (SELECT 1 FROM file f WHERE f.directory_id = $1) RETURNING id`
		changed, err := sqldb.Found(ctx, tx, free, []any{has, id})
		if changed {
			tx.Changed(sqldb.DirectoryKind, id, sqldb.Files)
		}
		return err
	})
}

// makeDirectory makes the directory at path, with those above that are missing.
func makeDirectory(ctx context.Context, tx *sqldb.Tx, path, id string, at int64) error {
	var parent string
	above := file.ParentPath(path)
	there, err := sqldb.Found(ctx, tx, `SELECT id FROM directory WHERE path = $1`, []any{above}, &parent)
	if err != nil {
		return err
	}
	if !there {
		parent = ids.New(ids.Directory, sqldb.FromMicros(at))
		if err := makeDirectory(ctx, tx, above, parent, at); err != nil {
			return err
		}
	}
	return tx.Exec(ctx, `INSERT INTO directory (id, path, parent_id, created_us, updated_us) VALUES ($1, $2, $3, $4, $4)`, id, path, parent, at)
}

const (
	// unusedEnvironment takes the id of another one, since nothing names it.
	unusedEnvironment = `UPDATE environment SET id = $2, created_us = $3 WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM environment o WHERE o.id = $2)
		AND NOT EXISTS (SELECT 1 FROM deployment d WHERE d.environment_id = $1) AND NOT EXISTS (SELECT 1 FROM deployment_change c WHERE c.environment_id = $1)
		AND NOT EXISTS (SELECT 1 FROM gate g WHERE g.environment_id = $1) AND NOT EXISTS (SELECT 1 FROM monitor m WHERE m.environment_id = $1) RETURNING id`
	allEnvironments = `SELECT id, name, tag FROM environment ORDER BY created_us, id`
)

// KeepEnvironments finds the environments of elsewhere here, by their names, or by the tag of the default one, and makes those that are missing. It returns
// the ids that they have here, by those that they had. One that is here and that nothing uses takes the id that it had elsewhere.
func (db *Store) KeepEnvironments(ctx context.Context, list []file.Environment) (here map[string]string, err error) {
	err = db.Change(ctx, "store.KeepEnvironments", func(ctx context.Context, tx *sqldb.Tx) error {
		here = map[string]string{}
		for i := range list {
			if err := keepEnvironment(ctx, tx, &list[i], here); err != nil {
				return err
			}
		}
		return nil
	})
	return here, err
}

func keepEnvironment(ctx context.Context, tx *sqldb.Tx, e *file.Environment, here map[string]string) error {
	ours, err := sqldb.List(ctx, tx, allEnvironments, nil, func(rows *sql.Rows) (o file.Environment, err error) {
		err = rows.Scan(&o.ID, &o.Name, &o.Tag)
		return o, err
	})
	if err != nil {
		return err
	}
	at := Match(e, ours)
	if at < 0 {
		tx.Changed(sqldb.EnvironmentKind, e.ID, sqldb.Files)
		here[e.ID] = e.ID
		return tx.Exec(ctx, `INSERT INTO environment (id, name, tag, created_us) VALUES ($1, $2, $3, $4)`, e.ID, e.Name, file.OtherTag, sqldb.Micros(e.CreatedAt))
	}
	here[e.ID] = ours[at].ID
	if ours[at].ID == e.ID || ours[at].Name != e.Name {
		return nil
	}
	took, err := sqldb.Found(ctx, tx, unusedEnvironment, []any{ours[at].ID, e.ID, sqldb.Micros(e.CreatedAt)})
	if took {
		tx.Changed(sqldb.EnvironmentKind, e.ID, sqldb.Files)
		here[e.ID] = e.ID
	}
	return err
}

// Match returns the index of the environment among ours that e is: the one with its id or its name, or else, of the default one, our default one. It returns
// -1 if there is none.
func Match(e *file.Environment, ours []file.Environment) int {
	byTag := -1
	for i := range ours {
		if ours[i].Name == e.Name || ours[i].ID == e.ID {
			return i
		}
		if e.Tag == file.DefaultTag && ours[i].Tag == e.Tag {
			byTag = i
		}
	}
	return byTag
}

// Deployment is a version that an environment uses.
type Deployment struct {
	FileID, EnvironmentID, VersionID string
	At                               time.Time
	By                               string // an author, or an API key
}

// Deployed says which version an environment uses.
type Deployed struct {
	VersionID string // "" for none
	New       bool   // it was deployed just now
}

// KeepDeployment deploys a version, past gates, unless one is deployed there. It returns which is there afterwards.
func (db *Store) KeepDeployment(ctx context.Context, d Deployment) (deployed Deployed, err error) {
	err = db.Change(ctx, "store.KeepDeployment", func(ctx context.Context, tx *sqldb.Tx) error {
		var file, version int64
		const find = `SELECT f.seq, v.seq FROM version v JOIN file f ON f.seq = v.file WHERE v.id = $1 AND f.id = $2`
		if ok, err := sqldb.Found(ctx, tx, find, []any{d.VersionID, d.FileID}, &file, &version); err != nil || !ok {
			return err
		}
		const there = `SELECT v.id FROM deployment d JOIN version v ON v.seq = d.version WHERE d.file = $1 AND d.environment_id = $2`
		if ok, err := sqldb.Found(ctx, tx, there, []any{file, d.EnvironmentID}, &deployed.VersionID); err != nil || ok {
			return err
		}
		tx.Changed(sqldb.FileKind, d.FileID, sqldb.FileTopic(d.FileID))
		tx.Detail(d.VersionID)
		deployed = Deployed{d.VersionID, true}
		if err := tx.Exec(ctx, `INSERT INTO deployment (file, environment_id, version, created_us, created_by) VALUES ($1, $2, $3, $4, $5)`,
			file, d.EnvironmentID, version, sqldb.Micros(d.At), d.By); err != nil {
			return err
		}
		return tx.Exec(ctx, `INSERT INTO deployment_change (file, environment_id, version, replaced, created_us, created_by, comment, forced)
			VALUES ($1, $2, $3, 0, $4, $5, $6, 0)`, file, d.EnvironmentID, version, sqldb.Micros(d.At), d.By, []byte{})
	})
	return deployed, err
}

// Kept says what became of something.
type Kept int

// What can become of it.
const (
	Missing Kept = iota // what it needs is not here
	There               // it was here already
	Made
)

// KeepMonitor attaches an Evaluator to a File. One that is attached already stays as it is.
func (db *Store) KeepMonitor(ctx context.Context, fileID string, m *file.Monitor) (kept Kept, err error) {
	err = db.Change(ctx, "store.KeepMonitor", func(ctx context.Context, tx *sqldb.Tx) error {
		var of, evaluator, version int64
		const find = `SELECT f.seq, e.seq, COALESCE(v.seq, 0) FROM file f JOIN file e ON e.id = $2 LEFT JOIN version v ON v.id = $3 AND v.file = e.seq WHERE f.id = $1`
		ok, err := sqldb.Found(ctx, tx, find, []any{fileID, sqldb.Storable(m.EvaluatorID), sqldb.Storable(m.VersionID)}, &of, &evaluator, &version)
		if err != nil || !ok || (version == 0) != (m.VersionID == "") {
			return err
		}
		failed := int64(-1)
		if m.Only.Failed != nil {
			failed = sqldb.Flag(*m.Only.Failed)
		}
		made, err := sqldb.Found(ctx, tx, `INSERT INTO monitor (file, evaluator, version, environment_id, active, created_us, updated_us, sample, log_environment,
				log_source, log_failed, runs)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT (file, evaluator, version, environment_id) DO NOTHING RETURNING seq`,
			[]any{of, evaluator, version, m.EnvironmentID, sqldb.Flag(m.Active), sqldb.Micros(m.CreatedAt), sqldb.Micros(m.UpdatedAt), m.SampleRate,
				sqldb.Storable(m.Only.Environment), sqldb.Storable(m.Only.Source), failed, sqldb.Flag(m.Runs)})
		if kept = There; made {
			kept = Made
			tx.Changed(sqldb.FileKind, fileID, sqldb.FileTopic(fileID), sqldb.Monitors)
		}
		return err
	})
	return kept, err
}
