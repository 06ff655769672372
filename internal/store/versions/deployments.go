package versions

import (
	"context"
	"slices"

	"github.com/openloop-server/openloop/internal/file"
)

// Deploy deploys a version to an environment, in place of the version there, and returns it. A draft is saved. It does not look at gates itself: passages say what the
// caller saw of them, which must still hold. Errors: the kind's not found, version_not_found (also for a version of another File),
// environment_not_found, conflict.
func (db *Store) Deploy(ctx context.Context, kind file.Kind, fileID, environmentID, versionID string, past ...Passage) (snap file.Snapshot, err error) {
	t := file.Ref{ID: fileID, VersionID: versionID}
	err = db.changeFiles(ctx, "store.Deploy", func(ctx context.Context, c *changing) (bool, error) {
		row, environment, err := c.lockDeployment(ctx, kind, t, environmentID)
		if err != nil {
			return false, err
		}
		forcedBy := ""
		for i := range past {
			if err := past[i].check(ctx, c, row.seq, environmentID); err != nil {
				return false, err
			}
			forcedBy = past[i].ForcedBy
		}
		if snap, err = snapshot(ctx, c.tx, kind, t); err != nil {
			return false, err
		}
		if slices.Contains(snap.Version.Environments, environment) {
			return false, nil
		}
		c.tx.Detail(versionID)
		if err := c.exec(ctx, `UPDATE version SET draft = 0 WHERE id = $1 AND draft = 1`, versionID); err != nil {
			return false, err
		}
		err = c.exec(ctx, `INSERT INTO deployment (file, environment_id, version, created_us, forced_by)
			SELECT v.file, $2, v.seq, $3, $4 FROM version v WHERE v.id = $1
			ON CONFLICT (file, environment_id) DO UPDATE SET version = excluded.version, created_us = excluded.created_us, forced_by = excluded.forced_by`,
			versionID, environment.ID, c.now, forcedBy)
		if err != nil {
			return false, err
		}
		snap, err = snapshot(ctx, c.tx, kind, t)
		return true, err
	})
	return snap, err
}

// Undeploy removes the version of a File from an environment. Without such a version it does nothing. Errors: the
// kind's not found, environment_not_found.
func (db *Store) Undeploy(ctx context.Context, kind file.Kind, fileID, environmentID string) error {
	return db.changeFiles(ctx, "store.Undeploy", func(ctx context.Context, c *changing) (bool, error) {
		row, environment, err := c.lockDeployment(ctx, kind, file.Ref{ID: fileID}, environmentID)
		if err != nil {
			return false, err
		}
		c.tx.Detail(environmentID)
		return c.find(ctx, `DELETE FROM deployment WHERE file = $1 AND environment_id = $2 RETURNING version`, []any{row.seq, environment.ID})
	})
}

func (c *changing) lockDeployment(ctx context.Context, kind file.Kind, t file.Ref, environmentID string) (fileRow, file.Environment, error) {
	row, err := c.lockFile(ctx, kind, t)
	if err != nil {
		return row, file.Environment{}, err
	}
	environment, err := environmentByID(ctx, c.tx, environmentID)
	return row, environment, err
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
