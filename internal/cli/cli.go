// Package cli is the command line: a table of subcommands.
package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"

	"openloop/internal/app"
	"openloop/internal/config"
)

// Env is what a command sees of the world.
type Env struct {
	Args    []string // without the program's name
	Environ []string // as os.Environ
	Stdin   io.Reader
	Stdout  io.Writer
	Stderr  io.Writer
}

type command struct {
	name, summary string
	run           func(ctx context.Context, e *Env, args []string) error
}

func commands() []command {
	return []command{
		{"serve", "run the server", serve},
		{"keys", "list, create and revoke API keys", keys},
		{"provider-keys", "store, list, test and delete keys of model providers", providerKeys},
		{"pull", "make a folder of files like the Files on a server", pull},
		{"push", "make versions on a server of the files in a folder", push},
		{"version", "print the version", version},
	}
}

// errUsage says that the arguments are wrong; what is right was printed.
var errUsage = errors.New("wrong arguments")

// errUnsettled says that the command did not do all; what it left was printed.
var errUnsettled = errors.New("conflicts or failures")

// Run runs the command that e.Args name and returns the exit code: 0, 1 for a failure, 2 for wrong arguments.
func Run(ctx context.Context, e *Env) int {
	err := dispatch(ctx, e)
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
		return 0
	case errors.Is(err, errUsage):
		return 2
	case errors.Is(err, errUnsettled):
		return 1
	default:
		_, _ = fmt.Fprintln(e.escaped().Stderr, "openloop:", err)
		return 1
	}
}

func dispatch(ctx context.Context, e *Env) error {
	if len(e.Args) == 0 || e.Args[0] == "help" || e.Args[0] == "-h" || e.Args[0] == "--help" {
		usage(e.Stdout)
		return nil
	}
	for _, c := range commands() {
		if c.name == e.Args[0] {
			if c.name != "serve" { // whose logs are for programs
				e = e.escaped()
			}
			return c.run(ctx, e, e.Args[1:])
		}
	}
	_, _ = fmt.Fprintf(e.Stderr, "openloop: there is no command %q\n", e.Args[0])
	usage(e.Stderr)
	return errUsage
}

func usage(w io.Writer) {
	_, _ = fmt.Fprint(w, "usage: openloop COMMAND\n\n")
	for _, c := range commands() {
		_, _ = fmt.Fprintf(w, "  %-14s %s\n", c.name, c.summary)
	}
	_, _ = fmt.Fprint(w, "\nSettings are environment variables; see the README.\n")
}

func serve(ctx context.Context, e *Env, args []string) error {
	flags := flag.NewFlagSet("serve", flag.ContinueOnError)
	flags.SetOutput(e.Stderr)
	addr := flags.String("addr", "", "address to listen on (OPENLOOP_ADDR)")
	data := flags.String("data", "", "directory of the embedded database (OPENLOOP_DATA_DIR)")
	if err := flags.Parse(args); err != nil {
		return usageError(err)
	}
	if flags.NArg() > 0 {
		_, _ = fmt.Fprintf(e.Stderr, "openloop: serve takes no argument %q\n", flags.Arg(0))
		flags.Usage()
		return errUsage
	}
	cfg, err := config.Read(e.Environ)
	if err != nil {
		return err
	}
	if *addr != "" {
		cfg.Addr = *addr
	}
	if *data != "" {
		cfg.DataDir = *data
	}
	a, err := app.New(ctx, cfg, e.Stderr)
	if err != nil {
		return err
	}
	return a.Run(ctx, e.Stdout)
}

func usageError(err error) error {
	if errors.Is(err, flag.ErrHelp) {
		return err
	}
	return errUsage
}

func version(_ context.Context, e *Env, _ []string) error {
	_, err := fmt.Fprintln(e.Stdout, app.Version)
	return err
}
