package api

import (
	"context"

	v5 "openloop/internal/api/v5"
	"openloop/internal/catalog"
	"openloop/internal/errs"
	"openloop/internal/file"
	"openloop/internal/json"
	"openloop/internal/llm"
	"openloop/internal/prompt"
	"openloop/internal/promptfile"
	"openloop/internal/tmpl"
	"openloop/internal/web/schema"
)

func promptKind() kind[v5.PromptUpsert, *v5.PromptResponse] {
	return kind[v5.PromptUpsert, *v5.PromptResponse]{
		spec: file.PromptKind.Spec(),
		draft: func(r *v5.PromptUpsert) catalog.Draft {
			return labelled(draft(&r.FileRef, r.Content(), &r.VersionLabels), &r.FileLabels)
		},
		show: showPrompt,
		own:  promptTextRoutes,
	}
}

func showPrompt(ctx context.Context, v *view, snap *file.Snapshot) (*v5.PromptResponse, error) {
	compiled, err := catalog.Compile(snap)
	if err != nil {
		return nil, err
	}
	return v.prompt(ctx, snap, compiled)
}

func (v *view) prompt(ctx context.Context, snap *file.Snapshot, p *prompt.Compiled) (*v5.PromptResponse, error) {
	fields, err := v.fields(ctx, snap, p.Variables())
	if err != nil {
		return nil, err
	}
	kernel := v5.KernelOf(&p.Content)
	out := &v5.PromptResponse{FileFields: fields, Type: string(snap.File.Kind), ModelKernel: kernel.ModelKernel, Tools: kernel.Tools}
	if out.LinkedTools, err = v.linkedTools(ctx, p.Content.LinkedTools); err != nil {
		return nil, err
	}
	if v.raw {
		out.RawFileContent, err = promptfile.Format(&p.Content)
	}
	return out, err
}

// linkedTools leaves out deleted Tools.
func (v *view) linkedTools(ctx context.Context, ids []string) ([]v5.LinkedToolResponse, error) {
	var out []v5.LinkedToolResponse
	for _, id := range ids {
		snap, err := v.linked(ctx, file.Link{FileID: id})
		if err != nil {
			return nil, err
		}
		if snap == nil {
			continue
		}
		tool, err := catalog.Content[file.Tool](snap)
		if err != nil {
			return nil, err
		}
		if tool.Function != nil {
			out = append(out, v5.LinkedToolResponse{Tool: *tool.Function, ID: id, VersionID: snap.Version.ID})
		}
	}
	return out, nil
}

// promptJSON returns the Prompt on the wire, encoded once for all calls that run it.
func (a *API) promptJSON(ctx context.Context, p *catalog.Prompt) (json.Value, error) {
	if memo := p.Memo.Load(); memo != nil {
		return *memo, nil
	}
	shown, err := a.view().prompt(ctx, &p.Snapshot, p.Compiled)
	if err != nil {
		return nil, err
	}
	raw, err := json.Marshal(shown)
	if err != nil {
		return nil, errs.Wrap("api.promptJSON", err)
	}
	p.Memo.Store(&raw)
	return raw, nil
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
	shown, err := a.view().prompt(ctx, &p.Snapshot, p.Compiled)
	if err != nil {
		return nil, err
	}
	return &v5.PopulatedPrompt{PromptResponse: *shown, PopulatedTemplate: populated(&p.Content, rendered)}, nil
}

// populated returns the filled template in the form it was written in, or nil without a template.
func populated(content *file.Prompt, r prompt.Rendered) *file.Template {
	switch {
	case content.Template == nil:
		return nil
	case content.Template.Messages == nil:
		return &file.Template{Text: r.Text}
	case r.Messages == nil:
		return &file.Template{Messages: []llm.Message{}}
	default:
		return &file.Template{Messages: r.Messages}
	}
}
