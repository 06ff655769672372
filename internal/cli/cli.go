// Package cli is the command line of openloop: a table of subcommands, each with its flags and its usage.
package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strconv"

	"github.com/openloop-server/openloop/internal/app"
	"github.com/openloop-server/openloop/internal/config"
	"github.com/openloop-server/openloop/internal/errs"
)

// Env is the environment of a command: its arguments, variables and streams.
type Env struct {
	Args    []string // without the program's name
	Environ []string // as os.Environ
	Stdin   io.Reader
	Stdout  io.Writer
	Stderr  io.Writer
	Program string          // the file of the program, which starts itself for what needs much memory once; "" means that this process does all
	Hurry   <-chan struct{} // closed when a server that is stopping must not wait for calls in progress any longer

	Reload func() <-chan struct{} // begins to receive when a server is to read the models and the log level again; nil means never
}

type command struct {
	name, summary string
	run           func(ctx context.Context, e *Env, args []string) error
	forms         []form // in which it is called, for completion and the manual
}

func commands() []command {
	return []command{
		{"serve", "run the server", serve, []form{{flags: flagsOf(newServeFlags)}}},
		{"migrate", "bring the database up to date, or print what that would do", migrate, []form{{flags: flagsOf(newMigrateFlags)}}},
		{"keys", "list, create and revoke API keys", keys, keysForms()},
		{"login-link", "print a link that signs a browser in to the web UI", loginLink, []form{{flags: flagsOf(newLoginLinkFlags)}}},
		{"provider-keys", "store, list, test and delete keys of model providers", providerKeys, providerKeysForms()},
		{"eval", "evaluate a version, wait for the verdict, and report", eval, evalForms()},
		{"pull", "update a folder of files from a server", pull, []form{{flags: flagsOf(newPullFlags)}}},
		{"push", "save the files in a folder as versions on a server", push, []form{{flags: flagsOf(newPushFlags)}}},
		{"dataset", "add Logs to a Dataset as datapoints", dataset, []form{{word: "add", takes: "DATASET", flags: flagsOf(newDatasetAdd)}}},
		{"import", "bring in what Humanloop's export tool wrote", importing, []form{{word: "humanloop", takes: "DIR", flags: flagsOf(newImportFlags)}}},
		{"export", "write everything as Humanloop's export tool does", exporting, []form{{takes: "DIR", flags: flagsOf(newExportFlags)}}},
		{"backup", "write all data to a file while the server goes on, or verify such a file", backup, backupForms()},
		{"restore", "put the data of a backup into an empty database", restore, []form{{takes: "FILE", flags: flagsOf(newRestoreFlags)}}},
		{"migrate-data", "copy all data into another database: SQLite to PostgreSQL, or back", migrateData, []form{{flags: flagsOf(newMigrateDataFlags)}}},
		{"python", "install the interpreter that runs the code of Evaluators", python, []form{{word: "install", takes: "[FILE]"}}},
		{"routes", "print the routes and the role that each needs", routes, []form{{flags: flagsOf(newRoutesFlags)}}},
		{"openapi", "print the OpenAPI document of the API", openapi, []form{{}}},
		{"doctor", "examine the installation: settings, database, keys, limits, the way to the server", examine, []form{{flags: flagsOf(newDoctorFlags)}}},
		{"healthcheck", "ask whether the server is ready; for containers and services", healthcheck, []form{{flags: flagsOf(newHealthcheckFlags)}}},
		{"completion", "print a script that completes commands in a shell", completion, completionForms()},
		{"man", "print the manual page", man, []form{{}}},
		{"version", "print the version", version, []form{{}}},
	}
}

// errUsage says that the arguments are wrong. The usage was printed already.
var errUsage = errors.New("wrong arguments")

// exitCode ends a command with this code. Everything was printed already.
type exitCode int

func (c exitCode) Error() string { return "exit code " + strconv.Itoa(int(c)) }

// errUnsettled says that the command did not do everything. The rest was printed already.
var errUnsettled = errors.New("conflicts or failures")

// Run runs the command that e.Args name. It returns the exit code: 0, 1 after a failure, 2 for wrong arguments. Those of `eval` are its own.
func Run(ctx context.Context, e *Env) int {
	err := dispatch(ctx, e)
	code, coded := errors.AsType[exitCode](err)
	switch {
	case coded:
		return int(code)
	case err == nil, errors.Is(err, flag.ErrHelp):
		return 0
	case errors.Is(err, errUsage):
		return 2
	case errors.Is(err, errUnsettled):
		return 1
	default:
		_, _ = fmt.Fprintln(e.escaped().Stderr, "openloop:", told(err))
		return 1
	}
}

