package api

import (
	"context"

	v5 "openloop/internal/api/v5"
	"openloop/internal/catalog"
	"openloop/internal/file"
	"openloop/internal/json"
)

func toolKind() kind[v5.ToolUpsert, *v5.ToolResponse] {
	return kind[v5.ToolUpsert, *v5.ToolResponse]{
		spec: file.ToolKind.Spec(),
		draft: func(r *v5.ToolUpsert) catalog.Draft {
			content := r.Content()
			content.Type = file.ToolType(r.ToolType)
			return draft(&r.FileRef, content, &r.VersionLabels)
		},
		show: showTool,
		own:  toolVariableRoutes,
	}
}

func showTool(ctx context.Context, v *view, snap *file.Snapshot) (*v5.ToolResponse, error) {
	content, err := catalog.Content[file.Tool](snap)
	if err != nil {
		return nil, err
	}
	fields, err := v.fields(ctx, snap, parameters(content))
	if err != nil {
		return nil, err
	}
	return &v5.ToolResponse{FileFields: fields, Type: string(snap.File.Kind), ToolKernel: v5.ToolKernelOf(content), ToolType: string(content.Runs())}, nil
}

// parameters returns the names of the arguments of a Tool's function, in order.
func parameters(t *file.Tool) []string {
	if t.Function == nil {
		return nil
	}
	var schema struct {
		Properties json.Value `json:"properties"`
	}
	if json.UnmarshalForeign(t.Function.Parameters, &schema) != nil {
		return nil // a schema of another form names none
	}
	return json.Names(schema.Properties)
}
