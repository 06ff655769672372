package versions

import (
	"cmp"
	"context"
	"database/sql"
	"slices"

	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/ids"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/store/sqldb"
)

// DatasetSave asks for a version of a Dataset. Kind, Content and Hash of its Save are ignored: they follow from the rest.
type DatasetSave struct {
	Save
	Action     file.Action
	Datapoints []file.SealedDatapoint // equal datapoints count once

	// Attributes of the version. nil means those of the base. SetDatapoints has no base, so there nil means none.
	Attributes json.Value

	// The base of AddDatapoints and RemoveDatapoints. It is BaseVersion; else the version deployed to BaseEnvironment; else, if Deployed is
	// set, the version that a [file.Ref] without version and environment names; else the version that was saved last.
	BaseVersion, BaseEnvironment string
	Deployed                     bool
}

// DatasetSaved says what became of a [DatasetSave].
type DatasetSaved struct {
	Created bool // the version was made
	Added   int  // of AddDatapoints: how many of the datapoints the base lacked
}

// SaveDataset finds the version of the Dataset with the attributes and datapoints that s leads to, or makes it. Two versions with the
// same set of datapoints, in whatever order, are one. In all else it does as [Store.SaveVersion]. The base is read under the lock of the File,
// so of several additions at once none is lost. A datapoint that is added keeps the Log that it was first made of.
//
// Errors: those of [Store.SaveVersion]; dataset_not_found when there is no Dataset and s removes datapoints or names a base;
// version_not_found and environment_not_found for the base.
func (db *Store) SaveDataset(ctx context.Context, s DatasetSave) (snap file.Snapshot, did DatasetSaved, err error) {
	defer db.Failed("store.SaveDataset", &err)
	s.Kind = file.DatasetKind
	if err := s.check(); err != nil {
		return snap, did, err
	}
	e := datasetEdit{DatasetSave: &s}
	base, err := e.findBase(ctx, db.Read)
	if err == nil {
		err = e.plan(ctx, db.Read, base)
	}
	if err == nil && e.keepsLast(&base) {
		if snap, ok, err := db.asSaved(ctx, &s.Save); ok || err != nil {
			return snap, did, err
		}
	}
	if err != nil {
		return snap, did, err
	}
	if err = e.stage(ctx, db); err == nil {
		snap, did.Created, err = db.saveIn(ctx, "store.SaveDataset", &s.Save, e.save)
	}
	if err != nil || !e.held {
		e.unstage(ctx, db)
	}
	did.Added = e.added
	return snap, did, err
}

// datasetEdit is one SaveDataset. What it leads to is planned outside of the transaction, which other writers wait for, and planned again
// in it if the base has changed since.
type datasetEdit struct {
	*DatasetSave
	base   int64   // the version that the plan is for, 0 for none
	chunks []chunk // that the plan leads to
	added  int     // datapoints that the plan adds to the base
	staged *staged // nil when there is little to store

	sources map[file.Digest]string // the Logs that added datapoints were made of
	held    bool                   // the version was made, and holds all that was staged
}

// datasetBase is the version that an edit starts from. The zero datasetBase is that of a new Dataset.
type datasetBase struct {
	version         int64
	hash            string
	content, chunks []byte
}

// namesBase reports whether s names the base. Otherwise the base is the version that was saved last.
func (s *DatasetSave) namesBase() bool {
	return s.Action != file.SetDatapoints && (s.Deployed || s.BaseVersion != "" || s.BaseEnvironment != "")
}

// keepsLast reports whether the edit leads to the version that was saved last.
func (e *datasetEdit) keepsLast(b *datasetBase) bool {
	return !e.namesBase() && b.version != 0 && b.hash == e.Hash
}

const lastSaved = ` ORDER BY d.saved DESC LIMIT 1`

