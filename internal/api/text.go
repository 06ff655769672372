package api

import (
	"context"
	"reflect"

	v5 "github.com/openloop-server/openloop/internal/api/v5"
	"github.com/openloop-server/openloop/internal/auth"
	"github.com/openloop-server/openloop/internal/catalog"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/promptfile"
	"github.com/openloop-server/openloop/internal/web"
)

// promptTextRoutes returns the operations that only Prompts have.
func promptTextRoutes(a *API, spec file.Spec) []web.Route {
	return textRoutes(spec, web.Text(serialize[file.Prompt](a, spec.Kind)), web.JSON(a.promptsDeserialize))
}

// agentTextRoutes returns the operations that only Agents have.
func agentTextRoutes(a *API, spec file.Spec) []web.Route {
	return textRoutes(spec, web.Text(serialize[file.Agent](a, spec.Kind)), web.JSON(a.agentsDeserialize))
}

func textRoutes(spec file.Spec, serialize, deserialize web.Operation) []web.Route {
	base, tag, suffix := "/v5/"+spec.Plural, spec.Title+"s", "."+string(spec.Kind)
	return []web.Route{
		{Method: "GET", Path: base + "/{id}/serialize", ID: spec.Plural + ".serialize", Tag: tag, Role: auth.Member, Summary: "Get a version as the text of its " + suffix + " file", Op: serialize},
		{Method: "POST", Path: base + "/deserialize", ID: spec.Plural + ".deserialize", Tag: tag, Role: auth.Member, Summary: "Read the text of a " + suffix + " file", Op: deserialize},
	}
}

// serialize returns the content of a version as text.
func serialize[C any, P promptfile.Content[C]](a *API, kind file.Kind) func(context.Context, *version) (string, error) {
	return func(ctx context.Context, in *version) (string, error) {
		snap, err := a.o.Catalog.Find(ctx, kind, in.ref())
		if err != nil {
			return "", err
		}
		content, err := catalog.Content[C](&snap)
		if err != nil {
			return "", err
		}
		return promptfile.Format(P(content))
	}
}

type promptText struct {
	Body v5.PromptText `body:"json"`
}

func (a *API) promptsDeserialize(_ context.Context, in *promptText) (*v5.PromptKernel, error) {
	content, err := promptfile.Parse[file.Prompt](in.Body.Prompt)
	if err != nil {
		return nil, err
	}
	kernel := v5.KernelOf(content)
	return &kernel, a.web.Conform(reflect.TypeFor[v5.PromptKernel](), kernel, "prompt")
}

type agentText struct {
	Body v5.AgentText `body:"json"`
}

func (a *API) agentsDeserialize(_ context.Context, in *agentText) (*v5.AgentKernel, error) {
	content, err := promptfile.Parse[file.Agent](in.Body.Agent)
	if err != nil {
		return nil, err
	}
	kernel := v5.AgentKernelOf(content)
	return &kernel, a.web.Conform(reflect.TypeFor[v5.AgentKernel](), kernel, "agent")
}
