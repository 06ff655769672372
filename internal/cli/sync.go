package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"

	"github.com/rogpeppe/go-internal/diff"

	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/filesync"
)

const pullUsage = `usage: openloop pull [flags]

Updates the files in a folder from the Prompts, Agents, Tools, Evaluators and Flows on a server. A file that changed on both sides is a conflict.

`

const pushUsage = `usage: openloop push [flags]

Saves the changed files in a folder as versions on a server. A file that changed on both sides is a conflict.

`

const syncExit = `
The signs are + new, ~ changed, - deleted, ^ deployed, = left alone, ! conflict or failure. The exit code is 1 if there is any !.
`

type syncFlags struct {
	*flag.FlagSet
	connection
	types string
	diff  bool
	alone string // where the files are that only the target has
	o     filesync.Options
}

func newSyncFlags(e *Env, name, usage string) *syncFlags {
	f := &syncFlags{FlagSet: newFlags(e, name)}
	explain(f.FlagSet, usage, syncExit)
	f.flags(f.FlagSet, e)
	f.StringVar(&f.o.Dir, "dir", "openloop", "the `folder`")
	f.StringVar(&f.o.Path, "path", "", "only the directory or file at this `path` of the folder, for example support or support/greet.prompt")
	f.StringVar(&f.types, "type", "", "only Files of these `kinds`, for example prompt,agent; by default all except dataset")
	f.StringVar(&f.o.Environment, "environment", "", "`name` of the environment that the folder follows; the default one if not given")
	f.StringVar(&f.o.Environment, "e", "", "short for environment")
	f.BoolVar(&f.o.DryRun, "dry-run", false, "report what would be done, and do nothing")
	f.BoolVar(&f.diff, "diff", false, "show the changes of the files")
	return f
}

func newPullFlags(e *Env) *syncFlags {
	f := newSyncFlags(e, "pull", pullUsage)
	f.BoolVar(&f.o.Delete, "delete", false, "delete files here that were deleted on the server")
	f.BoolVar(&f.o.Force, "force", false, "overwrite files that changed here")
	f.alone = "only here"
	return f
}

func pull(ctx context.Context, e *Env, args []string) error {
	return newPullFlags(e).run(ctx, e, args, filesync.Pull)
}

func newPushFlags(e *Env) *syncFlags {
	f := newSyncFlags(e, "push", pushUsage)
	f.BoolVar(&f.o.Delete, "delete", false, "delete Files on the server, with all their versions, that were deleted here")
	f.BoolVar(&f.o.Force, "force", false, "make versions of files that changed on the server as well")
	f.StringVar(&f.o.Deploy, "deploy", "", "`name` of an environment to deploy the versions in the folder to")
	f.alone = "only on the server"
	return f
}

func push(ctx context.Context, e *Env, args []string) error {
	return newPushFlags(e).run(ctx, e, args, filesync.Push)
}

func (f *syncFlags) run(ctx context.Context, e *Env, args []string, do func(context.Context, filesync.Options) (filesync.Summary, error)) error {
	if err := f.Parse(args); err != nil {
		return usageError(err)
	}
	e.warn()
	if problem := f.check(e); problem != "" {
		_, _ = fmt.Fprintf(e.Stderr, "openloop: %s\n", problem)
		return errUsage
	}
	f.o.Report = func(c filesync.Change) { report(e.Stdout, c, f.diff) }
	sum, err := do(ctx, f.o)
	if sum != nil {
		_, _ = fmt.Fprintln(e.Stdout, summarize(sum, f.alone, f.o.DryRun))
	}
	switch {
	case errors.Is(err, context.Canceled):
		return errors.New("interrupted; what is told above was done, and the rest can be done by the same command")
	case err == nil && !sum.Settled():
		return errUnsettled
	default:
		return err
	}
}

func (f *syncFlags) check(e *Env) (problem string) {
	if f.NArg() > 0 {
		return fmt.Sprintf("%s takes no argument %q; see openloop %s -h", f.Name(), f.Arg(0), f.Name())
	}
	if problem := f.complete(e); problem != "" {
		return problem
	}
	if f.Name() == "pull" && f.o.Delete && f.o.Environment != "" {
		return "a File that is not deployed to an environment is not deleted; use -delete without -environment"
	}
	if f.types != "" {
		for name := range strings.SplitSeq(f.types, ",") {
			f.o.Kinds = append(f.o.Kinds, file.Kind(strings.TrimSpace(name)))
		}
	}
	for _, k := range f.o.Kinds {
		if !slices.Contains(filesync.Kinds(), k) {
			return fmt.Sprintf("%q is no type of Files that a folder can keep; the types are %s", k, filesync.KindNames())
		}
	}
	var err error
	if f.o.Client, err = f.client(); err != nil {
		return err.Error()
	}
	return ""
}

// lookup is a variable of the environment, or its default if it is not set.
func (e *Env) lookup(name, otherwise string) string {
	for _, v := range e.Environ {
		if value, ok := strings.CutPrefix(v, name+"="); ok && value != "" {
			return value
		}
	}
	return otherwise
}

func report(w io.Writer, c filesync.Change, withDiff bool) {
	line := c.Action.String() + " " + c.Name
	if c.Note != "" {
		line += "  " + c.Note
	}
	_, _ = fmt.Fprintln(w, printable(line))
	if withDiff && c.Before != c.After {
		text := diff.Diff("a/"+c.Name, []byte(c.Before), "b/"+c.Name, []byte(c.After))
		_, lines, _ := strings.Cut(string(text), "\n") // the first only repeats the names
		_, _ = io.WriteString(w, lines)
	}
}

// printable is a line without characters that move the cursor of a terminal. Names and messages are foreign text.
func printable(line string) string {
	return strings.Map(func(r rune) rune {
		if moves(r) {
			return unicode.ReplacementChar
		}
		return r
	}, line)
}

func summarize(sum filesync.Summary, alone string, dry bool) string {
	var parts []string
	for _, c := range []struct {
		action filesync.Action
		one    string
		many   string
	}{
		{filesync.New, "new", "new"},
		{filesync.Changed, "changed", "changed"},
		{filesync.Deleted, "deleted", "deleted"},
		{filesync.Deployed, "deployed", "deployed"},
		{filesync.Kept, "left alone", "left alone"},
		{filesync.Conflict, "conflict", "conflicts"},
		{filesync.Failed, "failure", "failures"},
		{filesync.InStep, "in step", "in step"},
		{filesync.Alone, alone, alone},
	} {
		switch n := sum[c.action]; n {
		case 0:
		case 1:
			parts = append(parts, "1 "+c.one)
		default:
			parts = append(parts, fmt.Sprint(n, " ", c.many))
		}
	}
	if len(parts) == 0 {
		parts = []string{"Nothing is there"}
	}
	line := strings.Join(parts, ", ") + "."
	if dry {
		line += " Nothing was done: this was a dry run."
	}
	return line
}
