package archive

import (
	"cmp"
	"context"
	"fmt"
	"hash/maphash"
	"os"

	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/store"
	"github.com/openloop-server/openloop/internal/trace"
)

const (
	// batchLogs and batchBytes are the most Logs, and about the most bytes of them, that are stored at once.
	batchLogs  = 512
	batchBytes = 4 << 20
	// openFiles is how many files of Logs are open at once.
	openFiles = 64
	// maxTexts is how many texts of versions are remembered.
	maxTexts = 10_000
	// maxTraceDepth is how deep Logs are looked for below each other.
	maxTraceDepth = 1000
)

// keepLogs keeps all Logs, the oldest first, and those that judge others after these.
func (im *importer) keepLogs(ctx context.Context) error {
	w := im.keepingLogs()
	defer w.close()
	for _, places := range [][]logPlace{im.index.logs, im.index.judges} {
		for i := range places {
			if err := w.keepAt(ctx, &places[i]); err != nil {
				return err
			}
		}
		if err := w.flush(ctx); err != nil {
			return err
		}
	}
	return nil
}

// logKeeping is the import of Logs.
type logKeeping struct {
	*importer
	versions map[string]versionHere // by the ids in the export
	texts    map[uint64]versionHere // by hashes of the texts that Logs name them with, of those that are here
	told     map[string]bool        // what was noted already

	open   map[uint32]*os.File
	opened []uint32 // in their order
	buffer []byte

	batch []*trace.Log
	size  int
	done  int
}

func (im *importer) keepingLogs() *logKeeping {
	return &logKeeping{importer: im, versions: map[string]versionHere{}, texts: map[uint64]versionHere{}, told: map[string]bool{}, open: map[uint32]*os.File{}}
}

// versionHere is what the version of a Log is here.
type versionHere struct {
	fileID, id string // "" for one that is not here
}

func (w *logKeeping) close() {
	for _, f := range w.open {
		_ = f.Close()
	}
}

// keepAt keeps the Log at a place, and those in it that have no line of their own.
func (w *logKeeping) keepAt(ctx context.Context, at *logPlace) error {
	f, err := w.file(at.file)
	if err != nil {
		return err
	}
	if cap(w.buffer) < int(at.length) || cap(w.buffer) > 4<<20 && at.length < 1<<20 {
		w.buffer = make([]byte, max(at.length, 64<<10))
	}
	raw := w.buffer[:at.length]
	if _, err := f.ReadAt(raw, at.offset); err != nil {
		return &Fault{File: w.index.files[at.file], Reason: "It has changed while it was read."}
	}
	return w.keep(ctx, raw, fmt.Sprintf("%s, at byte %d", w.index.files[at.file], at.offset), "", 0)
}

// file opens a file of Logs, or finds it open.
func (w *logKeeping) file(number uint32) (*os.File, error) {
	if f := w.open[number]; f != nil {
		return f, nil
	}
	if len(w.opened) >= openFiles {
		_ = w.open[w.opened[0]].Close()
		delete(w.open, w.opened[0])
		w.opened = w.opened[1:]
	}
	f, err := w.t.open(w.index.files[number])
	if err == nil {
		w.open[number], w.opened = f, append(w.opened, number)
	}
	return f, err
}

// keep keeps a Log, which stands at a place, and those in it that have no line of their own. root is the trace that it is in, if only that is told.
func (w *logKeeping) keep(ctx context.Context, raw json.Value, at, root string, depth int) error {
	var r logRecord
	count := w.report.count("logs")
	if err := json.UnmarshalForeign(raw, &r); err != nil {
		count.Read++
		count.Left++
		w.report.notef("log", r.ID, "", LeftOut, "%s", fault(raw, err, at, 0))
		return nil
	}
	kind, of := r.version()
	r.Kind = kind
	if r.TraceID == "" {
		r.TraceID = root
	}
	if r.TraceID == "" && r.TraceParentID == "" && len(r.TraceChildren) > 0 {
		r.TraceID = r.ID
	}
	if err := w.add(ctx, &r, raw, of); err != nil {
		return err
	}
	if depth >= maxTraceDepth {
		return nil
	}
	for _, inside := range [][]json.Value{r.TraceChildren, r.EvaluatorLogs} {
		for _, other := range inside {
			if err := w.keepInside(ctx, other, at, r.TraceID, depth+1); err != nil {
				return err
			}
		}
	}
	return nil
}

