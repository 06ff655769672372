package versions

import (
	"cmp"
	"context"
	"fmt"

	"github.com/openloop-server/openloop/internal/auth"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/store/sqldb"
)

// Terms are what a change of a deployment depends on, and what is noted with it. The zero Terms ask for nothing.
type Terms struct {
	Expected *string  // id of the version that must be deployed, "" for none; nil for any
	Past     *Passage // what was seen of the gate; nil when none was looked at
	Comment  string   // kept in the history
}

// Deploy deploys a version to an environment, in place of the version there, and returns it. A draft is saved. Deploy does not look at
// gates itself: the terms say what the caller saw of them, which must still hold. Errors: the kind's not found, version_not_found (also for a version of another File),
// environment_not_found; deployment_changed if another version than the expected one is there; conflict if the gate was changed.
func (db *Store) Deploy(ctx context.Context, kind file.Kind, fileID, environmentID, versionID string, terms Terms) (snap file.Snapshot, err error) {
	t := file.Ref{ID: fileID, VersionID: versionID}
	err = db.changeFiles(ctx, "store.Deploy", func(ctx context.Context, c *changing) (bool, error) {
		d, err := c.lockDeployment(ctx, kind, t, environmentID, &terms)
		if err != nil {
			return false, err
		}
		if snap, err = snapshot(ctx, c.tx, kind, t); err != nil {
			return false, err
		}
		if d.there.id == versionID {
			return false, nil
		}
		c.tx.Detail(versionID)
		if err := c.exec(ctx, `UPDATE version SET draft = 0, saved = 1 WHERE id = $1 AND draft = 1`, versionID); err != nil {
			return false, err
		}
		if err := d.deploy(ctx, versionID); err != nil {
			return false, err
		}
		snap, err = snapshot(ctx, c.tx, kind, t)
		return true, err
	})
	return snap, err
}

// Undeploy removes the version of a File from an environment. Without such a version it does nothing. Errors: the
// kind's not found, environment_not_found; deployment_changed if another version than the expected one is there.
func (db *Store) Undeploy(ctx context.Context, kind file.Kind, fileID, environmentID string, terms Terms) error {
	return db.changeFiles(ctx, "store.Undeploy", func(ctx context.Context, c *changing) (bool, error) {
		d, err := c.lockDeployment(ctx, kind, file.Ref{ID: fileID}, environmentID, &terms)
		if err != nil || d.there.seq == 0 {
			return false, err
		}
		c.tx.Detail(environmentID)
		if err := c.exec(ctx, `DELETE FROM deployment WHERE file = $1 AND environment_id = $2`, d.file.seq, d.environment.ID); err != nil {
			return false, err
		}
		return true, d.note(ctx, 0)
	})
}

// deploying is a change of what an environment uses of a File, which is locked.
type deploying struct {
	*changing
	*Terms
	file        fileRow
	environment file.Environment
	there       versionRow // what is deployed; the zero versionRow for nothing
}

type versionRow struct {
	seq      int64
	id, name string
}

// lockFileIn locks a File and an environment for a change of what belongs to both.
func (c *changing) lockFileIn(ctx context.Context, kind file.Kind, t file.Ref, environmentID string) (row fileRow, e file.Environment, err error) {
	if row, err = c.lockFile(ctx, kind, t); err != nil {
		return row, e, err
	}
	e, err = c.lockEnvironment(ctx, environmentID)
	return row, e, err
}

// lockDeployment locks a File for a change of a deployment, and checks that the terms hold.
func (c *changing) lockDeployment(ctx context.Context, kind file.Kind, t file.Ref, environmentID string, terms *Terms) (d deploying, err error) {
	d.changing, d.Terms = c, terms
	if d.file, d.environment, err = c.lockFileIn(ctx, kind, t, environmentID); err != nil {
		return d, err
	}
	_, err = c.find(ctx, `SELECT v.seq, v.id, v.name FROM deployment d JOIN version v ON v.seq = d.version WHERE d.file = $1 AND d.environment_id = $2`,
		[]any{d.file.seq, d.environment.ID}, &d.there.seq, &d.there.id, &d.there.name)
	if err != nil {
		return d, err
	}
	if terms.Expected != nil && *terms.Expected != d.there.id {
		return d, d.changed()
	}
	if terms.Past != nil {
		err = terms.Past.check(ctx, c, d.file.seq, environmentID)
	}
	return d, err
}

