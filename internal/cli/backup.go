package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/openloop-server/openloop/internal/app"
	"github.com/openloop-server/openloop/internal/config"
	"github.com/openloop-server/openloop/internal/secret"
	"github.com/openloop-server/openloop/internal/store"
)

const backupUsage = `usage: openloop backup [-with-key] [-data DIR] FILE|DIR
       openloop backup verify FILE

Writes all data, as it is at this moment, to FILE, or to a new file in DIR; the server goes on meanwhile. A manifest, FILE.json, says what the
backup holds. The encryption key is not in it: -with-key writes it to FILE.key. verify reads a backup, and compares it with its manifest.

`

// backupFlags are those of `backup`.
type backupFlags struct {
	*flag.FlagSet
	data    string
	withKey bool
}

func backupForms() []form {
	return []form{{takes: "FILE", flags: flagsOf(newBackupFlags)}, {word: "verify", takes: "FILE"}}
}

func newBackupFlags(e *Env) *backupFlags {
	f := &backupFlags{FlagSet: newFlags(e, "backup")}
	f.StringVar(&f.data, "data", "", "`directory` of the SQLite database (OPENLOOP_DATA_DIR)")
	f.BoolVar(&f.withKey, "with-key", false, "write the encryption key to FILE.key too; who has both can read the stored keys of providers")
	explain(f.FlagSet, backupUsage, "")
	return f
}

func backup(ctx context.Context, e *Env, args []string) error {
	flags := newBackupFlags(e)
	words, err := amongFlags(flags.FlagSet, args)
	if err != nil {
		return err
	}
	switch {
	case len(words) == 2 && words[0] == "verify":
		return verifyBackup(ctx, e, words[1])
	case len(words) == 1 && words[0] != "verify":
		return makeBackup(ctx, e, flags, words[0])
	}
	flags.Usage()
	return errUsage
}

// amongFlags parses flags before, behind and among the other arguments, which it returns.
func amongFlags(flags *flag.FlagSet, args []string) (words []string, err error) {
	for {
		if err := flags.Parse(args); err != nil {
			return nil, usageError(err)
		}
		if flags.NArg() == 0 {
			return words, nil
		}
		words, args = append(words, flags.Arg(0)), flags.Args()[1:]
	}
}

// databaseOf is the database of the settings, or the one in the folder data.
func databaseOf(e *Env, data string) (config.Config, store.Database, error) {
	cfg, err := e.read()
	if data != "" {
		cfg.DataDir, cfg.DatabaseURL = data, ""
	}
	if cfg.DatabaseURL != "" {
		return cfg, store.Database{URL: cfg.DatabaseURL}, err
	}
	return cfg, store.Database{Path: cfg.SQLitePath()}, err
}

func makeBackup(ctx context.Context, e *Env, flags *backupFlags, file string) error {
	cfg, from, err := databaseOf(e, flags.data)
	if err != nil {
		return err
	}
	if file, err = backupName(file, time.Now()); err != nil {
		return err
	}
	var key []byte
	if flags.withKey {
		if key, err = encryptionKey(cfg.Encryption()); err != nil {
			return err
		}
		if _, err := os.Lstat(file + keyEnd); err == nil {
			return fmt.Errorf("the file %s exists already. Nothing was changed", file+keyEnd)
		}
	}
	show := newProgress(e, time.Now)
	m, err := store.Backup(ctx, from, file, app.Version, store.CopyOptions{Progress: func(p store.CopyProgress) { show.show(copyLine(p)) }})
	show.end()
	if err != nil {
		return unlessInterrupted(ctx, err, "the backup was interrupted, and is not there")
	}
	if flags.withKey {
		if err := writeKey(file+keyEnd, key); err != nil {
			return err
		}
	}
	return tellBackup(e, file, m, flags.withKey)
}

// keyEnd ends the name of the file with the encryption key of a backup.
const keyEnd = ".key"

func tellBackup(e *Env, file string, m *store.Manifest, withKey bool) error {
	var rows int64
	for _, s := range m.Tables {
		rows += s.Rows
	}
	_, err := fmt.Fprintf(e.Stdout, "%s holds all data of %s: %d rows in %d tables, %d bytes, SHA-256 %.16s….\n",
		file, m.CreatedAt.Format(time.RFC3339), rows, len(m.Tables), m.Bytes, m.SHA256)
	switch {
	case err != nil:
	case withKey:
		_, err = fmt.Fprintf(e.Stdout, "The encryption key is in %s. Do not keep it where the backup is.\n", file+keyEnd)
	case m.Sealed:
		_, err = fmt.Fprint(e.Stdout, "It holds values that only the encryption key opens, which is not in it: keep the key too, elsewhere.\n")
	}
	return err
}

// backupName is the file to write: in a folder one that is named for the time.
func backupName(name string, now time.Time) (string, error) {
	info, err := os.Stat(name)
	switch {
	case err == nil && info.IsDir():
	case strings.HasSuffix(name, "/"):
		if err := os.MkdirAll(name, 0o700); err != nil {
			return "", fmt.Errorf("the folder %s cannot be made: %s", name, app.SystemFault(err))
		}
	default:
		return name, nil
	}
	return filepath.Join(name, "openloop-"+now.UTC().Format("20060102T150405Z")+".db"), nil
}

// encryptionKey reads a key as its source has it.
func encryptionKey(source secret.Source) ([]byte, error) {
	if _, err := source.Load(); err != nil {
		return nil, fmt.Errorf("the encryption key cannot be read: %w", err)
	}
	if source.Text != "" {
		return []byte(source.Text + "\n"), nil
	}
	return os.ReadFile(source.Path)
}

// writeKey writes a key to a file that is not there yet, and that nobody else may read.
func writeKey(file string, key []byte) error {
	f, err := os.OpenFile(file, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err == nil {
		_, err = f.Write(key)
		err = errors.Join(err, f.Sync(), f.Close())
	}
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("the encryption key was not written: the file %s exists already", file)
	}
	if err != nil {
		return fmt.Errorf("the encryption key was not written to %s: %s", file, app.SystemFault(err))
	}
	return nil
}

func verifyBackup(ctx context.Context, e *Env, file string) error {
	e.warn()
	show := newProgress(e, time.Now)
	m, err := store.VerifyBackup(ctx, file, store.CopyOptions{Progress: func(p store.CopyProgress) { show.show(copyLine(p)) }})
	show.end()
	if err != nil {
		return err
	}
	if err := printSums(e, m.Tables); err != nil {
		return err
	}
	_, err = fmt.Fprintf(e.Stdout, "\n%s is whole: it is what version %s wrote on %s from %s, at migration %s.\n", file, m.Version, m.CreatedAt.Format(time.RFC3339), m.Source, m.Migration)
	return err
}
