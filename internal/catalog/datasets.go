package catalog

import (
	"context"

	"openloop/internal/auth"
	"openloop/internal/errs"
	"openloop/internal/file"
	"openloop/internal/json"
	"openloop/internal/store"
)

// DatasetDraft is a version of a Dataset that a caller asks for. Content of its Draft is not read.
type DatasetDraft struct {
	Draft
	Action     file.Action // "" means SetDatapoints
	Datapoints []file.Datapoint
	Attributes json.Value // nil and null stand for those of the base

	// The base of an addition or a removal, as in [store.DatasetSave].
	BaseVersion, BaseEnvironment string
	Deployed                     bool
}

// SaveDataset finds or makes the version that d leads to, and its Dataset. Errors are those of [store.DB.SaveDataset], and
// validation_failed for a path that cannot be one and for objects that name a member twice.
func (c *Catalog) SaveDataset(ctx context.Context, who auth.Principal, d DatasetDraft) (file.Snapshot, error) {
	d.Content = &file.Dataset{Attributes: d.Attributes}
	save := store.DatasetSave{Action: d.Action, BaseVersion: d.BaseVersion, BaseEnvironment: d.BaseEnvironment, Deployed: d.Deployed}
	if d.Action == "" {
		save.Action = file.SetDatapoints
	}
	if json.Kind(d.Attributes) != 'n' {
		save.Attributes = d.Attributes
	}
	var err error
	if save.Save, err = seal(who, &d.Draft); err != nil {
		return file.Snapshot{}, err
	}
	if save.Datapoints, err = sealDatapoints(d.Datapoints); err != nil {
		return file.Snapshot{}, err
	}
	snap, _, err := c.db.SaveDataset(ctx, save)
	return snap, err
}

func sealDatapoints(list []file.Datapoint) ([]file.SealedDatapoint, error) {
	sealed := make([]file.SealedDatapoint, len(list))
	for i := range list {
		var err error
		if sealed[i], err = list[i].Seal(); err != nil {
			return nil, errs.Invalid("The target holds an object that names a member twice.", "body", "datapoints", i, "target")
		}
	}
	return sealed, nil
}