// findBase returns the version that an edit starts from. A new Dataset has none.
func (e *datasetEdit) findBase(ctx context.Context, q sqldb.Querier) (b datasetBase, err error) {
	t := file.Ref{ID: e.ID, Path: e.Path, VersionID: e.BaseVersion, Environment: e.BaseEnvironment}
	w, order := liveVersion(file.DatasetKind, t), lastSaved
	if e.namesBase() {
		namedVersion(w, t)
		order = ``
	}
	ok, err := sqldb.Found(ctx, q, `SELECT v.seq, v.hash, v.content, d.chunks FROM file f JOIN dataset_version d ON d.file = f.seq JOIN version v ON v.seq = d.version`+
		w.String()+order, w.Args, &b.version, &b.hash, &b.content, &b.chunks)
	if err == nil && !ok && (e.namesBase() || e.Action == file.RemoveDatapoints) {
		err = whyNot(ctx, q, file.DatasetKind, t)
	}
	return b, err
}

// plan computes the content, the hash and the chunks of the version that the edit makes of b.
func (e *datasetEdit) plan(ctx context.Context, q sqldb.Querier, b datasetBase) error {
	refs, err := decodeRefs(b.chunks)
	if err != nil {
		return err
	}
	old, err := readChunks(ctx, q, refs)
	if err != nil {
		return err
	}
	members := e.apply(old)
	content := file.Dataset{Attributes: e.Attributes, Count: len(members), Fingerprint: fingerprint(members)}
	if e.Attributes == nil && e.Action != file.SetDatapoints && b.content != nil {
		var was file.Dataset
		if err := json.UnmarshalForeign(b.content, &was); err != nil {
			return err
		}
		content.Attributes = was.Attributes
	}
	e.base, e.chunks = b.version, cut(members, old)
	e.Content, e.Hash, err = file.Seal(&content)
	return err
}

// apply returns the datapoints of the version that the edit makes of base.
func (e *datasetEdit) apply(base []chunk) []member {
	given := make([]member, 0, len(e.Datapoints))
	seen := make(map[file.Digest]bool, len(e.Datapoints))
	for _, d := range e.Datapoints {
		if !seen[d.Digest] {
			seen[d.Digest] = true
			given = append(given, member{seq: e.staged.seq(d.Digest), digest: d.Digest, content: d.Content, id: e.Past.Datapoint(d.ID)})
		}
	}
	if e.Action == file.SetDatapoints {
		return given
	}
	var kept []member
	for _, c := range base {
		for _, m := range c.members {
			if e.Action == file.AddDatapoints || !seen[m.digest] {
				kept = append(kept, m)
			}
			delete(seen, m.digest)
		}
	}
	if e.Action == file.RemoveDatapoints {
		return kept
	}
	given = slices.DeleteFunc(given, func(m member) bool { return !seen[m.digest] })
	e.added, e.sources = len(given), e.sourcesOf(given)
	return append(kept, given...)
}

func fingerprint(members []member) string {
	return file.Fingerprint(sqldb.Values(members, func(m member) file.Digest { return m.digest }))
}

func (e *datasetEdit) save(w *saving, ctx context.Context) (changed bool, err error) {
	w.staged, e.held = e.staged, false
	if err := w.findFile(ctx); err != nil {
		return false, err
	}
	fresh, err := e.staged.lost(ctx, w)
	if err != nil {
		return false, err
	}
	base, err := e.findBase(ctx, w.tx)
	asPlanned := !fresh && base.version == e.base
	if err == nil && !asPlanned {
		err = e.plan(ctx, w.tx, base)
	}
	if err != nil {
		return false, err
	}
	changed, err = w.saveVersion(ctx)
	if err != nil {
		return false, err
	}
	known, err := w.savedAgain(ctx)
	if err == nil && !known {
		e.held = asPlanned
		err = w.holds(ctx, e.chunks)
	}
	if err == nil && !known {
		err = w.keepSources(ctx, e)
	}
	return changed, err
}

// savedAgain records that a version was saved after all others. It returns false if the version has only just been made.
func (w *saving) savedAgain(ctx context.Context) (known bool, err error) {
	return w.find(ctx, `UPDATE dataset_version SET saved = (SELECT 1 + MAX(l.saved) FROM dataset_version l WHERE l.file = $2)
		WHERE version = $1 RETURNING saved`, []any{w.version, w.file})
}

