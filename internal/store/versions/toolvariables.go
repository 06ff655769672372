package versions

import (
	"context"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/store/access"
	"github.com/openloop-server/openloop/internal/store/sqldb"
)

// ToolVariables returns the variables of a Tool, by name. Errors: tool_not_found.
func (db *Store) ToolVariables(ctx context.Context, toolID string) (list []access.ToolVariable, err error) {
	defer db.Failed("store.ToolVariables", &err)
	seq, err := fileSeq(ctx, db.Read, file.ToolKind, file.Ref{ID: toolID})
	if err != nil {
		return nil, err
	}
	return access.ToolVariables(ctx, db.Read, seq)
}

// PutToolVariables stores variables and replaces those with the same names. It returns all variables of the Tool, by name. Errors:
// tool_not_found, validation_failed for a name that cannot be printed, and those of guards.
func (db *Store) PutToolVariables(ctx context.Context, toolID string, variables []access.ToolVariable, guards ...access.Guard) (all []access.ToolVariable, err error) {
	for _, v := range variables {
		if v.Name == "" || sqldb.Storable(v.Name) != v.Name {
			return nil, errs.Invalid("The name of a variable must be a text that can be printed.", "name")
		}
	}
	err = db.changeFiles(ctx, "store.PutToolVariables", func(ctx context.Context, c *changing) (bool, error) {
		if err := access.AskGuards(ctx, db.DB, c.tx, guards); err != nil {
			return false, err
		}
		row, err := c.lockFile(ctx, file.ToolKind, file.Ref{ID: toolID})
		if err != nil {
			return false, err
		}
		for _, v := range variables {
			err := c.exec(ctx, `INSERT INTO tool_variable (file, name, sealed, updated_us) VALUES ($1, $2, $3, $4)
				ON CONFLICT (file, name) DO UPDATE SET sealed = excluded.sealed, updated_us = excluded.updated_us`, row.seq, v.Name, v.Sealed, c.now)
			if err != nil {
				return false, err
			}
		}
		c.secrets = true
		all, err = access.ToolVariables(ctx, c.tx, row.seq)
		return len(variables) > 0, err
	})
	return all, err
}

// DeleteToolVariable deletes a variable and returns the others of the Tool, by name. Errors: tool_not_found;
// resource_not_found if the Tool has no such variable.
func (db *Store) DeleteToolVariable(ctx context.Context, toolID, name string) (rest []access.ToolVariable, err error) {
	err = db.changeFiles(ctx, "store.DeleteToolVariable", func(ctx context.Context, c *changing) (bool, error) {
		row, err := c.lockFile(ctx, file.ToolKind, file.Ref{ID: toolID})
		if err != nil {
			return false, err
		}
		missing := errs.New(errs.ResourceNotFound, "The Tool `%s` has no environment variable %q.", toolID, name)
		err = sqldb.Must(ctx, c.tx, missing, `DELETE FROM tool_variable WHERE file = $1 AND name = $2 RETURNING name`, []any{row.seq, sqldb.Storable(name)})
		if err != nil {
			return false, err
		}
		c.secrets = true
		c.tx.Detail(name)
		rest, err = access.ToolVariables(ctx, c.tx, row.seq)
		return true, err
	})
	return rest, err
}
