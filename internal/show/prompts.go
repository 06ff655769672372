package show

import (
	v5 "github.com/openloop-server/openloop/internal/api/v5"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/promptfile"
)

func (v *view) prompt(snap *file.Snapshot, content *file.Prompt, inputs []string) *v5.PromptResponse {
	kernel := v5.KernelOf(content)
	out := &v5.PromptResponse{
		FileFields: v.fields(snap, inputs), Type: string(snap.File.Kind), ModelKernel: kernel.ModelKernel, Tools: kernel.Tools,
		LinkedTools: v.linkedTools(content.LinkedTools),
	}
	if v.with.Raw {
		out.RawFileContent = v.text(promptfile.Format(content))
	}
	return out
}

// linkedTools leaves out what was deleted.
func (v *view) linkedTools(ids []string) []v5.LinkedToolResponse {
	var out []v5.LinkedToolResponse
	for _, id := range ids {
		snap := v.linked[file.Link{FileID: id}]
		if snap == nil {
			continue
		}
		if tool, ok := v.opened[snap.Version.ID].Content.(*file.Tool); ok && tool.Function != nil {
			out = append(out, v5.LinkedToolResponse{Tool: *tool.Function, ID: id, VersionID: snap.Version.ID})
		}
	}
	return out
}

func (v *view) agent(snap *file.Snapshot, content *file.Agent, inputs []string, nested bool) *v5.AgentResponse {
	kernel := v5.AgentKernelOf(content)
	out := &v5.AgentResponse{
		FileFields: v.fields(snap, inputs), Type: string(snap.File.Kind), ModelKernel: kernel.ModelKernel, MaxIterations: kernel.MaxIterations,
		Tools: v.agentTools(content.Tools, nested),
	}
	out.CommittedBy, out.CommittedAt = out.CreatedBy, out.CreatedAt
	if v.with.Raw && !nested {
		out.RawFileContent = v.text(promptfile.Format(content))
	}
	return out
}

func (v *view) agentTools(tools []file.AgentTool, nested bool) []v5.AgentToolResponse {
	out := make([]v5.AgentToolResponse, 0, len(tools))
	for _, t := range tools {
		shown := v5.AgentToolResponse{Type: file.InlineTool, JSONSchema: t.Inline, Link: t.Link, OnAgentCall: t.OnAgentCall}
		if t.Link != nil {
			shown.Type = file.FileTool
			if snap := v.linked[*t.Link]; snap != nil && !nested {
				inner := view{Shows: v.Shows, opened: v.opened, linked: v.linked, authors: v.authors, environments: v.environments}
				shown.File = new(inner.file(snap, true))
			}
		}
		out = append(out, shown)
	}
	return out
}

// text keeps the first failure.
func (v *view) text(s string, err error) string {
	if v.err == nil {
		v.err = err
	}
	return s
}