// told is the text of err for the operator. Of a classified error it is the message, which has no internals.
func told(err error) string {
	if e, ok := err.(*errs.Error); ok && e.Reason != errs.Internal { //nolint:errorlint // what wraps it says more
		return e.Message
	}
	return err.Error()
}

func dispatch(ctx context.Context, e *Env) error {
	args := e.Args
	switch {
	case len(args) == 0, len(args) == 1 && asksForHelp(args):
		usage(e.Stdout)
		return nil
	case args[0] == "-version" || args[0] == "--version":
		args = []string{"version"}
	case args[0] == "help":
		args = []string{args[1], "-h"}
	}
	for _, c := range commands() {
		if c.name != args[0] {
			continue
		}
		if asksForHelp(args[1:]) && !completes(args) {
			return c.run(ctx, &Env{Stdout: e.Stdout, Stderr: e.Stdout}, []string{"-h"}) // help that was asked for goes to the output
		}
		if c.name != "serve" { // whose logs are for programs
			e = e.escaped()
		}
		return c.run(ctx, e, args[1:])
	}
	_, _ = fmt.Fprintf(e.Stderr, "openloop: there is no command %q\n", args[0])
	usage(e.Stderr)
	return errUsage
}

// completes reports whether the arguments are those of a script that completes a line, whose words may ask for help.
func completes(args []string) bool {
	return len(args) > 2 && args[0] == "completion" && args[1] == "words"
}

// asksForHelp reports whether the arguments of a command ask for its usage: `help`, or -h or -help anywhere.
func asksForHelp(args []string) bool {
	isFlag := func(arg string) bool { return arg == "-h" || arg == "-help" || arg == "--help" }
	return slices.ContainsFunc(args, isFlag) || len(args) > 0 && args[0] == "help"
}

// read reads the configuration. It warns of unknown variables that look like settings.
func (e *Env) read() (config.Config, error) {
	e.warn()
	return config.Read(e.Environ)
}

func (e *Env) warn() {
	for _, text := range config.Unknown(e.Environ) {
		_, _ = fmt.Fprintln(e.Stderr, "openloop: warning:", text)
	}
}

func usage(w io.Writer) {
	_, _ = fmt.Fprint(w, "usage: openloop COMMAND\n\n")
	for _, c := range commands() {
		_, _ = fmt.Fprintf(w, "  %-14s %s\n", c.name, c.summary)
	}
	_, _ = fmt.Fprint(w, "\nSettings are environment variables; see docs/settings.md.\n")
}

// serveFlags are those of `serve`.
type serveFlags struct {
	*flag.FlagSet
	addr, data, only string
}

func newServeFlags(e *Env) *serveFlags {
	f := &serveFlags{FlagSet: newFlags(e, "serve")}
	f.StringVar(&f.addr, "addr", "", "address to listen on (OPENLOOP_ADDR)")
	f.StringVar(&f.data, "data", "", "directory of the embedded database (OPENLOOP_DATA_DIR)")
	f.StringVar(&f.only, "only", "", "what the process does: `workers` runs Evaluations and Evaluators, without the API (OPENLOOP_ONLY)")
	return f
}

func serve(ctx context.Context, e *Env, args []string) error {
	flags := newServeFlags(e)
	if err := onlyFlags(flags.FlagSet, args); err != nil {
		return err
	}
	if flags.only != "" {
		e.Environ = append(slices.Clone(e.Environ), "OPENLOOP_ONLY="+flags.only)
	}
	cfg, err := e.read()
	if err != nil {
		return err
	}
	cfg.Program = e.Program
	if flags.addr != "" {
		cfg.Addr = flags.addr
	}
	if flags.data != "" {
		cfg.DataDir = flags.data
	}
	a, err := app.New(ctx, cfg, e.Stderr)
	if err != nil {
		return err
	}
	if e.Reload != nil {
		a.Reloads(e.Reload(), e.read)
	}
	return a.Run(ctx, e.Hurry, e.Stdout)
}

// usageOf is the error of arguments that a command answers with its usage.
func usageOf(args []string) error {
	if asksForHelp(args) {
		return flag.ErrHelp
	}
	return errUsage
}

func usageError(err error) error {
	if errors.Is(err, flag.ErrHelp) {
		return err
	}
	return errUsage
}

func version(_ context.Context, e *Env, args []string) error {
	if len(args) > 0 {
		_, _ = fmt.Fprint(e.Stderr, "usage: openloop version\n")
		return usageOf(args)
	}
	_, err := fmt.Fprintln(e.Stdout, app.Version)
	return err
}
