package cli

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"sync"
	"text/tabwriter"
	"time"

	"github.com/openloop-server/openloop/internal/admit"
	"github.com/openloop-server/openloop/internal/app"
	"github.com/openloop-server/openloop/internal/config"
	"github.com/openloop-server/openloop/internal/doctor"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/store"
)

const doctorUsage = `usage: openloop doctor [flags]

Examines the settings, the data directory, the database, the keys, the limits of the machine, the running server and the way to its public URL. It
changes nothing. If OPENLOOP_PUBLIC_URL and OPENLOOP_API_KEY are set, it sends a stream of the mock provider through that URL, as the Prompt
openloop/doctor, whose Log has no content.

`

const doctorExit = `
Exit codes: 0 all is well, 1 there are warnings, 2 there are faults.
`

// doctorFlags are those of `doctor`.
type doctorFlags struct {
	*flag.FlagSet
	o    doctor.Options
	json bool
	all  bool
}

func newDoctorFlags(e *Env) *doctorFlags {
	f := &doctorFlags{FlagSet: newFlags(e, "doctor")}
	explain(f.FlagSet, doctorUsage, doctorExit)
	f.BoolVar(&f.all, "all", false, "print what is well too")
	f.BoolVar(&f.json, "json", false, "print a JSON object")
	f.BoolVar(&f.o.Providers, "providers", false, "test the keys of providers, by a short call of each")
	f.IntVar(&f.o.Replicas, "replicas", 1, "`number` of processes that share the database")
	f.StringVar(&f.o.Server, "url", "", "`URL` of the running server; by default the address that it listens on (OPENLOOP_ADDR), where it may be missing")
	return f
}

func examine(ctx context.Context, e *Env, args []string) error {
	f := newDoctorFlags(e)
	if err := onlyFlags(f.FlagSet, args); err != nil {
		return err
	}
	cfg, _ := config.Read(e.Environ) // the doctor tells what is wrong with it
	f.o.Environ, f.o.Version, f.o.Local, f.o.Now = e.Environ, app.Version, app.LocalURL(&cfg), time.Now
	f.o.Memory = admit.Memory(os.DirFS("/"))
	f.o.Plan = func(ctx context.Context) ([]store.Step, error) {
		return app.PlanMigrations(ctx, &cfg, slog.New(slog.DiscardHandler))
	}
	f.o.OpenStore = func(ctx context.Context) (*store.DB, error) {
		return app.OpenStore(ctx, &cfg, slog.New(slog.DiscardHandler))
	}
	f.o.TestKeys = func(ctx context.Context, db *store.DB) ([]doctor.TestedKey, error) { return testKeys(ctx, &cfg, db) }
	report := doctor.Examine(ctx, f.o)
	if err := f.tell(e.Stdout, &report); err != nil {
		return err
	}
	return exitCode(report.Code())
}

// testKeys tests the keys of all providers that have one, at the same time.
func testKeys(ctx context.Context, cfg *config.Config, db *store.DB) ([]doctor.TestedKey, error) {
	r, err := app.OpenRelay(ctx, cfg, db)
	if err != nil {
		return nil, err
	}
	stored, err := db.ProviderKeys(ctx)
	if err != nil {
		return nil, err
	}
	var tests []doctor.TestedKey
	for _, k := range r.ProviderKeys(stored) {
		if k.Environment || k.Stored != nil {
			tests = append(tests, doctor.TestedKey{Provider: k.Provider})
		}
	}
	var all sync.WaitGroup
	for i := range tests {
		all.Go(func() { _, tests[i].Err = r.TestProviderKey(ctx, tests[i].Provider, "") })
	}
	all.Wait()
	return tests, nil
}

// tell prints a report: for people what is wrong, and what to do.
func (f *doctorFlags) tell(w io.Writer, r *doctor.Report) error {
	if f.json {
		raw, err := json.MarshalIndent(r)
		if err == nil {
			_, err = fmt.Fprintf(w, "%s\n", raw)
		}
		return err
	}
	table := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	counts := map[doctor.State]int{}
	for i := range r.Findings {
		one := &r.Findings[i]
		counts[one.State]++
		bad := one.State == doctor.Warning || one.State == doctor.Fault
		if !bad && !f.all {
			continue
		}
		_, _ = fmt.Fprintf(table, "%s\t%s\t%s\n", one.State, one.Check, strings.TrimSpace(one.Wrong+" "+one.Found))
		if bad {
			_, _ = fmt.Fprintf(table, "\t\t%s\n", one.Do)
		}
	}
	_, _ = fmt.Fprintf(table, "%d checks: %d ok, %d skipped, %d warnings, %d faults.\n", len(r.Findings), counts[doctor.OK], counts[doctor.Skipped], counts[doctor.Warning], counts[doctor.Fault])
	return table.Flush()
}
