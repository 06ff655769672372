package versions

import (
	"context"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/store/sqldb"
)

// DescribeVersion sets the name and the description of a version, and saves a draft. nil keeps the current value, "" clears it. Errors: the kind's not found;
// version_not_found; already_exists if another version of the File has the name; validation_failed for a name that cannot be printed.
func (db *Store) DescribeVersion(ctx context.Context, kind file.Kind, fileID, versionID string, name, description *string) (snap file.Snapshot, err error) {
	if name != nil && sqldb.Storable(*name) != *name {
		return snap, errs.Invalid("The name of a version must be a text that can be printed.", "name")
	}
	t := file.Ref{ID: fileID, VersionID: versionID}
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
		err = c.exec(ctx, `UPDATE version SET name = $2, description = $3, updated_us = $4, draft = 0 WHERE id = $1`,
			snap.Version.ID, newName, []byte(newDescription), c.now)
		c.tx.Detail(versionID)
		if err != nil {
			return false, c.nameTaken(err, kind, newName, "name")
		}
		if err := c.touch(ctx, row.seq); err != nil {
			return false, err
		}
		snap, err = snapshot(ctx, c.tx, kind, t)
		return true, err
	})
	return snap, err
}

func orThat(s *string, other string) string {
	if s == nil {
		return other
	}
	return *s
}

// DeleteVersion deletes a version. Its Logs stay and can still be read with it. Its name becomes free. Saving the same content again
// revives the version. A deleted version of an Evaluator stops monitoring. Errors: the kind's not found; version_not_found; in_use if the
// version is deployed or the last of its File.
func (db *Store) DeleteVersion(ctx context.Context, kind file.Kind, fileID, versionID string) error {
	t := file.Ref{ID: fileID, VersionID: versionID}
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
			return false, errs.New(errs.InUse, "Version `%s` is deployed to environment `%s`: deploy another one there, or remove the deployment.",
				versionID, snap.Version.Environments[0].Name)
		}
		title := kind.Spec().Title
		last := errs.New(errs.InUse, "Version `%s` is the last of %s `%s`: delete the %s instead.", versionID, title, row.id, title)
		const others = `SELECT id FROM version WHERE file = $1 AND id <> $2 AND deleted_us IS NULL AND draft = 0 LIMIT 1`
		if err := sqldb.Must(ctx, c.tx, last, others, []any{row.seq, versionID}); err != nil {
			return false, err
		}
		c.tx.Detail(versionID)
		return true, c.deleteVersion(ctx, &row, versionID)
	})
}

func (c *changing) deleteVersion(ctx context.Context, row *fileRow, versionID string) error {
	err := c.exec(ctx, `DELETE FROM monitor WHERE evaluator = $1 AND version = (SELECT v.seq FROM version v WHERE v.id = $2)`, row.seq, versionID)
	if err != nil {
		return err
	}
	c.monitors = true
	if err := c.exec(ctx, `UPDATE version SET deleted_us = $2 WHERE id = $1`, versionID, c.now); err != nil {
		return err
	}
	return c.touch(ctx, row.seq)
}
