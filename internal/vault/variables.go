package vault

import (
	"context"
	"slices"

	"github.com/openloop-server/openloop/internal/auth"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/store"
)

// Variable is an environment variable of a Tool's code.
type Variable struct{ Name, Value string }

// Mask is shown in place of the values of variables.
const Mask = "********"

// PutVariables encrypts and stores variables of a Tool, replacing earlier ones with the same names. Errors: validation_failed for a mask
// instead of a value; tool_not_found; dependency_unavailable if the encryption key is missing or different.
func (v *Vault) PutVariables(ctx context.Context, toolID string, variables []Variable) ([]store.ToolVariable, error) {
	for i, given := range variables {
		if given.Value == Mask {
			return nil, errs.Invalid("The value of `"+given.Name+"` is a mask of one, not the value itself. Leave the variable out to keep what is stored.", i, "value")
		}
	}
	box, err := v.forSealing(ctx, toolVariables)
	if err != nil {
		return nil, unsealable("vault.PutVariables", "The variables", err)
	}
	sealed := make([]store.ToolVariable, len(variables))
	for i, given := range variables {
		sealed[i] = store.ToolVariable{Name: given.Name, Sealed: box.Seal([]byte(given.Value), toolID, given.Name)}
	}
	return v.db.PutToolVariables(ctx, toolID, sealed, v.guard("vault.PutVariables", "The variables"))
}

// VariablesFor returns the variables that a run of a Tool's version gets, none for a Tool that was deleted. The code of a version can tell what it gets. So
// a version must be deployed somewhere, or be made by a key that may change Tools. Errors: gateway_permission_denied if it is neither;
// dependency_unavailable if the variables cannot be decrypted.
func (v *Vault) VariablesFor(ctx context.Context, version *file.Snapshot) ([]Variable, error) {
	all, err := v.Variables(ctx, version.File.ID)
	switch {
	case errs.Is(err, errs.ToolNotFound):
		return nil, nil
	case err != nil || len(all) == 0 || len(version.Version.Environments) > 0:
		return all, err
	}
	trusted, err := v.maker(ctx, version.Version.CreatedBy)
	if err == nil && !trusted {
		err = errs.New(errs.GatewayPermissionDenied, "A key that may not change Tools made this version, so it does not get the variables of the Tool. Deploy the version to let it have them.")
	}
	if err != nil {
		return nil, err
	}
	return all, nil
}

// maker reports whether who made a version may change Tools. A version without a key was made by the server itself.
func (v *Vault) maker(ctx context.Context, keyID string) (bool, error) {
	keys, err := v.db.Keys(ctx)
	may := func(k auth.APIKey) bool { return k.ID == keyID && k.Role.Allows(auth.Developer) }
	return keyID == "" || slices.ContainsFunc(keys, may), err
}

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
