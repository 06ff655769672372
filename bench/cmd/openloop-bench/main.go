// Command openloop-bench measures Openloop beside direct calls and a plain reverse proxy. See bench/README.md.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/openloop-server/openloop/bench/internal/process"
	"github.com/openloop-server/openloop/bench/internal/report"
	"github.com/openloop-server/openloop/bench/internal/suite"
	"github.com/openloop-server/openloop/internal/json"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "openloop-bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out, progress io.Writer) error {
	if len(args) > 0 && (args[0] == suite.RoleUpstream || args[0] == suite.RoleProxy) {
		return suite.Play(ctx, args)
	}
	o, err := parse(args, progress)
	if err != nil {
		return err
	}
	return measure(ctx, o, out, progress)
}

// options are the command line.
type options struct {
	only     *regexp.Regexp
	targets  []string
	rounds   int
	duration time.Duration
	openloop string
	env      []string
	postgres bool
	jsonPath string
	list     bool
	streams  int
	upstream string
	gateway  suite.Gateway
}

func parse(args []string, usage io.Writer) (options, error) {
	o := options{rounds: 3, duration: 4 * time.Second, streams: 10_000, targets: []string{report.Direct, report.Proxy, report.Openloop}}
	flags := flag.NewFlagSet("openloop-bench", flag.ContinueOnError)
	flags.SetOutput(usage)
	flags.IntVar(&o.rounds, "rounds", o.rounds, "`times` that each target is measured in each case")
	flags.DurationVar(&o.duration, "duration", o.duration, "`time` that one measurement of one target lasts")
	flags.StringVar(&o.openloop, "openloop", "", "`program` to measure (default: build ./cmd/openloop)")
	flags.BoolVar(&o.postgres, "postgres", false, "measure Openloop on a scratch PostgreSQL instead of SQLite")
	flags.StringVar(&o.jsonPath, "json", "", "`file` to write all figures to")
	flags.IntVar(&o.streams, "streams", o.streams, "streams that are open at once, or `fewer` if processes may not open that many connections")
	flags.StringVar(&o.upstream, "upstream", "", "`host:port` of the upstream (default: one that is free)")
	flags.StringVar(&o.gateway.URL, "gateway", "", "http `URL` of a gateway to measure too; it asks the upstream")
	flags.StringVar(&o.gateway.Key, "gateway-key", "", "the gateway's `key`")
	flags.StringVar(&o.gateway.Model, "gateway-model", "gpt-4o", "the `model` by the gateway's name")
	flags.IntVar(&o.gateway.PID, "gateway-pid", 0, "`id` of the gateway's process, to count its processor time and memory")
	flags.BoolVar(&o.list, "list", false, "print the names of the cases and end")
	flags.BoolFunc("quick", "one round of a second: a look, not a result", func(string) error {
		o.rounds, o.duration = 1, time.Second
		return nil
	})
	flags.Func("only", "`regexp` of the cases to run", func(s string) (err error) {
		o.only, err = regexp.Compile(s)
		return err
	})
	flags.Func("targets", "`names`, with commas, out of direct, proxy, openloop (default all)", func(s string) error {
		o.targets = strings.Split(s, ",")
		return nil
	})
	flags.Func("env", "`KEY=value` for Openloop's environment; may be given again", func(s string) error {
		o.env = append(o.env, s)
		return nil
	})
	if err := flags.Parse(args); err != nil {
		return options{}, err
	}
	if o.gateway.URL != "" && !slices.Contains(o.targets, report.Gateway) {
		o.targets = append(o.targets, report.Gateway)
	}
	if flags.NArg() > 0 || o.streams < 1 || slices.Contains(o.targets, report.Gateway) && (o.gateway.URL == "" || o.upstream == "") || o.rounds < 1 || o.duration <= 0 {
		return options{}, fmt.Errorf("wrong arguments %q; -help lists them", args)
	}
	return o, nil
}

// measure prepares everything, runs the cases, and prints and saves what they
// found. It fails when any case failed, not when an aim was missed.
func measure(ctx context.Context, o options, out, progress io.Writer) (err error) {
	b := &suite.Bench{Targets: o.targets, Rounds: o.rounds, Duration: o.duration, Only: o.only, Env: o.env, Progress: progress,
		Streams: affordable(o.streams), Upstream: o.upstream, Gateway: &o.gateway}
	if o.list {
		_, err := fmt.Fprintln(out, strings.Join(b.Names(), "\n"))
		return err
	}
	if b.Scratch, err = os.MkdirTemp("", "openloop-bench"); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(b.Scratch)) }()
	if b.Self, err = os.Executable(); err != nil {
		return err
	}
	if b.Openloop, err = program(ctx, o, b.Scratch); err != nil {
		return err
	}
	b.Slow = func(ctx context.Context) (string, error) { return build(ctx, b.Scratch, "slowdisk") }
	r := report.Report{Started: time.Now().UTC(), Machine: machine(), Settings: report.Settings{
		Rounds: o.rounds, Seconds: o.duration.Seconds(), Targets: o.targets, Database: "SQLite", Env: o.env,
	}}
	if o.postgres {
		postgres, failed := startPostgres(ctx, b.Scratch)
		if failed != nil {
			return failed
		}
		defer func() { err = errors.Join(err, postgres.stop()) }()
		b.NewDatabase, r.Settings.Database = postgres.newDatabase, "PostgreSQL"
	}
	if err := report.PrintHead(out, r); err != nil {
		return err
	}
	if err := b.Run(ctx, func(c report.Case) error {
		r.Cases = append(r.Cases, c)
		return report.PrintCase(out, c, o.targets)
	}); err != nil {
		return err
	}
	return errors.Join(report.PrintSummary(out, r), save(o.jsonPath, r), failures(r))
}

// affordable returns how many of n streams a server can have open: each is a connection of a client and one to the upstream.
func affordable(n int) int {
	if files := process.OpenFiles(); files > 0 {
		return min(n, max(1, (files-500)/2))
	}
	return n
}

// program returns the server under test, built unless it was given.
func program(ctx context.Context, o options, scratch string) (string, error) {
	if o.openloop != "" || !slices.Contains(o.targets, report.Openloop) {
		return o.openloop, nil
	}
	return build(ctx, scratch, "")
}

// build builds the server with tags, unless that was done before.
func build(ctx context.Context, scratch, tags string) (string, error) {
	path := filepath.Join(scratch, "openloop"+tags)
	if _, err := os.Stat(path); err == nil {
		return path, nil
	}
	cmd := exec.CommandContext(ctx, "go", "build", "-tags", tags, "-o", path, "github.com/openloop-server/openloop/cmd/openloop") //nolint:gosec // our own folder
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if output, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, output)
	}
	return path, nil
}

func save(path string, r report.Report) error {
	if path == "" {
		return nil
	}
	text, err := json.MarshalIndent(r)
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(text, '\n'), 0o600)
}

func failures(r report.Report) error {
	var names []string
	for _, c := range r.Cases {
		if c.Failure != "" {
			names = append(names, c.Name)
		}
	}
	switch {
	case len(r.Cases) == 0:
		return errors.New("no case has such a name; -list shows them")
	case len(names) > 0:
		return fmt.Errorf("failed: %s", strings.Join(names, ", "))
	}
	return nil
}
