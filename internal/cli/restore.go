package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/openloop-server/openloop/internal/app"
	"github.com/openloop-server/openloop/internal/config"
	"github.com/openloop-server/openloop/internal/secret"
	"github.com/openloop-server/openloop/internal/store"
	"github.com/openloop-server/openloop/internal/vault"
)

const restoreUsage = `usage: openloop restore [-data DIR] [-database URL] [-with-key] [-restart] FILE

Puts the data of a backup into an empty database: the one of the settings, SQLite in DIR, or PostgreSQL at URL. The backup is compared with its
manifest before and after.

`

// restoreFlags are those of `restore`.
type restoreFlags struct {
	*flag.FlagSet
	data, database   string
	withKey, restart bool
}

func newRestoreFlags(e *Env) *restoreFlags {
	f := &restoreFlags{FlagSet: newFlags(e, "restore")}
	f.StringVar(&f.data, "data", "", "`directory` of the SQLite database (OPENLOOP_DATA_DIR)")
	f.StringVar(&f.database, "database", "", "`URL` of a PostgreSQL database (OPENLOOP_DATABASE_URL)")
	f.BoolVar(&f.withKey, "with-key", false, "put the encryption key in FILE.key into the data directory too")
	f.BoolVar(&f.restart, "restart", false, "throw an unfinished restore into PostgreSQL away, and begin anew")
	explain(f.FlagSet, restoreUsage, "")
	return f
}

func restore(ctx context.Context, e *Env, args []string) error {
	flags := newRestoreFlags(e)
	words, err := amongFlags(flags.FlagSet, args)
	if err != nil {
		return err
	}
	if len(words) != 1 || flags.data != "" && flags.database != "" {
		flags.Usage()
		return errUsage
	}
	file := words[0]
	cfg, to, err := databaseOf(e, flags.data)
	if err != nil {
		return err
	}
	if flags.database != "" {
		to = databaseAt(flags.database)
	}
	keys := &restoredKey{source: cfg.Encryption()}
	if flags.withKey {
		if err := keys.take(file + keyEnd); err != nil {
			return err
		}
	}
	if err := os.MkdirAll(cfg.DataDir, 0o700); err != nil && to.URL == "" {
		return fmt.Errorf("the folder %s cannot be made: %s", cfg.DataDir, app.SystemFault(err))
	}
	show := newProgress(e, time.Now)
	m, err := store.Restore(ctx, file, to, store.RestoreOptions{Fits: keys.fits, Options: store.CopyOptions{
		Restart: flags.restart, Progress: func(p store.CopyProgress) { show.show(copyLine(p)) },
	}})
	show.end()
	if err != nil {
		return unlessInterrupted(ctx, err, "the restore was interrupted. Run the same command again")
	}
	if err := keys.put(&cfg); err != nil {
		return err
	}
	return tellRestored(e, to, file, m, keys)
}

func tellRestored(e *Env, to store.Database, file string, m *store.Manifest, keys *restoredKey) error {
	if err := printSums(e, m.Tables); err != nil {
		return err
	}
	_, err := fmt.Fprintf(e.Stdout, "\n%s holds what %s holds, as of %s.\n", to, file, m.CreatedAt.Format(time.RFC3339))
	if err == nil && keys.missing {
		_, err = fmt.Fprintf(e.Stdout, "It holds values that only the encryption key opens. Before you start the server, set OPENLOOP_ENCRYPTION_KEY, or put the key into %s.\n", keys.source.Path)
	}
	return err
}

// restoredKey is the encryption key that a restored database needs.
type restoredKey struct {
	source  secret.Source // of the server
	backup  []byte        // the key beside the backup; nil if it is not asked for
	from    secret.Source // likewise
	missing bool          // there is none, and one is needed
}

// take reads the key beside a backup.
func (k *restoredKey) take(file string) (err error) {
	if k.source.Text != "" {
		return errors.New("OPENLOOP_ENCRYPTION_KEY is set, so the server would not read the key beside the backup. Leave out -with-key, or the setting")
	}
	if _, err := os.Lstat(k.source.Path); err == nil {
		return fmt.Errorf("the file %s exists already. Nothing was changed. Leave out -with-key, or move it away", k.source.Path)
	}
	k.from = secret.Source{Path: file}
	if k.backup, err = encryptionKey(k.from); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	return nil
}

// fits fails if the key of the server opens nothing of what begins with the marks. Without a key it does not.
func (k *restoredKey) fits(marks []store.Mark) error {
	source := k.source
	if k.backup != nil {
		source = k.from
	}
	err := vault.Fits(source, marks)
	switch {
	case errors.Is(err, secret.ErrNoKey):
		k.missing = true
		return nil
	case errors.Is(err, secret.ErrWrongKey):
		return store.ErrKeyOfOthers
	}
	return err
}

// put gives the server the key beside the backup.
func (k *restoredKey) put(cfg *config.Config) error {
	if k.backup == nil {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(k.source.Path), 0o700); err != nil {
		return fmt.Errorf("the folder %s cannot be made: %s", cfg.DataDir, app.SystemFault(err))
	}
	return writeKey(k.source.Path, k.backup)
}