// keepInside keeps a Log that stands in another one, unless it has a line of its own.
func (w *logKeeping) keepInside(ctx context.Context, raw json.Value, at, root string, depth int) error {
	var h logHead
	if json.UnmarshalForeign(raw, &h) != nil || h.ID == "" || len(h.ID) > maxID || h.CreatedAt.IsZero() || !w.o.since(h.CreatedAt.Time) || w.index.met(h.ID) {
		return nil //nolint:nilerr // what is no Log is none that is missing
	}
	if h.judges() {
		root = ""
	}
	return w.keep(ctx, raw, at, root, depth)
}

// add adds a Log to the batch, if its version is here.
func (w *logKeeping) add(ctx context.Context, r *logRecord, raw, of json.Value) error {
	version, err := w.versionOfText(ctx, r.ID, r.Kind, of)
	if err != nil {
		return err
	}
	if version.id == "" {
		count := w.report.count("logs")
		count.Read++
		count.Left++
		return nil
	}
	l := r.log()
	l.FileID, l.VersionID = version.fileID, version.id
	l.DatapointID = cmp.Or(w.datapoints[l.DatapointID], l.DatapointID)
	if l.TraceParentID == l.ID {
		l.TraceParentID = ""
	}
	if unknown, kept := unknownIn(raw, knownOf("")); len(unknown) > 0 {
		w.keepMembers(l, unknown, kept)
	}
	w.batch = append(w.batch, l)
	w.size += len(raw)
	if len(w.batch) < batchLogs && w.size < batchBytes {
		return nil
	}
	return w.flush(ctx)
}

// keepMembers puts members that have no place into the metadata of a Log, below "imported". They are told once.
func (w *logKeeping) keepMembers(l *trace.Log, unknown []string, kept json.Value) {
	if merged, err := json.Merge(json.ObjectOrEmpty(l.Metadata), append(append(json.Value(`{"imported":`), kept...), '}')); err == nil {
		l.Metadata = merged
	}
	if key := names(unknown); !w.told[key] {
		w.told[key] = true
		w.report.notef("log", l.ID, "", Unknown, "In this Log and perhaps others, the members %s have no place here, and are in `metadata.imported`.", key)
	}
}

// flush stores the batch.
func (w *logKeeping) flush(ctx context.Context) error {
	if len(w.batch) == 0 {
		return ctx.Err()
	}
	stored, err := w.store(ctx)
	if err != nil {
		return err
	}
	count := w.report.count("logs")
	seen := map[string]bool{}
	for i, l := range w.batch {
		switch {
		case stored[i]:
			count.New++
		case seen[l.ID]:
			continue
		default:
			count.Here++
		}
		seen[l.ID] = true
		count.Read++
	}
	w.done += len(w.batch)
	w.progress("importing Logs: %d of about %d", w.done, len(w.index.logs)+len(w.index.judges))
	clear(w.batch)
	w.batch, w.size = w.batch[:0], 0
	return nil
}

// store stores the batch, or of a dry run only tells what would be.
func (w *logKeeping) store(ctx context.Context) ([]bool, error) {
	if err := w.findTraces(ctx); err != nil {
		return nil, err
	}
	if !w.o.DryRun {
		return w.db.ImportLogs(ctx, w.batch)
	}
	ids := make([]string, len(w.batch))
	for i, l := range w.batch {
		ids[i] = l.ID
	}
	there, err := w.db.Restore.Traces(ctx, ids)
	stored := make([]bool, len(w.batch))
	for i, id := range ids {
		_, here := there[id]
		stored[i] = !here
	}
	return stored, err
}

// findTraces finds the traces of Logs that only say what they are below.
func (w *logKeeping) findTraces(ctx context.Context) error {
	var parents []string
	for _, l := range w.batch {
		if l.TraceID == "" && l.TraceParentID != "" {
			parents = append(parents, l.TraceParentID)
		}
	}
	if len(parents) == 0 {
		return nil
	}
	traces, err := w.db.Restore.Traces(ctx, parents)
	for _, l := range w.batch {
		if l.TraceID == "" && l.TraceParentID != "" {
			l.TraceID = cmp.Or(traces[l.TraceParentID], l.TraceParentID)
		}
		traces[l.ID] = l.TraceID
	}
	return err
}

