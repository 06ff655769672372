package api

import (
	v5 "github.com/openloop-server/openloop/internal/api/v5"
	"github.com/openloop-server/openloop/internal/catalog"
	"github.com/openloop-server/openloop/internal/file"
)

func agentKind() kind[v5.AgentUpsert, *v5.AgentResponse] {
	return kind[v5.AgentUpsert, *v5.AgentResponse]{
		spec: file.AgentKind.Spec(),
		draft: func(r *v5.AgentUpsert) catalog.Draft {
			return labelled(draft(&r.FileRef, r.Content(), &r.VersionLabels), &r.FileLabels)
		},
		own: agentTextRoutes,
	}
}