// changed is the error of an environment that uses another version than the expected one.
func (d *deploying) changed() error {
	found := "none"
	e := errs.New(errs.DeploymentChanged, "No version is deployed to the environment `%s` now.", d.environment.Name)
	if d.there.seq != 0 {
		found = d.there.id
		e.Message = fmt.Sprintf("Version `%s` is deployed to the environment `%s` now.", cmp.Or(d.there.name, d.there.id), d.environment.Name)
	}
	e.Param = expectedVersion
	e.Violations = []errs.Violation{{
		Loc: []any{expectedVersion}, Param: expectedVersion, Type: expectedVersion, Message: e.Message, Wanted: cmp.Or(*d.Expected, "none"), Found: found,
	}}
	return e
}

const expectedVersion = "expected_version_id"

// deploy makes the version the one that the environment uses.
func (d *deploying) deploy(ctx context.Context, versionID string) error {
	forcedBy := ""
	if d.Past != nil {
		forcedBy = d.Past.ForcedBy
	}
	var version int64
	_, err := d.find(ctx, `INSERT INTO deployment (file, environment_id, version, created_us, created_by, forced_by)
		SELECT v.file, $2, v.seq, $3, $4, $5 FROM version v WHERE v.id = $1
		ON CONFLICT (file, environment_id) DO UPDATE SET version = excluded.version, created_us = excluded.created_us, created_by = excluded.created_by,
		forced_by = excluded.forced_by RETURNING version`, []any{versionID, d.environment.ID, d.now, auth.From(ctx).KeyID, forcedBy}, &version)
	if err != nil {
		return err
	}
	return d.note(ctx, version)
}

// note adds the change to the history. version is what is deployed after it, 0 for nothing.
func (d *deploying) note(ctx context.Context, version int64) error {
	forced := d.Past != nil && d.Past.ForcedBy != ""
	return d.exec(ctx, `INSERT INTO deployment_change (file, environment_id, version, replaced, created_us, created_by, comment, forced)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		d.file.seq, d.environment.ID, version, d.there.seq, d.now, auth.From(ctx).KeyID, []byte(d.Comment), sqldb.Flag(forced))
}

// deployFirst deploys the first version of a new File to the default environment.
func (w *saving) deployFirst(ctx context.Context) error {
	err := w.exec(ctx, `INSERT INTO deployment (file, environment_id, version, created_us, created_by)
		SELECT $1, e.id, $2, $3, $4 FROM environment e WHERE e.tag = 'default'`, w.file, w.version, w.now, w.By)
	if err != nil {
		return err
	}
	return w.exec(ctx, `INSERT INTO deployment_change (file, environment_id, version, replaced, created_us, created_by, comment, forced)
		SELECT d.file, d.environment_id, d.version, 0, d.created_us, d.created_by, $2, 0 FROM deployment d WHERE d.file = $1`, w.file, []byte{})
}

// Deployments returns the deployed versions of a File, by the ids of their environments. Errors: the kind's not found.
func (db *Store) Deployments(ctx context.Context, kind file.Kind, fileID string) (of map[string]file.Snapshot, err error) {
	defer db.Failed("store.Deployments", &err)
	t := file.Ref{ID: fileID}
	w := liveFile(kind, t)
	w.Add("v.seq IN (SELECT d.version FROM deployment d WHERE d.file = f.seq)")
	snaps, err := readSnapshots(ctx, db.Read, snapshotTables+w.String(), w.Args)
	if err == nil && len(snaps) == 0 {
		_, err = fileSeq(ctx, db.Read, kind, t)
	}
	if err != nil {
		return nil, err
	}
	of = map[string]file.Snapshot{}
	for _, s := range snaps {
		for _, e := range s.Version.Environments {
			of[e.ID] = s
		}
	}
	return of, nil
}
