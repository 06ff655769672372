package admin

import (
	"context"

	v5 "github.com/openloop-server/openloop/internal/api/v5"
	"github.com/openloop-server/openloop/internal/auth"
	"github.com/openloop-server/openloop/internal/show"
	"github.com/openloop-server/openloop/internal/store"
	"github.com/openloop-server/openloop/internal/web"
)

func (a *handlers) aliasRoutes() []web.Route {
	const all = "/v5/aliases"
	return []web.Route{
		{Method: "GET", Path: all, ID: "aliases.list", Tag: "Aliases", Role: auth.Admin, Summary: "List the aliases of models", Op: web.JSON(a.aliasesList)},
		{Method: "PUT", Path: all + "/{name}", ID: "aliases.save", Tag: "Aliases", Role: auth.Admin, Summary: "Store an alias", Op: web.JSON(a.aliasesSave)},
		{Method: "DELETE", Path: all + "/{name}", ID: "aliases.delete", Tag: "Aliases", Role: auth.Admin, Summary: "Delete an alias", Op: web.NoContent(a.aliasesDelete)},
	}
}

func (a *handlers) aliasesList(ctx context.Context, _ *none) (*v5.Records[v5.Alias], error) {
	list, err := a.o.Aliases.All(ctx)
	if err != nil {
		return nil, err
	}
	out := &v5.Records[v5.Alias]{Records: make([]v5.Alias, len(list))}
	for i := range list {
		out.Records[i] = showAlias(&list[i])
	}
	return out, nil
}

type aliasSave struct {
	Name string       `path:"name"`
	Body v5.AliasSave `body:"json"`
}

func (a *handlers) aliasesSave(ctx context.Context, in *aliasSave) (v5.Alias, error) {
	content := store.AliasContent{Keys: in.Body.Keys, Defaults: store.AliasDefaults(in.Body.Defaults), CacheTTL: in.Body.CacheTTL}
	for _, t := range in.Body.Targets {
		content.Targets = append(content.Targets, store.AliasTarget(t))
	}
	saved, err := a.o.Aliases.Save(ctx, store.Alias{Name: in.Name, AliasContent: content})
	return showAlias(&saved), err
}

type byName struct {
	Name string `path:"name"`
}

func (a *handlers) aliasesDelete(ctx context.Context, in *byName) error {
	return a.o.Aliases.Delete(ctx, in.Name)
}

func showAlias(a *store.Alias) v5.Alias {
	out := v5.Alias{
		Name: a.Name, AliasSave: v5.AliasSave{Keys: a.Keys, Defaults: v5.AliasDefaults(a.Defaults), CacheTTL: a.CacheTTL},
		CreatedAt: show.Time(a.CreatedAt), UpdatedAt: show.Time(a.UpdatedAt), CreatedBy: a.CreatedBy,
	}
	for _, t := range a.Targets {
		out.Targets = append(out.Targets, v5.AliasTarget(t))
	}
	return out
}
