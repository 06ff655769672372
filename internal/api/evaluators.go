package api

import (
	v5 "openloop/internal/api/v5"
	"openloop/internal/catalog"
	"openloop/internal/file"
)

func evaluatorKind() kind[v5.EvaluatorUpsert, *v5.EvaluatorResponse] {
	return kind[v5.EvaluatorUpsert, *v5.EvaluatorResponse]{
		spec: file.EvaluatorKind.Spec(),
		draft: func(r *v5.EvaluatorUpsert) catalog.Draft {
			return draft(&r.FileRef, r.Spec.Content(), &r.VersionLabels)
		},
	}
}
