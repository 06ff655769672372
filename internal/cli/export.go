package cli

import (
	"context"
	"flag"
	"fmt"
	"time"

	"github.com/openloop-server/openloop/internal/archive/export"
	"github.com/openloop-server/openloop/internal/store"
)

const exportUsage = `usage: openloop export [flags] DIR

Writes everything into a new folder, as Humanloop's export tool does: Files, versions, deployments, datapoints, Logs and Evaluations. Keys are not in it. It
reads the database of this configuration, whether the server runs or not. openloop import humanloop brings it in again.

`

type exportFlags struct {
	*flag.FlagSet
	o export.Options
}

func newExportFlags(e *Env) *exportFlags {
	f := &exportFlags{FlagSet: newFlags(e, "export")}
	explain(f.FlagSet, exportUsage, "")
	f.BoolVar(&f.o.NoLogs, "no-logs", false, "leave out Logs")
	return f
}

func exporting(ctx context.Context, e *Env, args []string) error {
	f := newExportFlags(e)
	if err := f.Parse(args); err != nil {
		return usageError(err)
	}
	if f.NArg() != 1 {
		f.Usage()
		return errUsage
	}
	f.o.Dir = f.Arg(0)
	cfg, err := e.read()
	if err != nil {
		return err
	}
	f.o.Base = cfg.PublicURL
	p := newProgress(e, time.Now)
	f.o.Progress = p.show
	var written *export.Written
	err = withStoreOf(ctx, &cfg, func(db *store.DB) (err error) {
		written, err = export.Write(ctx, db, f.o)
		return err
	})
	p.end()
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(e.Stdout, "%d Files, %d versions, %d datapoints, %d Logs, %d Evaluations\n",
		written.Files, written.Versions, written.Datapoints, written.Logs, written.Evaluations)
	return err
}
