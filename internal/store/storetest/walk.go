package storetest

import (
	"cmp"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/store"
	"github.com/openloop-server/openloop/internal/trace"
)

// randomWalk does operations in an order by chance on the database and on a model, and compares. All walks share the database, each
// with paths and ids of its own.
func randomWalk(t *testing.T, h *harness) {
	var walks atomic.Int64
	rapid.Check(t, func(r *rapid.T) {
		w := &walk{h: h, t: t, prefix: "w" + itoa(int(walks.Add(1))) + "_", files: map[string]*modelFile{}, logs: map[string]*modelLog{}}
		r.Repeat(map[string]func(*rapid.T){
			"save":   w.save,
			"append": w.append,
			"update": w.update,
			"delete": w.delete,
			"drop":   w.drop,
			"":       w.compare,
		})
	})
}

// modelFile is what the model knows of a File: its versions in order, the first of which is deployed.
type modelFile struct {
	id       string
	versions []file.Snapshot
}

type modelLog struct {
	log   trace.Log
	order int
}

type walk struct {
	h      *harness
	t      *testing.T
	prefix string
	files  map[string]*modelFile // by path
	gone   []file.Snapshot       // versions of deleted Files
	logs   map[string]*modelLog
	order  int
}

var (
	walkPaths  = rapid.SampledFrom([]string{"a", "b", "d/"})
	walkModels = rapid.SampledFrom([]string{"one", "two", "three"})
	walkIDs    = rapid.SampledFrom([]string{"1", "2", "3", "4", "5", "6"})
)

func (w *walk) save(r *rapid.T) {
	path, model := walkPaths.Draw(r, "path")+w.prefix, walkModels.Draw(r, "model")
	s := prompt(path, model)
	snap, created, err := w.h.SaveVersion(w.t.Context(), s)
	if err != nil {
		r.Fatal(err)
	}
	f := w.files[path]
	if f == nil {
		f = &modelFile{id: snap.File.ID}
		w.files[path] = f
	}
	known := slices.ContainsFunc(f.versions, func(v file.Snapshot) bool { return v.Version.Hash == s.Hash })
	if created == known || snap.File.ID != f.id {
		r.Fatalf("created %v, known %v, File %s of %s", created, known, snap.File.ID, f.id)
	}
	if created {
		f.versions = append(f.versions, snap)
	}
}

// anyVersion draws one of the versions, those of deleted Files too; false when there are none.
func (w *walk) anyVersion(r *rapid.T) (file.Snapshot, bool) {
	all := slices.Clone(w.gone)
	for _, f := range w.files {
		all = append(all, f.versions...)
	}
	if len(all) == 0 {
		return file.Snapshot{}, false
	}
	slices.SortFunc(all, func(a, b file.Snapshot) int { return cmp.Compare(a.Version.ID, b.Version.ID) })
	return rapid.SampledFrom(all).Draw(r, "version"), true
}

func (w *walk) append(r *rapid.T) {
	version, ok := w.anyVersion(r)
	if !ok {
		r.Skip("no versions")
	}
	l := logOf(&version, w.prefix+walkIDs.Draw(r, "id"))
	if rapid.Bool().Draw(r, "traced") {
		l.TraceParentID = w.prefix + walkIDs.Draw(r, "parent")
	}
	l.CreatedAt = at(rapid.IntRange(0, 5).Draw(r, "minute"))
	l.StartTime, l.EndTime = walkTime(r, "start"), walkTime(r, "end")
	l.Status = rapid.SampledFrom([]trace.Status{"", "", trace.Incomplete, trace.Incomplete, trace.Complete}).Draw(r, "status")
	err := w.h.AppendLog(w.t.Context(), l)
	parent := w.logs[l.TraceParentID]
	switch {
	case l.TraceParentID != "" && parent == nil:
		w.want(r, err, errs.LogNotFound)
		return
	case w.logs[l.ID] != nil && w.takesNone(l.TraceParentID):
		w.want(r, err, errs.AlreadyExists, errs.IllegalState) // whichever is met first
		return
	case w.logs[l.ID] != nil:
		w.want(r, err, errs.AlreadyExists)
		return
	case w.takesNone(l.TraceParentID):
		w.want(r, err, errs.IllegalState)
		return
	case err != nil:
		r.Fatal(err)
	}
	stored := *l
	if parent != nil {
		parent.log.TraceID = cmp.Or(parent.log.TraceID, parent.log.ID)
		stored.TraceID = parent.log.TraceID
	}
	w.order++
	w.logs[l.ID] = &modelLog{stored, w.order}
	w.cover(&stored)
}

func walkTime(r *rapid.T, label string) time.Time {
	minute := rapid.IntRange(-1, 5).Draw(r, label)
	if minute < 0 {
		return time.Time{}
	}
	return at(minute)
}

// takesNone reports whether the Log with the id, or one above it, is complete.
func (w *walk) takesNone(id string) bool {
	for l := w.logs[id]; l != nil; l = w.logs[l.log.TraceParentID] {
		if l.log.Status == trace.Complete {
			return true
		}
	}
	return false
}

