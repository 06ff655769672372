package catalog

import (
	"context"
	"fmt"
	"iter"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/store"
)

// DatasetDraft describes a version of a Dataset that a caller wants to save. The Content of its Draft is ignored.
type DatasetDraft struct {
	Draft
	Action     file.Action // "" means SetDatapoints
	Datapoints []file.Datapoint
	Rows       iter.Seq2[file.Datapoint, error] // further datapoints, taken one at a time; nil for none
	RowsAt     []any                            // the place in the request that Rows are read from
	Attributes json.Value                       // nil and null stand for those of the base

	// The base of an addition or a removal, as in [store.DatasetSave].
	BaseVersion, BaseEnvironment string
	Deployed                     bool
}

// SaveDataset returns the version that d describes, and makes it and its Dataset if they do not exist. Errors are those of
// [store.DB.SaveDataset]; validation_failed for an invalid path, objects with repeated members, or more than [file.MaxDatapoints]; and
// those of d.Rows.
func (c *Catalog) SaveDataset(ctx context.Context, d DatasetDraft) (file.Snapshot, error) {
	snap, _, err := c.saveDataset(ctx, d)
	return snap, err
}

// AddDatapoints is [Catalog.SaveDataset] for an addition. It also returns how many of the datapoints the base lacked.
func (c *Catalog) AddDatapoints(ctx context.Context, d DatasetDraft) (snap file.Snapshot, added int, err error) {
	d.Action = file.AddDatapoints
	snap, did, err := c.saveDataset(ctx, d)
	return snap, did.Added, err
}

func (c *Catalog) saveDataset(ctx context.Context, d DatasetDraft) (file.Snapshot, store.DatasetSaved, error) {
	d.Content = &file.Dataset{Attributes: d.Attributes}
	save := store.DatasetSave{Action: d.Action, BaseVersion: d.BaseVersion, BaseEnvironment: d.BaseEnvironment, Deployed: d.Deployed}
	if d.Action == "" {
		save.Action = file.SetDatapoints
	}
	if json.Kind(d.Attributes) != 'n' {
		save.Attributes = d.Attributes
	}
	var err error
	if save.Save, err = saveOf(ctx, &d.Draft); err != nil {
		return file.Snapshot{}, store.DatasetSaved{}, err
	}
	if save.Datapoints, err = sealDatapoints(&d); err != nil {
		return file.Snapshot{}, store.DatasetSaved{}, err
	}
	d.Datapoints = nil // for the sake of memory, while they are stored
	return c.db.SaveDataset(ctx, save)
}

// sealDatapoints returns the datapoints of d in their stored form, without duplicates.
func sealDatapoints(d *DatasetDraft) ([]file.SealedDatapoint, error) {
	if len(d.Datapoints) > file.MaxDatapoints {
		return nil, errs.Invalid(fmt.Sprintf("There are %d datapoints. A request gives at most %d: make the version of some, and add the others to it.",
			len(d.Datapoints), file.MaxDatapoints), "datapoints")
	}
	var sealed []file.SealedDatapoint
	seen := map[file.Digest]struct{}{}
	for i, err := range d.all() {
		var one file.SealedDatapoint
		if err != nil {
			return nil, err
		}
		if one, err = i.point.Seal(); err != nil {
			return nil, errs.Invalid("The target holds an object that names a member twice.", "datapoints", i.at, "target")
		}
		if _, known := seen[one.Digest]; !known {
			seen[one.Digest] = struct{}{}
			sealed = append(sealed, one)
		}
	}
	return sealed, nil
}

type given struct {
	at    int
	point *file.Datapoint
}

func (d *DatasetDraft) all() iter.Seq2[given, error] {
	return func(yield func(given, error) bool) {
		for i := range d.Datapoints {
			if !yield(given{i, &d.Datapoints[i]}, nil) {
				return
			}
		}
		if d.Rows == nil {
			return
		}
		at := len(d.Datapoints)
		for point, err := range d.Rows {
			if !yield(given{at, &point}, errs.Within(err, d.RowsAt...)) {
				return
			}
			at++
		}
	}
}
