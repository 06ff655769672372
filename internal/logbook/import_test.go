package logbook_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/logbook"
	"github.com/openloop-server/openloop/internal/trace"
)

// imported are the reasons why entries were not recorded, "" for those that were.
func (f *fixture) imported(t *testing.T, entries ...logbook.Entry) []errs.Reason {
	t.Helper()
	var reasons []errs.Reason
	for _, err := range f.Import(asked(t), entries) {
		reason := errs.Reason("")
		if err != nil {
			reason = errs.From(err).Reason
		}
		reasons = append(reasons, reason)
	}
	return reasons
}

func inTrace(e logbook.Entry, id string) logbook.Entry {
	e.Log.TraceID = id
	return e
}

// TestImportOfATraceInPieces imports what lies below a root before it, the rest with it, and the root again.
func TestImportOfATraceInPieces(t *testing.T) {
	f := open(t)
	f.imported(t, inTrace(tool("early", "root"), "root"))
	f.imported(t, inTrace(flow("root", trace.Complete), "root"), inTrace(tool("one", "root"), "root"), inTrace(tool("two", "one"), "root"), tool("alone", ""))
	f.imported(t, inTrace(tool("late", "root"), "root"))
	f.imported(t, inTrace(flow("root", trace.Complete), "root"))
	got := map[string]string{}
	for _, id := range []string{"root", "early", "one", "two", "late", "alone"} {
		l, err := f.db.Log(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		got[id] = l.TraceID + " below " + l.TraceParentID
	}
	want := map[string]string{
		"root": "root below ", "early": "root below root", "one": "root below root", "two": "root below one", "late": "root below root", "alone": " below ",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

// TestImportRefusesOneByOne imports entries of which some cannot be recorded.
func TestImportRefusesOneByOne(t *testing.T) {
	f := open(t)
	nowhere := tool("nowhere", "")
	nowhere.Path = "a//b"
	got := f.imported(t, tool("good", ""), nowhere, flow("good", trace.Complete), tool("good", ""), tool("orphan", "nobody"))
	// Of the two kinds that want the id, one comes first.
	if got[0] == errs.AlreadyExists {
		got[0], got[2], got[3] = got[2], got[0], got[2]
	}
	if d := cmp.Diff([]errs.Reason{"", errs.ValidationFailed, errs.AlreadyExists, "", errs.LogNotFound}, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

// TestImportOfManyMakesAVersionOnce imports more Logs than wait for their commit together.
func TestImportOfManyMakesAVersionOnce(t *testing.T) {
	f := open(t)
	var entries []logbook.Entry
	for i := range 600 {
		entries = append(entries, tool(string(rune('a'+i%26))+string(rune('A'+i/26)), ""))
	}
	for i, reason := range f.imported(t, entries...) {
		if reason != "" {
			t.Fatalf("entry %d: %s", i, reason)
		}
	}
	versions := map[string]int{}
	for i := range entries {
		l, err := f.db.Log(t.Context(), entries[i].Log.ID)
		if err != nil {
			t.Fatal(err)
		}
		versions[l.VersionID]++
	}
	if len(versions) != 1 {
		t.Errorf("the Logs are of %v", versions)
	}
}
