package api

import (
	"context"
	"slices"
	"strings"

	"github.com/openloop-server/openloop/internal/api/play"
	v5 "github.com/openloop-server/openloop/internal/api/v5"
	"github.com/openloop-server/openloop/internal/auth"
	"github.com/openloop-server/openloop/internal/catalog"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/web"
)

// kind is what the HTTP layer needs to know of a kind of Files: how a version is asked for, and what it is shown as (Resp).
type kind[Req, Resp any] struct {
	spec  file.Spec
	draft func(*Req) catalog.Draft
	// complete reads from elsewhere what belongs to the content that is saved; may be nil.
	complete func(*API, context.Context, *catalog.Draft) error
	own      func(*API, file.Spec) []web.Route // further routes, or others in place of those that all kinds have; may be nil
}

func kinds() []anyKind {
	return []anyKind{
		erase(promptKind()), erase(toolKind()), erase(datasetKind()), erase(evaluatorKind()), erase(flowKind()), erase(agentKind()),
	}
}

func toolKind() kind[v5.ToolUpsert, *v5.ToolResponse] {
	return kind[v5.ToolUpsert, *v5.ToolResponse]{
		spec: file.ToolKind.Spec(),
		draft: func(r *v5.ToolUpsert) catalog.Draft {
			content := r.Content()
			content.Type = file.ToolType(r.ToolType)
			return draft(&r.FileRef, content, &r.VersionLabels)
		},
		complete: pinFunctions,
		own:      toolVariableRoutes,
	}
}

func evaluatorKind() kind[v5.EvaluatorUpsert, *v5.EvaluatorResponse] {
	return kind[v5.EvaluatorUpsert, *v5.EvaluatorResponse]{
		spec: file.EvaluatorKind.Spec(),
		draft: func(r *v5.EvaluatorUpsert) catalog.Draft {
			return draft(&r.FileRef, r.Spec.Content(), &r.VersionLabels)
		},
		own: evaluatorRoutes,
	}
}

func flowKind() kind[v5.FlowUpsert, *v5.FlowResponse] {
	return kind[v5.FlowUpsert, *v5.FlowResponse]{
		spec: file.FlowKind.Spec(),
		draft: func(r *v5.FlowUpsert) catalog.Draft {
			return draft(&r.FileRef, r.Content(), &r.VersionLabels)
		},
	}
}

func agentKind() kind[v5.AgentUpsert, *v5.AgentResponse] {
	return kind[v5.AgentUpsert, *v5.AgentResponse]{
		spec: file.AgentKind.Spec(),
		draft: func(r *v5.AgentUpsert) catalog.Draft {
			return labelled(draft(&r.FileRef, r.Content(), &r.VersionLabels), &r.FileLabels)
		},
		own: func(a *API, _ file.Spec) []web.Route { return play.AgentRoutes(a.play()) },
	}
}

type anyKind struct {
	spec   file.Spec
	routes func(*API) []web.Route
}

func erase[Req, Resp any](k kind[Req, Resp]) anyKind {
	return anyKind{
		spec:   k.spec,
		routes: func(a *API) []web.Route { return kindRoutes(a, k) },
	}
}

// kindRoutes returns the routes of all kinds. A kind's own route replaces the common one with the same method and path.
func kindRoutes[Req, Resp any](a *API, k kind[Req, Resp]) []web.Route {
	routes := fileRoutes(a, k)
	if k.own == nil {
		return routes
	}
	own := k.own(a, k.spec)
	replaced := func(r web.Route) bool {
		return slices.ContainsFunc(own, func(o web.Route) bool { return o.Method == r.Method && o.Path == r.Path })
	}
	return append(slices.DeleteFunc(routes, replaced), own...)
}

// indefinite puts "a" or "an" before a noun.
func indefinite(noun string) string {
	if strings.ContainsAny(noun[:1], "AEIOU") {
		return "an " + noun
	}
	return "a " + noun
}

// fileRoutes returns the operations that all kinds have.
func fileRoutes[Req, Resp any](a *API, k kind[Req, Resp]) []web.Route {
	f := files[Req, Resp]{api: a, kind: k}
	base, name, title := "/v5/"+k.spec.Plural, k.spec.Plural, k.spec.Title
	tag, one := title+"s", indefinite(title)
	routes := []web.Route{
		{Method: "GET", Path: base, ID: name + ".list", Role: auth.Member, Summary: "List " + tag, Op: web.JSON(f.list)},
		{Method: "POST", Path: base, ID: name + ".upsert", Role: auth.Developer, Summary: "Save a version of " + one, Op: web.JSON(f.upsert)},
		{Method: "GET", Path: base + "/{id}", ID: name + ".get", Role: auth.Member, Summary: "Get " + one, Op: web.JSON(f.get)},
		{Method: "PATCH", Path: base + "/{id}", ID: name + ".move", Role: auth.Developer, Summary: "Move or rename " + one, Op: web.JSON(f.move)},
		{Method: "DELETE", Path: base + "/{id}", ID: name + ".delete", Role: auth.Developer, Summary: "Delete " + one, Op: web.NoContent(f.delete)},
		{Method: "GET", Path: base + "/{id}/versions", ID: name + ".list_versions", Role: auth.Member, Summary: "List the versions of " + one, Op: web.JSON(f.versions)},
		{Method: "PATCH", Path: base + "/{id}/versions/{version_id}", ID: name + ".update_version", Role: auth.Developer, Summary: "Name or describe a version", Op: web.JSON(f.updateVersion)},
		{Method: "DELETE", Path: base + "/{id}/versions/{version_id}", ID: name + ".delete_version", Role: auth.Developer, Summary: "Delete a version", Op: web.NoContent(f.deleteVersion)},
		{Method: "GET", Path: base + "/{id}/environments", ID: name + ".list_environments", Role: auth.Member, Summary: "List environments and their deployed versions", Op: web.JSON(f.environments)},
		{Method: "POST", Path: base + "/{id}/environments/{environment_id}", ID: name + ".set_deployment", Role: auth.Developer, Summary: "Deploy a version", Op: web.JSON(f.deploy)},
		{Method: "DELETE", Path: base + "/{id}/environments/{environment_id}", ID: name + ".remove_deployment", Role: auth.Developer, Summary: "Remove a deployment", Op: web.NoContent(f.undeploy)},
	}
	if k.spec.Kind != file.DatasetKind { // which has no Logs, so that nothing can be evaluated
		routes = append(routes, gateRoutes(&f)...)
		routes = append(routes, monitoringRoutes(&f)...)
	}
	if k.spec.Kind != file.AgentKind { // which are younger than the clients that commit
		routes = append(routes, web.Route{Method: "POST", Path: base + "/{id}/versions/{version_id}/commit", ID: name + ".commit", Role: auth.Developer, Deprecated: true, Summary: "Describe a version, as older clients do", Op: web.JSON(f.commitVersion)})
	}
	for i := range routes {
		routes[i].Tag = tag
	}
	return routes
}

func draft(ref *v5.FileRef, content file.Content, labels *v5.VersionLabels) catalog.Draft {
	return catalog.Draft{
		Ref: file.Ref{ID: ref.ID, Path: ref.Path}, Content: content, VersionName: labels.VersionName, VersionDescription: labels.Description(),
	}
}

func labelled(d catalog.Draft, labels *v5.FileLabels) catalog.Draft {
	d.Description, d.Readme, d.Tags = labels.Description, labels.Readme, labels.Tags
	return d
}
