package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/openloop-server/openloop/internal/archive"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/store"
)

const importUsage = `usage: openloop import humanloop [flags] DIR

Brings in what Humanloop's export tool wrote: the folder with a time in its name, such as exports/20250605-120000. Ids, times and authors stay. It
writes into the database of this configuration, whether the server runs or not. What is here already stays as it is, so the command can be stopped and
given again.

`

type importFlags struct {
	*flag.FlagSet
	o      archive.Options
	since  string
	report string
}

func newImportFlags(e *Env) *importFlags {
	f := &importFlags{FlagSet: newFlags(e, "import humanloop")}
	explain(f.FlagSet, importUsage, "")
	f.BoolVar(&f.o.DryRun, "dry-run", false, "report what would be done, and change nothing")
	f.StringVar((*string)(&f.o.OnConflict), "on-conflict", string(archive.Fail), "what becomes of a File whose path another one has: `fail` before anything is changed, skip or rename")
	f.BoolVar(&f.o.Incomplete, "incomplete", false, "take Files that the tool has not finished as well")
	f.StringVar(&f.since, "since", "", "only Logs from this `time` on, such as 2025-01-31 or 2025-01-31T12:00:00Z")
	f.StringVar(&f.report, "report", "", "write the report in JSON to this `file`")
	return f
}

// parse parses the arguments; flags may follow the folder.
func (f *importFlags) parse(args []string) error {
	for {
		if err := f.Parse(args); err != nil {
			return usageError(err)
		}
		if f.NArg() == 0 {
			break
		}
		if f.o.Dir != "" {
			_, _ = fmt.Fprintf(f.Output(), "openloop: import takes no argument %q\n", f.Arg(0))
			f.Usage()
			return errUsage
		}
		f.o.Dir, args = f.Arg(0), f.Args()[1:]
	}
	switch f.o.OnConflict {
	case archive.Fail, archive.Skip, archive.Rename:
	default:
		_, _ = fmt.Fprintf(f.Output(), "openloop: -on-conflict cannot be %q\n", f.o.OnConflict)
		return errUsage
	}
	if f.o.Dir == "" {
		f.Usage()
		return errUsage
	}
	return f.parseSince()
}

func (f *importFlags) parseSince() (err error) {
	if f.since == "" {
		return nil
	}
	for _, layout := range []string{time.RFC3339, time.DateOnly} {
		if f.o.Since, err = time.Parse(layout, f.since); err == nil {
			return nil
		}
	}
	_, _ = fmt.Fprintf(f.Output(), "openloop: -since is no time: %q\n", f.since)
	return errUsage
}

func importing(ctx context.Context, e *Env, args []string) error {
	f := newImportFlags(e)
	if len(args) == 0 || args[0] != "humanloop" {
		f.Usage()
		return usageOf(args)
	}
	if err := f.parse(args[1:]); err != nil {
		return err
	}
	cfg, err := e.read()
	if err != nil {
		return err
	}
	cfg.LogDurability = "strict" // what is stored must be on disk
	p := newProgress(e, time.Now)
	f.o.Progress = p.show
	var report *archive.Report
	err = withStoreOf(ctx, &cfg, func(db *store.DB) (err error) {
		report, err = archive.Import(ctx, db, f.o)
		return err
	})
	p.end()
	if fault, ok := errors.AsType[*archive.Fault](err); ok {
		return fault
	}
	if err != nil {
		return err
	}
	return tellImport(e, report, f.report)
}

// tellImport prints a report, and writes it to a file, "" for none.
func tellImport(e *Env, report *archive.Report, to string) error {
	var text strings.Builder
	if err := report.Write(&text); err != nil {
		return err
	}
	if _, err := fmt.Fprint(e.Stdout, text.String()); err != nil || to == "" {
		return err
	}
	raw, err := json.MarshalIndent(report)
	if err != nil {
		return err
	}
	return os.WriteFile(to, append(raw, '\n'), 0o600)
}
