package api

import (
	v5 "github.com/openloop-server/openloop/internal/api/v5"
	"github.com/openloop-server/openloop/internal/catalog"
	"github.com/openloop-server/openloop/internal/file"
)

func flowKind() kind[v5.FlowUpsert, *v5.FlowResponse] {
	return kind[v5.FlowUpsert, *v5.FlowResponse]{
		spec: file.FlowKind.Spec(),
		draft: func(r *v5.FlowUpsert) catalog.Draft {
			return draft(&r.FileRef, r.Content(), &r.VersionLabels)
		},
	}
}
