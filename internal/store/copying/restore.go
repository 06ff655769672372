package copying

import (
	"context"
	"errors"
	"os"
	"path/filepath"

	"github.com/openloop-server/openloop/internal/store/access"
	"github.com/openloop-server/openloop/internal/store/sqldb"
)

// VerifyBackup reads a backup again, and fails if it is not what its manifest says, or damaged.
func VerifyBackup(ctx context.Context, file string, o Options) (*Manifest, error) {
	m, err := verifyBackup(ctx, file, &o)
	return m, about("The backup", Place{Path: file}, err)
}

func verifyBackup(ctx context.Context, file string, o *Options) (*Manifest, error) {
	m, err := backup(file).manifest(ctx)
	if err != nil {
		return nil, err
	}
	if err := sound(ctx, file, false); err != nil {
		return nil, err
	}
	found, err := read(ctx, file, o.Progress)
	if err != nil {
		return nil, err
	}
	return m, m.holds(found)
}

// backup is the file of a backup.
type backup string

// manifest returns that of a backup, which is just the file that it says.
func (b backup) manifest(ctx context.Context) (*Manifest, error) {
	file := string(b)
	m, err := readManifest(file)
	if err != nil {
		return nil, err
	}
	bytes, sum, err := digest(ctx, file, nil)
	if err != nil {
		return nil, err
	}
	return m, m.is(bytes, sum)
}

// RestoreOptions say how to restore, besides [Options].
type RestoreOptions struct {
	Options
	// Fits is asked, before anything is changed, whether the encryption key opens what begins with the marks.
	Fits func([]access.Mark) error
}

// ErrKeyOfOthers is the answer of [RestoreOptions].Fits about a key that opens nothing.
var ErrKeyOfOthers error = fault("It holds values that were sealed with another encryption key than the one here. Nothing was changed. Give the right one in " +
	"OPENLOOP_ENCRYPTION_KEY, or as the file encryption.key in the data directory.")

// Restore puts the data of a backup into an empty database. A backup of an older program is brought up to date: in an SQLite file by the server
// that opens it, in PostgreSQL at once. Before and after, the data is compared with the manifest. If it fails, an SQLite file is not there, and
// a PostgreSQL database holds an unfinished copy, which the same call continues.
func Restore(ctx context.Context, file string, to Place, o RestoreOptions) (*Manifest, error) {
	m, found, err := checked(ctx, file, &o)
	if err != nil {
		return nil, about("The backup", Place{Path: file}, err)
	}
	if to.URL == "" {
		return m, about("The target", to, putBack(ctx, file, to.Path, m))
	}
	known, err := ours()
	if err != nil {
		return nil, err
	}
	from := file
	if outdated(found.steps, known) != "" { // older, since checked knows all of its migrations
		folder, err := os.MkdirTemp("", "openloop-restore-")
		if err != nil {
			return nil, err
		}
		defer os.RemoveAll(folder) //nolint:errcheck // the system removes it too
		from = filepath.Join(folder, "openloop.db")
		if err := errors.Join(duplicate(ctx, file, from, m), makeTables(ctx, sqldb.Options{Path: from})); err != nil {
			return nil, about("The backup", Place{Path: file}, err)
		}
	}
	src, err := openSQLite(ctx, from, asItLies)
	if err != nil {
		return nil, about("The backup", Place{Path: file}, err)
	}
	defer src.close(ctx) //nolint:errcheck // it was only read
	_, err = into(ctx, src, Place{Path: file}, to, &o.Options)
	return m, err
}

// checked reads all of a backup, before anything is changed.
func checked(ctx context.Context, file string, o *RestoreOptions) (*Manifest, *contents, error) {
	m, err := backup(file).manifest(ctx)
	if err != nil {
		return nil, nil, err
	}
	found, err := read(ctx, file, o.Progress)
	if err != nil {
		return nil, nil, err
	}
	if err := m.holds(found); err != nil {
		return nil, nil, err
	}
	known, err := ours()
	if err != nil {
		return nil, nil, err
	}
	if name := stranger(found.steps, known); name != "" {
		return nil, nil, faultf(newer, name)
	}
	if o.Fits != nil {
		err = o.Fits(found.sealed)
	}
	return m, found, err
}

// putBack makes a file of SQLite, which is there when it is complete and compared.
func putBack(ctx context.Context, file, to string, m *Manifest) error {
	for _, name := range []string{to, to + "-wal"} {
		there, err := exists(name)
		if err != nil {
			return err
		}
		if there {
			return faultf("%s exists already. Nothing was changed. Name a folder without a database, or move that one away.", filepath.Base(name))
		}
	}
	temporary := to + ".restoring"
	if err := removeSQLite(temporary); err != nil {
		return err
	}
	if err := duplicate(ctx, file, temporary, m); err != nil {
		return errors.Join(err, removeSQLite(temporary))
	}
	found, err := read(ctx, temporary, nil)
	if err == nil {
		err = m.holds(found)
	}
	if err == nil {
		err = place(temporary, to)
	}
	if err != nil {
		return errors.Join(err, removeSQLite(temporary))
	}
	return nil
}

// duplicate copies the file of a backup, and fails if it is not that of the manifest.
func duplicate(ctx context.Context, from, to string, m *Manifest) error {
	f, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	bytes, sum, err := digest(ctx, from, f)
	if err := errors.Join(err, f.Close()); err != nil {
		return err
	}
	return m.is(bytes, sum)
}
