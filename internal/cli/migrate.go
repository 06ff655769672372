package cli

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log/slog"

	"github.com/openloop-server/openloop/internal/app"
	"github.com/openloop-server/openloop/internal/store"
)

// migrateFlags are those of `migrate`.
type migrateFlags struct {
	*flag.FlagSet
	plan bool
}

func newMigrateFlags(e *Env) *migrateFlags {
	f := &migrateFlags{FlagSet: newFlags(e, "migrate")}
	f.BoolVar(&f.plan, "plan", false, "print the migrations that the database lacks, and change nothing")
	return f
}

// migrate applies the migrations that the database lacks, whatever OPENLOOP_MIGRATE says.
func migrate(ctx context.Context, e *Env, args []string) error {
	flags := newMigrateFlags(e)
	if err := onlyFlags(flags.FlagSet, args); err != nil {
		return err
	}
	cfg, err := e.read()
	if err != nil {
		return err
	}
	cfg.Migrate = "auto"
	log := slog.New(slog.NewTextHandler(e.Stderr, nil))
	steps, err := app.PlanMigrations(ctx, &cfg, log)
	if err != nil {
		return err
	}
	if err := tellSteps(e.Stdout, steps); flags.plan || err != nil || len(steps) == 0 {
		return err
	}
	db, err := app.OpenStore(ctx, &cfg, log)
	if err != nil {
		return err
	}
	if err := db.Close(ctx); err != nil {
		return err
	}
	_, err = fmt.Fprintln(e.Stdout, "The database is up to date now.")
	return err
}

// tellSteps prints what the database lacks, and whether the servers that run may go on meanwhile.
func tellSteps(w io.Writer, steps []store.Step) error {
	if len(steps) == 0 {
		_, err := fmt.Fprintln(w, "The database is up to date.")
		return err
	}
	since := 0
	for _, s := range steps {
		since = max(since, s.Since)
		long := ""
		if s.Long {
			long = "  (may take long; everything goes on meanwhile)"
		}
		if _, err := fmt.Fprintf(w, "%s%s\n", s.Name, long); err != nil {
			return err
		}
	}
	newest, may := steps[0].Number-1, "may go on"
	switch {
	case newest == 0:
		return nil // it is new: none runs
	case since > newest:
		may = "must be stopped before"
	}
	_, err := fmt.Fprintf(w, "Servers of the release that made migration %04d %s.\n", newest, may)
	return err
}
