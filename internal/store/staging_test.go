package store_test

import (
	"context"
	"strconv"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/store"
	"github.com/openloop-server/openloop/internal/trace"
)

// many are so many datapoints, from one on, that they are stored in several transactions.
func many(t *testing.T, from, to int) []file.SealedDatapoint {
	t.Helper()
	var out []file.SealedDatapoint
	for i := from; i < to; i++ {
		d := file.Datapoint{Inputs: map[string]string{"a": strconv.Itoa(i)}}
		sealed, err := d.Seal()
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, sealed)
	}
	return out
}

// rowsOf are the numbers of rows that a Dataset is made of.
func rowsOf(t *testing.T, db *store.DB) []string {
	t.Helper()
	lines, err := db.Lines(t.Context(), `SELECT CAST(COUNT(*) AS TEXT) FROM file UNION ALL SELECT CAST(COUNT(*) AS TEXT) FROM datapoint
		UNION ALL SELECT CAST(COUNT(*) AS TEXT) FROM datapoint_chunk UNION ALL SELECT CAST(COUNT(*) AS TEXT) FROM dataset_version`)
	if err != nil {
		t.Fatal(err)
	}
	return lines
}

// inOrder reports whether the version has the datapoints from one on, in their order.
func inOrder(t *testing.T, db *store.DB, snap *file.Snapshot, from, to int) {
	t.Helper()
	list, total, err := db.Datapoints(t.Context(), snap.Version.ID, trace.Page{Number: 1, Size: to})
	if err != nil || total != to-from {
		t.Fatalf("%d datapoints, %v", total, err)
	}
	for i := range list {
		if list[i].Inputs["a"] != strconv.Itoa(from+i) {
			t.Fatalf("datapoint %d is %v", i, list[i].Inputs)
		}
	}
}

// TestLargeEditsAreStoredInParts makes a Dataset of many datapoints and adds as many: other writers wait for none of the transactions long,
// and nobody sees a part. Fault E1.
func TestLargeEditsAreStoredInParts(t *testing.T) {
	onBoth(t, func(t *testing.T, o store.Options) {
		db := open(t, o)
		made, did, err := db.SaveDataset(t.Context(), store.DatasetSave{Save: store.Save{Path: "dir/d"}, Action: file.SetDatapoints, Datapoints: many(t, 0, 3000)})
		if err != nil || !did.Created {
			t.Fatal(did, err)
		}
		inOrder(t, db, &made, 0, 3000)
		var writers sync.WaitGroup
		for i := range 2 {
			writers.Go(func() {
				_, _, err := db.SaveDataset(t.Context(), store.DatasetSave{Save: store.Save{ID: made.File.ID}, Action: file.AddDatapoints, Datapoints: many(t, 3000, 6000+i)})
				if err != nil {
					t.Error(err)
				}
			})
		}
		writers.Wait()
		last, _, err := db.SaveDataset(t.Context(), store.DatasetSave{Save: store.Save{Path: "dir/d"}, Action: file.AddDatapoints})
		if err != nil || last.File.ID != made.File.ID {
			t.Fatal(err)
		}
		inOrder(t, db, &last, 0, 6001)
	})
}

// TestFailedEditsLeaveNothing fails after many datapoints were stored. Fault E1.
func TestFailedEditsLeaveNothing(t *testing.T) {
	onBoth(t, func(t *testing.T, o store.Options) {
		db := open(t, o)
		savePrompt(t, db)
		for _, s := range []store.DatasetSave{
			{Save: store.Save{Path: "d", VersionName: "taken"}, Action: file.SetDatapoints, Datapoints: many(t, 0, 10)},
			{Save: store.Save{Path: "d"}, Action: file.AddDatapoints, Datapoints: many(t, 0, 2500)},
		} {
			if _, _, err := db.SaveDataset(t.Context(), s); err != nil {
				t.Fatal(err)
			}
		}
		before := rowsOf(t, db)
		gone, cancel := context.WithCancel(t.Context())
		cancel()
		for name, c := range map[string]struct {
			ctx    context.Context
			save   store.Save
			reason errs.Reason
		}{
			"a name that is taken":        {t.Context(), store.Save{Path: "d", VersionName: "taken"}, errs.AlreadyExists},
			"a new path that is taken":    {t.Context(), store.Save{Path: "p"}, errs.AlreadyExists},
			"a caller who is gone":        {gone, store.Save{Path: "d"}, ""},
			"a caller of a new Dataset":   {gone, store.Save{Path: "new"}, ""},
			"a Dataset that is not there": {t.Context(), store.Save{ID: "ds_x"}, errs.DatasetNotFound},
		} {
			_, _, err := db.SaveDataset(c.ctx, store.DatasetSave{Save: c.save, Action: file.SetDatapoints, Datapoints: many(t, 0, 5000)})
			if err == nil || c.ctx == t.Context() && !errs.Is(err, c.reason) {
				t.Errorf("%s: %v", name, err)
			}
			if d := cmp.Diff(before, rowsOf(t, db)); d != "" {
				t.Errorf("%s leaves rows (-before +after):\n%s", name, d)
			}
		}
	})
}
