package store

import (
	"context"
	"slices"

	"openloop/internal/errs"
	"openloop/internal/file"
)

// Deploy makes a version the one that an environment uses, in place of the one it used, and returns it. Errors: the kind's not found,
// version_not_found (also for a version of another File), environment_not_found.
func (db *DB) Deploy(ctx context.Context, kind file.Kind, fileID, environmentID, versionID string) (snap file.Snapshot, err error) {
	t := Target{ID: fileID, VersionID: versionID}
	err = db.changeFiles(ctx, "store.Deploy", func(ctx context.Context, c *changing) (bool, error) {
		_, environment, err := c.lockDeployment(ctx, kind, t, environmentID)
		if err != nil {
			return false, err
		}
		if snap, err = snapshot(ctx, c.tx, kind, t); err != nil {
			return false, err
		}
		if slices.Contains(snap.Version.Environments, environment) {
			return false, nil
		}
		err = c.exec(ctx, `INSERT INTO deployment (file, environment_id, version, created_us)
			SELECT v.file, $2, v.seq, $3 FROM version v WHERE v.id = $1
			ON CONFLICT (file, environment_id) DO UPDATE SET version = excluded.version, created_us = excluded.created_us`,
			versionID, environment.ID, c.now)
		if err != nil {
			return false, err
		}
		snap, err = snapshot(ctx, c.tx, kind, t)
		return true, err
	})
	return snap, err
}

// Undeploy takes away what an environment uses of a File; where there is nothing, nothing happens. Errors: the kind's not found,
// environment_not_found.
func (db *DB) Undeploy(ctx context.Context, kind file.Kind, fileID, environmentID string) error {
	return db.changeFiles(ctx, "store.Undeploy", func(ctx context.Context, c *changing) (bool, error) {
		row, environment, err := c.lockDeployment(ctx, kind, Target{ID: fileID}, environmentID)
		if err != nil {
			return false, err
		}
		var version int64
		return c.find(ctx, `DELETE FROM deployment WHERE file = $1 AND environment_id = $2 RETURNING version`, []any{row.seq, environment.ID}, &version)
	})
}

// lockDeployment locks the File of t and finds the environment.
func (c *changing) lockDeployment(ctx context.Context, kind file.Kind, t Target, environmentID string) (fileRow, file.Environment, error) {
	row, err := c.lockFile(ctx, kind, t)
	if err != nil {
		return row, file.Environment{}, err
	}
	environment, err := environmentByID(ctx, c.tx, environmentID)
	return row, environment, err
}

// Deployments are the versions of a File that environments use, by the environments' ids. Errors: the kind's not found.
func (db *DB) Deployments(ctx context.Context, kind file.Kind, fileID string) (map[string]file.Snapshot, error) {
	t := Target{ID: fileID}
	w := liveFile(kind, t)
	w.add("v.seq IN (SELECT d.version FROM deployment d WHERE d.file = f.seq)")
	snaps, err := readSnapshots(ctx, db.read, snapshotTables+w.String(), w.args)
	if err == nil && len(snaps) == 0 {
		_, err = fileSeq(ctx, db.read, kind, t)
	}
	if err != nil {
		return nil, db.fail("store.Deployments", err)
	}
	of := map[string]file.Snapshot{}
	for _, s := range snaps {
		for _, e := range s.Version.Environments {
			of[e.ID] = s
		}
	}
	return of, nil
}

// DescribeVersion sets the name and the description of a version; nil leaves what it has, "" clears. Errors: the kind's not found,
// version_not_found, conflict when another version of the File has the name, validation_failed for a name that cannot be printed.
func (db *DB) DescribeVersion(ctx context.Context, kind file.Kind, fileID, versionID string, name, description *string) (snap file.Snapshot, err error) {
	if name != nil && storable(*name) != *name {
		return snap, invalid("name", "The name of a version must be a text that can be printed.")
	}
	t := Target{ID: fileID, VersionID: versionID}
	err = db.changeFiles(ctx, "store.DescribeVersion", func(ctx context.Context, c *changing) (bool, error) {
		row, err := c.lockFile(ctx, kind, t)
		if err != nil {
			return false, err
		}
		if snap, err = snapshot(ctx, c.tx, kind, t); err != nil {
			return false, err
		}
		newName, newDescription := orThat(name, snap.Version.Name), orThat(description, snap.Version.Description)
		if newName == snap.Version.Name && newDescription == snap.Version.Description {
			return false, nil
		}
		err = c.exec(ctx, `UPDATE version SET name = $2, description = $3, updated_us = $4 WHERE id = $1`,
			snap.Version.ID, newName, []byte(newDescription), c.now)
		if err != nil {
			return false, c.nameTaken(err, kind, newName)
		}
		if err := c.touch(ctx, row.seq); err != nil {
			return false, err
		}
		snap, err = snapshot(ctx, c.tx, kind, t)
		return true, err
	})
	if err != nil {
		return file.Snapshot{}, err
	}
	return snap, nil
}

func orThat(s *string, other string) string {
	if s == nil {
		return other
	}
	return *s
}

// DeleteVersion deletes a version. Its Logs stay and can still be read with it; its name is free, and saving the same content again
// brings it back. An Evaluator's version monitors nothing any more. Errors: the kind's not found, version_not_found, conflict when
// it is deployed or the last of its File.
func (db *DB) DeleteVersion(ctx context.Context, kind file.Kind, fileID, versionID string) error {
	t := Target{ID: fileID, VersionID: versionID}
	return db.changeFiles(ctx, "store.DeleteVersion", func(ctx context.Context, c *changing) (bool, error) {
		row, err := c.lockFile(ctx, kind, t)
		if err != nil {
			return false, err
		}
		snap, err := snapshot(ctx, c.tx, kind, t)
		if err != nil {
			return false, err
		}
		if len(snap.Version.Environments) > 0 {
			return false, errs.New(errs.Conflict, "Version `%s` is deployed to environment `%s`: deploy another one there, or remove the deployment.",
				versionID, snap.Version.Environments[0].Name)
		}
		if err := c.notLast(ctx, &row, versionID); err != nil {
			return false, err
		}
		return true, c.deleteVersion(ctx, &row, versionID)
	})
}

func (c *changing) notLast(ctx context.Context, row *fileRow, versionID string) error {
	var other string
	ok, err := c.find(ctx, `SELECT id FROM version WHERE file = $1 AND id <> $2 AND deleted_us IS NULL LIMIT 1`, []any{row.seq, versionID}, &other)
	if err == nil && !ok {
		err = errs.New(errs.Conflict, "Version `%s` is the last of %s `%s`: delete the %s instead.", versionID, row.kind.Spec().Title, row.id, row.kind.Spec().Title)
	}
	return err
}

func (c *changing) deleteVersion(ctx context.Context, row *fileRow, versionID string) error {
	err := c.exec(ctx, `DELETE FROM monitor WHERE evaluator = $1 AND version = (SELECT v.seq FROM version v WHERE v.id = $2)`, row.seq, versionID)
	if err != nil {
		return err
	}
	if err := c.exec(ctx, `UPDATE version SET deleted_us = $2 WHERE id = $1`, versionID, c.now); err != nil {
		return err
	}
	return c.touch(ctx, row.seq)
}
