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
	"openloop/internal/tmpl"
)

func promptKind() kind[v5.PromptUpsert, *v5.PromptResponse] {
	return kind[v5.PromptUpsert, *v5.PromptResponse]{
		spec:  file.PromptKind.Spec(),
		draft: promptDraft,
		show:  showPrompt,
	}
}

func promptDraft(r *v5.PromptUpsert) (catalog.Draft, error) {
	return catalog.Draft{
		ID: r.ID, Path: r.Path, Content: r.Content(), VersionName: r.VersionName, VersionDescription: r.VersionDescription,
		Description: r.Description, Readme: r.Readme, Tags: r.Tags,
	}, nil
}

func showPrompt(snap *file.Snapshot) (*v5.PromptResponse, error) {
	p, err := catalog.Open(*snap)
	if err != nil {
		return nil, err
	}
	return promptResponse(p), nil
}

func promptResponse(p *catalog.Prompt) *v5.PromptResponse {
	return &v5.PromptResponse{FileFields: v5.FieldsOf(&p.Snapshot, p.Variables()), PromptKernel: v5.KernelOf(&p.Content)}
}

// promptJSON is the Prompt on the wire, encoded once for all calls that run it.
func promptJSON(p *catalog.Prompt) (json.Value, error) {
	if memo := p.Memo.Load(); memo != nil {
		return *memo, nil
	}
	raw, err := json.Marshal(promptResponse(p))
	if err != nil {
		return nil, errs.Wrap("api.promptJSON", err)
	}
	p.Memo.Store(&raw)
	return raw, nil
}

type populate struct {
	ID          string     `path:"id"`
	VersionID   string     `query:"version_id" doc:"The version. Either this or environment."`
	Environment string     `query:"environment" doc:"The name of the environment whose deployed version is meant."`
	Body        json.Value `body:"json" object:"true" doc:"The inputs."`
}

func (a *API) promptsPopulate(ctx context.Context, in *populate) (*v5.PopulatedPrompt, error) {
	t, err := target(in.ID, "", in.VersionID, in.Environment)
	if err != nil {
		return nil, err
	}
	p, err := a.o.Catalog.Prompt(ctx, t)
	if err != nil {
		return nil, err
	}
	inputs, err := tmpl.DecodeInputs(in.Body)
	if err != nil {
		return nil, invalid([]any{"body"}, "", "The body must be an object of inputs.")
	}
	rendered, err := p.Render(ctx, inputs)
	if err != nil {
		return nil, err
	}
	return &v5.PopulatedPrompt{PromptResponse: *promptResponse(p), PopulatedTemplate: populated(&p.Content, rendered)}, nil
}

// populated is the filled template in the form it was written in; nil without a template.
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
