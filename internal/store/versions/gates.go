package versions

import (
	"context"

	"github.com/openloop-server/openloop/internal/auth"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/store/sqldb"
)

// Gate is what stands before an environment of a File, and what is behind it.
type Gate struct {
	Environment file.Environment
	Content     json.Value // nil when there is no gate
	Revision    int64      // of the content: another after every change; 0 when there is no gate
	Deployed    string     // id of the version that the environment uses; "" for none
	ForcedBy    string     // id of the API key that deployed it past a closed gate; "" if nobody did
}

// Gate reads the gate of a File before an environment. Errors: the kind's not found, environment_not_found.
func (db *Store) Gate(ctx context.Context, kind file.Kind, fileID, environmentID string) (g Gate, err error) {
	defer db.Failed("store.Gate", &err)
	seq, err := fileSeq(ctx, db.Read, kind, file.Ref{ID: fileID})
	if err != nil {
		return g, err
	}
	return readGate(ctx, db.Read, seq, environmentID)
}

func readGate(ctx context.Context, q sqldb.Querier, fileSeq int64, environmentID string) (g Gate, err error) {
	if g.Environment, err = environmentByID(ctx, q, environmentID, ""); err != nil {
		return g, err
	}
	var content []byte
	ok, err := sqldb.Found(ctx, q, `SELECT updated_us, content FROM gate WHERE file = $1 AND environment_id = $2`, []any{fileSeq, g.Environment.ID},
		&g.Revision, &content)
	if ok {
		g.Content = content
	}
	if err == nil {
		_, err = sqldb.Found(ctx, q, `SELECT v.id, d.forced_by FROM deployment d JOIN version v ON v.seq = d.version WHERE d.file = $1 AND d.environment_id = $2`,
			[]any{fileSeq, g.Environment.ID}, &g.Deployed, &g.ForcedBy)
	}
	return g, err
}

// SetGate puts a gate before an environment of a File, in place of another. Errors: the kind's not found, environment_not_found.
func (db *Store) SetGate(ctx context.Context, kind file.Kind, fileID, environmentID string, content json.Value) error {
	return db.changeFiles(ctx, "store.SetGate", func(ctx context.Context, c *changing) (bool, error) {
		row, environment, err := c.lockFileIn(ctx, kind, file.Ref{ID: fileID}, environmentID)
		if err != nil {
			return false, err
		}
		c.tx.Detail(environmentID)
		return true, c.exec(ctx, `INSERT INTO gate (file, environment_id, content, created_us, updated_us, created_by) VALUES ($1, $2, $3, $4, $4, $5)
			ON CONFLICT (file, environment_id) DO UPDATE SET content = excluded.content, updated_us = excluded.updated_us`,
			row.seq, environment.ID, []byte(content), c.now, auth.From(ctx).KeyID)
	})
}

// DeleteGate takes the gate before an environment of a File away; where there is none, nothing happens. Errors: the kind's not found,
// environment_not_found.
func (db *Store) DeleteGate(ctx context.Context, kind file.Kind, fileID, environmentID string) error {
	return db.changeFiles(ctx, "store.DeleteGate", func(ctx context.Context, c *changing) (bool, error) {
		row, environment, err := c.lockFileIn(ctx, kind, file.Ref{ID: fileID}, environmentID)
		if err != nil {
			return false, err
		}
		c.tx.Detail(environmentID)
		return c.find(ctx, `DELETE FROM gate WHERE file = $1 AND environment_id = $2 RETURNING updated_us`, []any{row.seq, environment.ID})
	})
}

// Passage says past which gate a version is deployed: what was seen when it was checked. If something else is there by then, the deployment fails
// with conflict, and is to be checked again.
type Passage struct {
	Gate     int64  // the revision of the gate; 0 for none
	Deployed string // id of the version that was there; "" for none
	ForcedBy string // id of the API key that deploys it though the gate is closed; "" when it is open
}

// check fails with conflict when the gate or what is behind it is not what was seen.
func (p *Passage) check(ctx context.Context, c *changing, fileSeq int64, environmentID string) error {
	g, err := readGate(ctx, c.tx, fileSeq, environmentID)
	if err == nil && (g.Revision != p.Gate || g.Deployed != p.Deployed) {
		err = errs.New(errs.Conflict, "The gate, or the version that is deployed, was changed at the same moment. Try again.")
	}
	return err
}
