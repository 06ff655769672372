package api

import (
	"context"

	v5 "openloop/internal/api/v5"
	"openloop/internal/catalog"
	"openloop/internal/file"
	"openloop/internal/prompt"
)

func evaluatorKind() kind[v5.EvaluatorUpsert, *v5.EvaluatorResponse] {
	return kind[v5.EvaluatorUpsert, *v5.EvaluatorResponse]{
		spec: file.EvaluatorKind.Spec(),
		draft: func(r *v5.EvaluatorUpsert) catalog.Draft {
			return draft(&r.FileRef, r.Spec.Content(), &r.VersionLabels)
		},
		show: showEvaluator,
	}
}

func showEvaluator(ctx context.Context, v *view, snap *file.Snapshot) (*v5.EvaluatorResponse, error) {
	fields, err := v.fields(ctx, snap, nil)
	if err != nil {
		return nil, err
	}
	return evaluatorResponse(fields, snap)
}

func evaluatorResponse(fields v5.FileFields, snap *file.Snapshot) (*v5.EvaluatorResponse, error) {
	content, err := catalog.Content[file.Evaluator](snap)
	if err != nil {
		return nil, err
	}
	if content.Prompt != nil {
		if compiled, err := prompt.Compile(*content.Prompt); err == nil { // it was checked when it was saved
			fields.Inputs = v5.InputsOf(compiled.Variables())
		}
	}
	return &v5.EvaluatorResponse{FileFields: fields, Type: string(snap.File.Kind), Spec: v5.EvaluatorSpecOf(content), Attributes: content.Attributes}, nil
}
