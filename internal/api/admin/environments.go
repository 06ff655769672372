package admin

import (
	"context"
	"strings"

	v5 "github.com/openloop-server/openloop/internal/api/v5"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/ids"
)

// Environment is an environment and how much is deployed to it.
type Environment struct {
	v5.EnvironmentResponse

	Deployments int `json:"deployments" doc:"How many Files have a version deployed to it."`
}

func (a *handlers) environmentsList(ctx context.Context, _ *none) (*v5.Records[Environment], error) {
	all, err := a.o.DB.Environments(ctx)
	if err != nil {
		return nil, err
	}
	counts, err := a.o.DB.DeploymentCounts(ctx)
	out := &v5.Records[Environment]{Records: make([]Environment, 0, len(all))}
	for i := range all {
		out.Records = append(out.Records, Environment{v5.EnvironmentOf(&all[i], nil), counts[all[i].ID]})
	}
	return out, err
}

type createEnvironment struct {
	Body Rename `body:"json"`
}

func (a *handlers) environmentsCreate(ctx context.Context, in *createEnvironment) (*Environment, error) {
	name, err := environmentName(in.Body.Name)
	if err != nil {
		return nil, err
	}
	e, err := a.o.DB.CreateEnvironment(ctx, name)
	return a.environment(ctx, &e, err)
}

type updateEnvironment struct {
	ID   string `path:"id"`
	Body Rename `body:"json"`
}

func (a *handlers) environmentsUpdate(ctx context.Context, in *updateEnvironment) (*Environment, error) {
	name, err := environmentName(in.Body.Name)
	if err != nil {
		return nil, err
	}
	e, err := a.o.DB.RenameEnvironment(ctx, in.ID, name)
	return a.environment(ctx, &e, err)
}

func (a *handlers) environmentsSetDefault(ctx context.Context, in *byID) (*Environment, error) {
	e, err := a.o.DB.SetDefaultEnvironment(ctx, in.ID)
	return a.environment(ctx, &e, err)
}

func (a *handlers) environmentsDelete(ctx context.Context, in *byID) error {
	return a.o.DB.DeleteEnvironment(ctx, in.ID)
}

func (a *handlers) environment(ctx context.Context, e *file.Environment, err error) (*Environment, error) {
	if err != nil {
		return nil, err
	}
	counts, err := a.o.DB.DeploymentCounts(ctx)
	return &Environment{v5.EnvironmentOf(e, nil), counts[e.ID]}, err
}

// environmentName returns a valid name without blanks around it. One that looks like an id would be taken for that where either may stand.
func environmentName(name string) (string, error) {
	name, err := cleanName(name)
	if err == nil && strings.HasPrefix(name, string(ids.Environment)+"_") {
		err = errs.Invalid("The name of an environment must not begin with `env_`, as ids do.", "name")
	}
	return name, err
}
