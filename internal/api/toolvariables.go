package api

import (
	"context"

	v5 "github.com/openloop-server/openloop/internal/api/v5"
	"github.com/openloop-server/openloop/internal/auth"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/store"
	"github.com/openloop-server/openloop/internal/vault"
	"github.com/openloop-server/openloop/internal/web"
)

// toolVariableRoutes returns the operations on the variables of a Tool's environment. They never return values.
func toolVariableRoutes(a *API, spec file.Spec) []web.Route {
	base := "/v5/" + spec.Plural + "/{id}/environment-variables"
	return []web.Route{
		{Method: "GET", Path: base, ID: "tools.get_environment_variables", Tag: "Tools", Role: auth.Member, Summary: "List the variables in a Tool's environment", Op: web.JSON(a.toolVariablesList)},
		{Method: "POST", Path: base, ID: "tools.add_environment_variable", Tag: "Tools", Role: auth.Developer, Summary: "Set variables", Op: web.JSON(a.toolVariablesAdd)},
		{Method: "DELETE", Path: base + "/{name}", ID: "tools.delete_environment_variable", Tag: "Tools", Role: auth.Developer, Summary: "Delete a variable", Op: web.JSON(a.toolVariablesDelete)},
	}
}

func (a *API) toolVariablesList(ctx context.Context, in *byID) ([]v5.ToolVariable, error) {
	all, err := a.o.DB.ToolVariables(ctx, in.ID)
	return toolVariables(all, err)
}

type toolVariablesAdd struct {
	ID   string            `path:"id"`
	Body []v5.ToolVariable `body:"json"`
}

func (a *API) toolVariablesAdd(ctx context.Context, in *toolVariablesAdd) ([]v5.ToolVariable, error) {
	variables := make([]vault.Variable, len(in.Body))
	for i, v := range in.Body {
		variables[i] = vault.Variable(v)
	}
	all, err := a.o.Vault.PutVariables(ctx, in.ID, variables)
	return toolVariables(all, err)
}

type toolVariable struct {
	ID   string `path:"id"`
	Name string `path:"name"`
}

func (a *API) toolVariablesDelete(ctx context.Context, in *toolVariable) ([]v5.ToolVariable, error) {
	rest, err := a.o.DB.DeleteToolVariable(ctx, in.ID, in.Name)
	return toolVariables(rest, err)
}

// toolVariables shows names, with masks instead of values.
func toolVariables(list []store.ToolVariable, err error) ([]v5.ToolVariable, error) {
	if err != nil {
		return nil, err
	}
	out := make([]v5.ToolVariable, 0, len(list))
	for _, v := range list {
		out = append(out, v5.ToolVariable{Name: v.Name, Value: vault.Mask})
	}
	return out, nil
}
