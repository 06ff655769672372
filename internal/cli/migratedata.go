package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/openloop-server/openloop/internal/app"
	"github.com/openloop-server/openloop/internal/config"
	"github.com/openloop-server/openloop/internal/store"
)

const migrateDataUsage = `usage: openloop migrate-data -from DIR|URL -to DIR|URL [-restart]

Copies all data from one database into an empty one: from SQLite, which is named by its folder, to PostgreSQL, by its URL, or back. Stop the server
first. In the end both are read and compared. A copy that was interrupted goes on where it was if the same command is run again.

`

// migrateDataFlags are those of `migrate-data`.
type migrateDataFlags struct {
	*flag.FlagSet
	from, to string
	restart  bool
}

func newMigrateDataFlags(e *Env) *migrateDataFlags {
	f := &migrateDataFlags{FlagSet: newFlags(e, "migrate-data")}
	f.StringVar(&f.from, "from", "", "the `database` that is copied, a folder or a URL (postgres://…)")
	f.StringVar(&f.to, "to", "", "the empty `database` that it is copied into")
	f.BoolVar(&f.restart, "restart", false, "throw an unfinished copy in the target away, and begin anew")
	explain(f.FlagSet, migrateDataUsage, "")
	return f
}

// migrateData copies a database.
func migrateData(ctx context.Context, e *Env, args []string) error {
	flags := newMigrateDataFlags(e)
	if err := flags.Parse(args); err != nil {
		return usageError(err)
	}
	if flags.NArg() > 0 || flags.from == "" || flags.to == "" {
		flags.Usage()
		return errUsage
	}
	e.warn()
	source, target := databaseAt(flags.from), databaseAt(flags.to)
	if source == target {
		_, _ = fmt.Fprintln(e.Stderr, "openloop: the two databases are the same")
		return errUsage
	}
	if target.URL == "" {
		if err := os.MkdirAll(filepath.Dir(target.Path), 0o700); err != nil {
			return fmt.Errorf("the folder %s cannot be made: %s", filepath.Dir(target.Path), app.SystemFault(err))
		}
	}
	show := newProgress(e, time.Now)
	sums, err := store.Copy(ctx, source, target, store.CopyOptions{Restart: flags.restart, Progress: func(p store.CopyProgress) { show.show(copyLine(p)) }})
	show.end()
	if err != nil {
		return unlessInterrupted(ctx, err, "the copy was interrupted. Nothing is lost: the same command goes on where it was")
	}
	if err := printSums(e, sums); err != nil {
		return err
	}
	_, err = fmt.Fprintf(e.Stdout, "\n%s holds what %s holds: the rows of all tables are equal.\n%s", target, source, keyAdvice(source, target))
	return err
}

// databaseAt is the database that a URL of PostgreSQL or a folder names.
func databaseAt(text string) store.Database {
	if strings.HasPrefix(text, "postgres://") || strings.HasPrefix(text, "postgresql://") {
		return store.Database{URL: text}
	}
	cfg := config.Config{DataDir: filepath.Clean(text)}
	return store.Database{Path: cfg.SQLitePath()}
}

func copyLine(p store.CopyProgress) string {
	if p.Verify {
		return fmt.Sprintf("comparing %s: %d of %d rows", p.Table, p.Rows, p.Of)
	}
	return fmt.Sprintf("copying %s: %d of %d rows", p.Table, p.Rows, p.Of)
}

// unlessInterrupted says what an interruption has left; another err is returned as it is.
func unlessInterrupted(ctx context.Context, err error, text string) error {
	if ctx.Err() == nil {
		return err
	}
	return errors.New(text)
}

func printSums(e *Env, sums []store.Sum) error {
	w := tabwriter.NewWriter(e.Stdout, 0, 4, 2, ' ', 0)
	_, _ = fmt.Fprintln(w, "TABLE\tROWS\tLAST\tSHA-256")
	for _, s := range sums {
		last := s.Last
		if last == "" {
			last = "-"
		}
		_, _ = fmt.Fprintf(w, "%s\t%d\t%s\t%.16s\n", s.Table, s.Rows, last, s.SHA256)
	}
	return w.Flush()
}

// keyAdvice says what is left to do about the encryption key, which is in no database.
func keyAdvice(from, to store.Database) string {
	if from.URL != "" {
		return ""
	}
	key := filepath.Join(filepath.Dir(from.Path), "encryption.key")
	if _, err := os.Stat(key); err != nil {
		return ""
	}
	if to.URL == "" {
		return "The encryption key is not copied: copy " + key + " into the new folder.\n"
	}
	return "The encryption key is not copied: the servers need the key in " + key + " as OPENLOOP_ENCRYPTION_KEY, or as that file.\n"
}
