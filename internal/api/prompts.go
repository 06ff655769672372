package api

import (
	"context"

	"github.com/openloop-server/openloop/internal/api/play"
	v5 "github.com/openloop-server/openloop/internal/api/v5"
	"github.com/openloop-server/openloop/internal/catalog"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/prompt"
	"github.com/openloop-server/openloop/internal/tmpl"
	"github.com/openloop-server/openloop/internal/web"
	"github.com/openloop-server/openloop/internal/web/schema"
)

func promptKind() kind[v5.PromptUpsert, *v5.PromptResponse] {
	return kind[v5.PromptUpsert, *v5.PromptResponse]{
		spec: file.PromptKind.Spec(),
		draft: func(r *v5.PromptUpsert) catalog.Draft {
			return labelled(draft(&r.FileRef, r.Content(), &r.VersionLabels), &r.FileLabels)
		},
		own: func(a *API, _ file.Spec) []web.Route { return play.PromptRoutes(a.play()) },
	}
}

type populate struct {
	ID          string `path:"id"`
	VersionID   string `query:"version_id" doc:"The version. Either this or environment."`
	Environment string `query:"environment" doc:"The name of an environment; the version deployed there is used."`
	Body        inputs `body:"json" doc:"The inputs."`
}

// inputs is a body that is an object of inputs, in its original form.
type inputs struct{ raw json.Value }

// UnmarshalJSONFrom accepts an object, or null for none.
func (in *inputs) UnmarshalJSONFrom(dec *json.Decoder) error {
	if kind := dec.PeekKind(); kind != json.KindObject && kind != json.KindNull {
		return json.WrongKind(dec, "an object")
	}
	raw, err := dec.ReadValue()
	in.raw = raw.Clone()
	return err
}

// JSONSchema implements [schema.Schemer].
func (inputs) JSONSchema() *schema.Schema { return schema.MapOf(schema.Any()) }

func (a *API) promptsPopulate(ctx context.Context, in *populate) (*v5.PopulatedPrompt, error) {
	given, err := tmpl.DecodeInputs(in.Body.raw)
	if err != nil {
		return nil, errs.Wrap("api.promptsPopulate", err)
	}
	p, err := a.o.Catalog.Prompt(ctx, file.Ref{ID: in.ID, VersionID: in.VersionID, Environment: in.Environment})
	if err != nil {
		return nil, err
	}
	rendered, err := p.Render(ctx, given)
	if err != nil {
		return nil, err
	}
	response, err := shown[*v5.PromptResponse](ctx, a, &p.Snapshot)
	if err != nil {
		return nil, err
	}
	return &v5.PopulatedPrompt{PromptResponse: *response, PopulatedTemplate: populated(&p.Content, rendered)}, nil
}

// populated returns the filled template in the form it was written in, or nil without a template.
func populated(content *file.Prompt, r prompt.Rendered) *file.PromptTemplate {
	switch {
	case content.Template == nil:
		return nil
	case content.Template.Messages == nil:
		return &file.PromptTemplate{Text: r.Text}
	case r.Messages == nil:
		return &file.PromptTemplate{Messages: []llm.Message{}}
	default:
		return &file.PromptTemplate{Messages: r.Messages}
	}
}
