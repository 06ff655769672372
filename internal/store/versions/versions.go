package versions

import (
	"cmp"
	"context"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/ids"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/store/sqldb"
)

// Save asks for a version of a File.
type Save struct {
	Kind file.Kind
	// ID or Path names the File. If both are set, ID names the File and Path must be its path. An unknown Path makes a new File.
	ID, Path string // Path as [file.CleanPath] returns it

	Content json.Value // from [file.Seal]
	Hash    string     // from [file.Seal]

	// Name and description of the version. "" keeps those of an existing version.
	VersionName, VersionDescription string

	// Attributes of the File. nil keeps the current value.
	Description, Readme *string
	Tags                *[]string

	By     string // id of the API key
	Inline bool   // nobody saves the version: a call or a Log brings its content along
	New    bool   // the File must not exist yet

	// Draft makes a version that is only tried, of a File that exists. Lists leave it out, and only its id names it. A version that exists stays
	// what it is. A draft is saved when it is deployed or described, or by a Save of the same content.
	Draft bool

	// Past is set for a version from elsewhere, which is deployed nowhere.
	Past *file.Past
}

// byHand reports whether somebody saves the version.
func (s *Save) byHand() bool { return !s.Inline && !s.Draft }

// SaveVersion finds the version of the File with s.Hash, or makes it. created reports whether the version was made. A deleted version comes
// back with its id and counts as made. SaveVersion also makes the File and its directories if they are missing. The first version of a new
// File is deployed to the default environment. Later versions are not.
//
// Errors: the kind's not found for an unknown ID, or the Path of a draft; already_exists if the path is taken by another kind, or by any File where
// s.New wants none, or the version name by another version; validation_failed if ID and Path name different Files, or a path or name holds U+0000.
func (db *Store) SaveVersion(ctx context.Context, s Save) (snap file.Snapshot, created bool, err error) {
	if err := s.check(); err != nil {
		return snap, false, err
	}
	if snap, ok, err := db.asSaved(ctx, &s); ok || err != nil {
		return snap, false, db.Fail("store.SaveVersion", err)
	}
	return db.saveIn(ctx, s.op(), &s, (*saving).save)
}

// check refuses texts that a database cannot hold.
func (s *Save) check() error {
	if sqldb.Storable(s.Path) != s.Path {
		return errs.Invalid("The path must be a text that can be printed.", "path")
	}
	if sqldb.Storable(s.VersionName) != s.VersionName {
		return errs.Invalid("The name of a version must be a text that can be printed.", "version_name")
	}
	return nil
}

// saveIn runs save in a transaction and returns the version that it found or made.
func (db *Store) saveIn(ctx context.Context, op string, s *Save, save func(*saving, context.Context) (bool, error)) (snap file.Snapshot, created bool, err error) {
	err = db.changeFiles(ctx, op, func(ctx context.Context, c *changing) (bool, error) {
		w := saving{changing: c, Save: s}
		if s.Past != nil {
			c.then = sqldb.Micros(s.Past.CreatedAt)
		}
		changed, err := save(&w, ctx)
		if err != nil {
			return false, err
		}
		created = w.newVersion
		c.tx.Detail(w.versionID)
		if snap, err = snapshot(ctx, c.tx, s.Kind, file.Ref{ID: w.fileID, VersionID: w.versionID}); err == nil && s.Past != nil {
			err = w.keepPast(ctx)
		}
		return changed, err
	})
	return snap, created, err
}

// keepPast keeps what is known of a version from elsewhere after it was made.
func (w *saving) keepPast(ctx context.Context) error {
	const used = `INSERT INTO usage (file, version, logs_count, last_used_us) SELECT v.file, v.seq, 0, CAST($2 AS BIGINT) FROM version v WHERE v.seq = $1 AND v.created_us < $2
		ON CONFLICT (file, version) DO UPDATE SET last_used_us = CASE WHEN usage.last_used_us < excluded.last_used_us THEN excluded.last_used_us ELSE usage.last_used_us END`
	err := w.exec(ctx, used, w.version, sqldb.Micros(w.Past.UsedAt))
	if err != nil || !w.newVersion || !w.Past.Deleted {
		return err
	}
	return w.exec(ctx, `UPDATE version SET deleted_us = updated_us WHERE seq = $1`, w.version)
}

// asSaved checks, without a transaction, whether s would change nothing. That is the usual case: calls bring their Prompt along.
func (db *Store) asSaved(ctx context.Context, s *Save) (snap file.Snapshot, ok bool, err error) {
	w := liveVersion(s.Kind, file.Ref{ID: s.ID, Path: s.Path})
	w.Add("v.hash = ?", s.Hash)
	snaps, err := readSnapshots(ctx, db.Read, snapshotTables+w.String(), w.Args)
	if err != nil || len(snaps) == 0 || !s.changesNothing(&snaps[0]) || snaps[0].Version.Draft && !s.Draft {
		return snap, false, err
	}
	return snaps[0], true, nil
}