func (w *saving) holds(ctx context.Context, chunks []chunk) error {
	if err := w.storeChunks(ctx, chunks); err != nil {
		return err
	}
	refs := sqldb.Values(chunks, func(c chunk) chunkRef { return chunkRef{c.seq, len(c.members)} })
	return w.exec(ctx, `INSERT INTO dataset_version (version, file, saved, chunks)
		SELECT $1, $2, 1 + COALESCE(MAX(l.saved), 0), $3 FROM dataset_version l WHERE l.file = $2`,
		w.version, w.file, appendRefs([]byte{}, refs))
}

// storeChunks stores the chunks that are not stored yet, and their datapoints.
func (w *saving) storeChunks(ctx context.Context, chunks []chunk) error {
	if err := w.storeDatapoints(ctx, chunks); err != nil {
		return err
	}
	for i := range chunks {
		c := &chunks[i]
		if c.seq != 0 {
			continue
		}
		if _, err := w.find(ctx, `INSERT INTO datapoint_chunk (members) VALUES ($1) RETURNING seq`, []any{encodeMembers(c.members)}, &c.seq); err != nil {
			return err
		}
		w.chunks = append(w.chunks, c.seq)
	}
	return nil
}

// storeDatapoints sets the seqs of the datapoints in new chunks. It reuses datapoints that the Dataset has or once had, and stores the others.
func (w *saving) storeDatapoints(ctx context.Context, chunks []chunk) error {
	unknown := unstored(chunks)
	if !w.newFile {
		for part := range slices.Chunk(unknown, maxRows) {
			if err := w.findDatapoints(ctx, part); err != nil {
				return err
			}
		}
		unknown = slices.DeleteFunc(unknown, func(m *member) bool { return m.seq != 0 })
	}
	names := make([]string, len(unknown))
	for i := range names {
		names[i] = ids.New(ids.Datapoint, sqldb.FromMicros(w.now))
	}
	slices.Sort(names) // so that the index grows at its end
	for i, m := range unknown {
		names[i] = cmp.Or(m.id, names[i])
	}
	for part := range slices.Chunk(unknown, maxRows) {
		if err := w.makeDatapoints(ctx, part, names); err != nil {
			return err
		}
		names = names[len(part):]
	}
	w.made = unknown
	return nil
}

// unstored returns the datapoints without a seq.
func unstored(chunks []chunk) []*member {
	var unknown []*member
	for _, c := range chunks {
		for i := range c.members {
			if m := &c.members[i]; m.seq == 0 {
				unknown = append(unknown, m)
			}
		}
	}
	return unknown
}

// maxRows is how many datapoints one statement finds or stores.
const maxRows = 32

func (w *saving) findDatapoints(ctx context.Context, list []*member) error {
	var c sqldb.Where
	c.Add("file = ?", w.file)
	sqldb.In(&c, "digest", sqldb.Values(list, func(m *member) []byte { return m.digest[:] }))
	return sqldb.Each(ctx, w.tx, `SELECT seq, digest FROM datapoint`+c.String(), c.Args, numbering(list))
}

func (w *saving) makeDatapoints(ctx context.Context, list []*member, names []string) error {
	var c sqldb.Where
	owner := c.Param(w.file)
	text := []byte(`INSERT INTO datapoint (id, file, digest, content) VALUES `)
	for i, m := range list {
		if i > 0 {
			text = append(text, ", "...)
		}
		text = append(text, "("+c.Param(names[i])+", "+owner+", "+c.Param(m.digest[:])+", "+c.Param([]byte(m.content))+")"...)
	}
	return sqldb.Each(ctx, w.tx, string(text)+` RETURNING seq, digest`, c.Args, numbering(list))
}

// numbering returns a scan of rows of seq and digest, which sets the seq of the members with these digests.
func numbering(list []*member) func(*sql.Rows) error {
	byDigest := make(map[file.Digest]*member, len(list))
	for _, m := range list {
		byDigest[m.digest] = m
	}
	return func(rows *sql.Rows) error {
		var seq int64
		var digest []byte
		if err := rows.Scan(&seq, &digest); err != nil {
			return err
		}
		if m := byDigest[file.Digest(digest)]; m != nil {
			m.seq = seq
		}
		return nil
	}
}