// versionOfText is like versionOf for Logs, of which many name a version with the same text.
func (w *logKeeping) versionOfText(ctx context.Context, by string, kind file.Kind, of json.Value) (versionHere, error) {
	hash := maphash.Bytes(w.index.seed, of)
	if known, ok := w.texts[hash]; ok {
		return known, nil
	}
	found, err := w.versionOf(ctx, "log", by, kind, of)
	if err == nil && found.id != "" {
		if len(w.texts) >= maxTexts {
			clear(w.texts)
		}
		w.texts[hash] = found
	}
	return found, err
}

// versionOf finds the version that a Log or something else names, which is of a kind, or of any for "". One that the export has nowhere else is kept as a
// deleted one. If it cannot be had, that is noted of what names it.
func (w *logKeeping) versionOf(ctx context.Context, object, by string, kind file.Kind, of json.Value) (versionHere, error) {
	var ids versionNames
	if json.Object(of) == nil || json.UnmarshalForeign(of, &ids) != nil || ids.VersionID == "" {
		w.report.notef(object, by, "", LeftOut, "It names no version of a File.")
		return versionHere{}, nil //nolint:nilerr // it is noted
	}
	if known, ok := w.versions[ids.VersionID]; ok {
		return known, nil
	}
	placed, err := w.db.Restore.Placed(ctx, []string{ids.VersionID})
	if err != nil {
		return versionHere{}, err
	}
	found := versionHere{}
	p, here := placed[ids.VersionID]
	f := w.byID[ids.ID]
	switch {
	case here && p.FileID == ids.ID:
		found = versionHere{ids.ID, p.ID}
	case w.o.DryRun && !here && f.plans(ids.VersionID):
		found = versionHere{ids.ID, w.versionHere(ids.VersionID)}
	case here || !f.mayHave(&ids, kind):
		w.report.notef(object, by, "", Dangling, "Its version `%s` of `%s` is not here. There may be others that name it.", ids.VersionID, ids.ID)
	case w.o.DryRun:
		found = versionHere{ids.ID, w.versionHere(ids.VersionID)}
	default:
		if found, err = w.keepDeleted(ctx, f, of); err != nil {
			return found, err
		}
	}
	w.versions[ids.VersionID] = found
	return found, nil
}

// mayHave reports whether a version, which is not here, can be kept as one of f. Of a Dataset nobody knows the datapoints.
func (f *plannedFile) mayHave(ids *versionNames, kind file.Kind) bool {
	if f == nil || f.left || f.kind == file.DatasetKind || f.kind != ids.Type {
		return false
	}
	return (kind == "" || f.kind == kind) && IsID(ids.VersionID)
}

// versionNames are the ids and the kind of a version.
type versionNames struct {
	fileNames
	Type file.Kind `json:"type"`
}

// keepDeleted keeps a version that lists had no more.
func (w *logKeeping) keepDeleted(ctx context.Context, f *plannedFile, of json.Value) (found versionHere, err error) {
	var v versionRecord
	var s store.Save
	content, err := contentOf(f.kind, of)
	if err == nil {
		err = json.UnmarshalForeign(of, &v)
	}
	if err == nil {
		keepUnknown(content, of)
		s.Content, s.Hash, err = file.Seal(content)
	}
	count := w.report.count("versions")
	count.Read++
	if err != nil || v.CreatedAt.IsZero() {
		count.Left++
		w.report.notef("version", v.VersionID, f.path, LeftOut, "Only Logs or Runs name it, and it cannot be read there.")
		return found, nil //nolint:nilerr // it is noted
	}
	count.New++
	byHash, err := w.db.Restore.Hashes(ctx, f.id)
	if err != nil {
		return found, err
	}
	if same := byHash[s.Hash]; same != "" {
		w.aliases[v.VersionID] = same
		w.report.notef("version", v.VersionID, f.path, Alias, "Only Logs or Runs name it. The content is that of version `%s`, which the id stands for.", same)
		return versionHere{f.id, same}, w.db.Restore.KeepAlias(ctx, v.VersionID, f.id, same)
	}
	s.Kind, s.ID, s.VersionDescription, s.By, s.Draft = f.kind, f.id, v.about(), v.CreatedBy.id(), v.Draft
	s.Past = v.past(f.id, v.VersionID)
	s.Past.Deleted = !v.Draft
	_, _, err = w.db.SaveVersion(ctx, s)
	return versionHere{f.id, v.VersionID}, err
}