func (s *Save) changesNothing(snap *file.Snapshot) bool {
	same := func(wanted, has string) bool { return wanted == "" || wanted == has }
	return !s.New && (s.Inline || snap.Version.Saved) && same(s.Path, snap.File.Path) && same(s.VersionName, snap.Version.Name) &&
		same(s.VersionDescription, snap.Version.Description) && s.Description == nil && s.Readme == nil && s.Tags == nil
}

// saving is one SaveVersion in its transaction.
type saving struct {
	*changing
	*Save

	file, version       int64
	fileID, versionID   string
	newFile, newVersion bool

	staged *staged   // for a Dataset: what is already stored
	made   []*member // likewise: the datapoints that were stored last
	chunks []int64   // likewise: the chunks that were stored
}

func (w *saving) save(ctx context.Context) (changed bool, err error) {
	if err := w.findFile(ctx); err != nil {
		return false, err
	}
	return w.saveVersion(ctx)
}

// saveVersion describes the File that was found or made, and finds or makes its version.
func (w *saving) saveVersion(ctx context.Context) (changed bool, err error) {
	about, err := w.describeFile(ctx)
	if err != nil {
		return false, err
	}
	named, err := w.findVersion(ctx)
	if err != nil {
		return false, err
	}
	settled, err := w.settle(ctx)
	if err != nil {
		return false, err
	}
	if w.newFile && w.Past == nil {
		return true, w.deployFirst(ctx)
	}
	if !about && !named && !settled && !w.newVersion {
		return false, nil
	}
	if w.Draft {
		return true, nil
	}
	return true, w.touch(ctx, w.file)
}

// findVersion finds or makes the version. changed reports whether an existing version got another name or description, or was saved for the first
// time.
func (w *saving) findVersion(ctx context.Context) (changed bool, err error) {
	var name, description string
	var deleted, saved bool
	ok, err := w.find(ctx, `SELECT seq, id, name, description, deleted_us IS NOT NULL, saved = 1 FROM version WHERE file = $1 AND hash = $2`,
		[]any{w.file, w.Hash}, &w.version, &w.versionID, &name, &description, &deleted, &saved)
	if err != nil {
		return false, err
	}
	if !ok {
		return false, w.makeVersion(ctx)
	}
	if deleted {
		return false, w.reviveVersion(ctx)
	}
	newName, newDescription := cmp.Or(w.VersionName, name), cmp.Or(w.VersionDescription, description)
	nowSaved := saved || w.byHand()
	if newName == name && newDescription == description && nowSaved == saved {
		return false, nil
	}
	err = w.exec(ctx, `UPDATE version SET name = $2, description = $3, updated_us = $4, saved = $5 WHERE seq = $1`,
		w.version, newName, []byte(newDescription), w.now, sqldb.Flag(nowSaved))
	return true, w.nameTaken(err, w.Kind, w.VersionName, "version_name")
}

func (w *saving) makeVersion(ctx context.Context) error {
	w.versionID, w.newVersion = w.Past.Version(ids.New(w.Kind.Spec().VersionID, sqldb.FromMicros(w.now))), true
	_, err := w.find(ctx, `INSERT INTO version (id, file, hash, content, name, description, created_us, updated_us, created_by, pool, saved)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $11, $8, $9, $10) RETURNING seq`,
		[]any{w.versionID, w.file, w.Hash, []byte(w.Content), w.VersionName, []byte(w.VersionDescription), w.now, w.By,
			sqldb.Storable(file.PoolIn(w.Kind, w.Content)), sqldb.Flag(w.byHand()), sqldb.Micros(w.Past.Updated(sqldb.FromMicros(w.now)))}, &w.version)
	return w.nameTaken(err, w.Kind, w.VersionName, "version_name")
}

// reviveVersion brings back a deleted version with its id and its Logs, and with the name and description of w.
func (w *saving) reviveVersion(ctx context.Context) error {
	w.newVersion = true
	err := w.exec(ctx, `UPDATE version SET deleted_us = NULL, name = $2, description = $3, updated_us = $4, saved = $5 WHERE seq = $1`,
		w.version, w.VersionName, []byte(w.VersionDescription), w.now, sqldb.Flag(w.byHand()))
	return w.nameTaken(err, w.Kind, w.VersionName, "version_name")
}

// nameTaken explains a violated unique key. While the File's row is locked, it can only be that of a version's name.
func (c *changing) nameTaken(err error, kind file.Kind, name, param string) error {
	if err == nil || c.db.Dialect.Fault(err) != sqldb.UniqueFault {
		return err
	}
	return errs.New(errs.AlreadyExists, "Another version of this %s is named `%s` already.", kind.Spec().Title, name).At(param)
}
