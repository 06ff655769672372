package api

import (
	"context"

	v5 "openloop/internal/api/v5"
	"openloop/internal/catalog"
	"openloop/internal/file"
)

func flowKind() kind[v5.FlowUpsert, *v5.FlowResponse] {
	return kind[v5.FlowUpsert, *v5.FlowResponse]{
		spec: file.FlowKind.Spec(),
		draft: func(r *v5.FlowUpsert) catalog.Draft {
			return draft(&r.FileRef, r.Content(), &r.VersionLabels)
		},
		show: showFlow,
	}
}

func showFlow(ctx context.Context, v *view, snap *file.Snapshot) (*v5.FlowResponse, error) {
	content, err := catalog.Content[file.Flow](snap)
	if err != nil {
		return nil, err
	}
	fields, err := v.fields(ctx, snap, nil)
	if err != nil {
		return nil, err
	}
	return &v5.FlowResponse{FileFields: fields, Type: string(snap.File.Kind), Attributes: objectOrEmpty(content.Attributes)}, nil
}
