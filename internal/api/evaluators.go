package api

import (
	v5 "github.com/openloop-server/openloop/internal/api/v5"
	"github.com/openloop-server/openloop/internal/catalog"
	"github.com/openloop-server/openloop/internal/file"
)

func evaluatorKind() kind[v5.EvaluatorUpsert, *v5.EvaluatorResponse] {
	return kind[v5.EvaluatorUpsert, *v5.EvaluatorResponse]{
		spec: file.EvaluatorKind.Spec(),
		draft: func(r *v5.EvaluatorUpsert) catalog.Draft {
			return draft(&r.FileRef, r.Spec.Content(), &r.VersionLabels)
		},
	}
}
