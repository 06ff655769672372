package vault

import (
	"context"

	"github.com/openloop-server/openloop/internal/errs"
)

// Variables returns the decrypted variables of a Tool, by name. Errors: tool_not_found; dependency_unavailable if they cannot be decrypted.
func (v *Vault) Variables(ctx context.Context, toolID string) ([]Variable, error) {
	rows, err := v.db.ToolVariables(ctx, toolID)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	box, err := v.ready(toolVariables, v.source.Load)
	if err != nil {
		return nil, unopened(err)
	}
	out := make([]Variable, len(rows))
	for i := range rows {
		value, err := box.Open(rows[i].Sealed, toolID, rows[i].Name)
		if err != nil {
			return nil, unopened(err)
		}
		out[i] = Variable{Name: rows[i].Name, Value: string(value)}
	}
	return out, nil
}

func unopened(err error) error {
	return &errs.Error{
		Reason: errs.DependencyUnavailable, Op: "vault.Variables", Err: err,
		Message: "The variables of the Tool cannot be opened: " + why(err) + ".",
	}
}
