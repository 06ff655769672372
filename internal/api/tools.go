package api

import (
	v5 "github.com/openloop-server/openloop/internal/api/v5"
	"github.com/openloop-server/openloop/internal/catalog"
	"github.com/openloop-server/openloop/internal/file"
)

func toolKind() kind[v5.ToolUpsert, *v5.ToolResponse] {
	return kind[v5.ToolUpsert, *v5.ToolResponse]{
		spec: file.ToolKind.Spec(),
		draft: func(r *v5.ToolUpsert) catalog.Draft {
			content := r.Content()
			content.Type = file.ToolType(r.ToolType)
			return draft(&r.FileRef, content, &r.VersionLabels)
		},
		own: toolVariableRoutes,
	}
}