// cover widens the times of what lies above l and has a status.
func (w *walk) cover(l *trace.Log) {
	for above := w.logs[l.TraceParentID]; above != nil; above = w.logs[above.log.TraceParentID] {
		a := &above.log
		if a.Status == "" {
			continue
		}
		if !l.StartTime.IsZero() && (a.StartTime.IsZero() || a.StartTime.After(l.StartTime)) {
			a.StartTime = l.StartTime
		}
		if l.EndTime.After(a.EndTime) {
			a.EndTime = l.EndTime
		}
	}
}

func (w *walk) want(r *rapid.T, err error, reasons ...errs.Reason) {
	if !errs.Is(err, reasons...) {
		r.Fatalf("error is %v, want %v", err, reasons)
	}
}

func (w *walk) update(r *rapid.T) {
	id, user := w.prefix+walkIDs.Draw(r, "id"), rapid.String().Draw(r, "user")
	start, end := walkTime(r, "start"), walkTime(r, "end")
	updated, err := w.h.UpdateLog(w.t.Context(), id, func(l *trace.Log) error {
		l.User, l.Payload.Output, l.StartTime, l.EndTime = user, &user, start, end
		return nil
	})
	known := w.logs[id]
	if known == nil {
		w.want(r, err, errs.LogNotFound)
		return
	}
	if err != nil {
		r.Fatal(err)
	}
	known.log.User, known.log.Payload.Output, known.log.UpdatedAt = user, &user, updated.UpdatedAt
	changed := !start.Equal(known.log.StartTime) || !end.Equal(known.log.EndTime)
	if known.log.StartTime, known.log.EndTime = start, end; changed {
		w.cover(&known.log)
	}
}

func (w *walk) delete(r *rapid.T) {
	var ids []string
	want := 0
	for _, id := range rapid.SliceOfNDistinct(walkIDs, 0, 3, rapid.ID).Draw(r, "ids") {
		ids = append(ids, w.prefix+id)
		want += w.forget(w.prefix + id)
	}
	n, err := w.h.DeleteLogs(w.t.Context(), ids)
	if err != nil || n != want {
		r.Fatalf("deleted %d, %v; want %d", n, err, want)
	}
}

// forget removes a Log of the model with all below it, and returns how many they were.
func (w *walk) forget(id string) int {
	if w.logs[id] == nil {
		return 0
	}
	delete(w.logs, id)
	n := 1
	for below, l := range w.logs {
		if l.log.TraceParentID == id {
			n += w.forget(below)
		}
	}
	return n
}

func (w *walk) drop(r *rapid.T) {
	path := walkPaths.Draw(r, "path") + w.prefix
	f := w.files[path]
	if f == nil {
		r.Skip("no such File")
	}
	if err := w.h.DeleteFile(w.t.Context(), file.PromptKind, f.id); err != nil {
		r.Fatal(err)
	}
	delete(w.files, path)
	w.gone = append(w.gone, f.versions...)
}

func (w *walk) compare(r *rapid.T) {
	w.compareFiles(r)
	w.compareLogs(r)
}

func (w *walk) compareFiles(r *rapid.T) {
	got := map[string][3]string{}
	all, _, err := w.h.Files(w.t.Context(), store.FileFilter{NameContains: w.prefix, Page: page(1, 10)})
	if err != nil {
		r.Fatal(err)
	}
	for _, s := range all {
		got[s.File.Path] = [3]string{s.File.ID, s.Version.ID, itoa(int(s.File.LogsCount)) + "/" + itoa(int(s.Version.LogsCount))}
	}
	want := map[string][3]string{}
	for path, f := range w.files {
		first := f.versions[0].Version.ID
		ofFile, ofVersion := 0, 0
		for _, l := range w.logs {
			if l.log.FileID == f.id {
				ofFile++
			}
			if l.log.VersionID == first {
				ofVersion++
			}
		}
		want[path] = [3]string{f.id, first, itoa(ofFile) + "/" + itoa(ofVersion)}
	}
	compareIn(r, "Files", want, got)
}

func (w *walk) compareLogs(r *rapid.T) {
	byFile := map[string][]*modelLog{}
	for _, l := range w.logs {
		byFile[l.log.FileID] = append(byFile[l.log.FileID], l)
	}
	for id, list := range byFile {
		slices.SortFunc(list, func(a, b *modelLog) int {
			return cmp.Or(a.log.CreatedAt.Compare(b.log.CreatedAt), cmp.Compare(a.order, b.order))
		})
		var want []*trace.Log
		for _, l := range list {
			want = append(want, &l.log)
		}
		got, total, err := w.h.Logs(w.t.Context(), trace.Filter{FileID: id, Page: page(1, 100)})
		if err != nil || total != len(want) {
			r.Fatalf("%d Logs, %v; want %d", total, err, len(want))
		}
		compareIn(r, "Logs", want, got)
	}
}
