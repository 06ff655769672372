package api

import (
	"context"

	v5 "openloop/internal/api/v5"
	"openloop/internal/catalog"
	"openloop/internal/errs"
	"openloop/internal/file"
	"openloop/internal/prompt"
	"openloop/internal/promptfile"
)

func agentKind() kind[v5.AgentUpsert, *v5.AgentResponse] {
	return kind[v5.AgentUpsert, *v5.AgentResponse]{
		spec: file.AgentKind.Spec(),
		draft: func(r *v5.AgentUpsert) catalog.Draft {
			return labelled(draft(&r.FileRef, r.Content(), &r.VersionLabels), &r.FileLabels)
		},
		show: showAgent,
		own:  agentTextRoutes,
	}
}

func showAgent(ctx context.Context, v *view, snap *file.Snapshot) (*v5.AgentResponse, error) {
	content, err := catalog.Content[file.Agent](snap)
	if err != nil {
		return nil, err
	}
	compiled, err := prompt.Compile(content.Prompt)
	if err != nil {
		return nil, errs.Wrap("api.showAgent "+snap.Version.ID, err)
	}
	fields, err := v.fields(ctx, snap, compiled.Variables())
	if err != nil {
		return nil, err
	}
	kernel := v5.AgentKernelOf(content)
	out := &v5.AgentResponse{FileFields: fields, Type: string(snap.File.Kind), ModelKernel: kernel.ModelKernel, MaxIterations: kernel.MaxIterations}
	out.CommittedBy, out.CommittedAt = fields.CreatedBy, fields.CreatedAt
	if out.Tools, err = v.agentTools(ctx, content.Tools); err != nil {
		return nil, err
	}
	if v.raw {
		out.RawFileContent, err = promptfile.FormatAgent(content)
	}
	return out, err
}

func (v *view) agentTools(ctx context.Context, tools []file.AgentTool) ([]v5.AgentToolResponse, error) {
	out := make([]v5.AgentToolResponse, 0, len(tools))
	for _, t := range tools {
		shown := v5.AgentToolResponse{Type: file.InlineTool, JSONSchema: t.Inline, Link: t.Link, OnAgentCall: t.OnAgentCall}
		if t.Link != nil {
			shown.Type = file.FileTool
			linked, err := v.linkedFile(ctx, t.Link)
			if err != nil {
				return nil, err
			}
			shown.File = linked
		}
		out = append(out, shown)
	}
	return out, nil
}

// linkedFile shows the File that an Agent's tool names, without the Files that it links to: Agents may link to each other in a circle.
func (v *view) linkedFile(ctx context.Context, l *file.Link) (*v5.File, error) {
	if v.nested {
		return nil, nil
	}
	snap, err := v.linked(ctx, *l)
	if err != nil || snap == nil {
		return nil, err
	}
	inner := view{api: v.api, nested: true, environments: v.environments, snaps: v.snaps}
	shown, err := inner.file(ctx, snap)
	if err != nil {
		return nil, err
	}
	return &shown, nil
}
