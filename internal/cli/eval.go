package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/openloop-server/openloop/internal/evalrun"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/json"
)

const evalUsage = `usage: openloop eval run FILE -dataset PATH -evaluator PATH[:THRESHOLD] [flags]
       openloop eval watch RUN [flags]
       openloop eval report EVALUATION [flags]
       openloop eval try FILE.evaluator -log ID [flags]

run evaluates a version of a Prompt, Agent, Tool or Flow by Evaluators, waits until that is done, and says whether it is good enough. watch waits for
a Run, and report prints the report of an Evaluation. try has an Evaluator that is not saved judge some Logs. openloop eval -h shows all flags.
`

const evalRunUsage = `usage: openloop eval run FILE -dataset PATH -evaluator PATH[:THRESHOLD] [flags]

Evaluates a version of the File at a path: by default the one that is deployed to the default environment.

`

const evalExit = `
Exit codes: 0 the thresholds are met, and nothing is significantly worse; 1 it could not be run (arguments, connection, refused); 2 a threshold is
missed, or an Evaluator says that the version is worse; 3 no verdict (more errors than allowed, stopped, cancelled, interrupted).
`

// The exit codes of eval, beside 0.
const (
	couldNotRun exitCode = 1
	notGood     exitCode = 2
	noVerdict   exitCode = 3
)

// eval runs one of its subcommands. Wrong arguments are the same to CI as a server that is away: it could not run.
func eval(ctx context.Context, e *Env, args []string) error {
	commands := map[string]func(context.Context, *Env, []string) error{"run": evalRun, "watch": evalWatch, "report": evalReport, "try": evalTry}
	err := errUsage
	switch {
	case asksForHelp(args):
		_, _ = fmt.Fprint(e.Stderr, evalUsage, "\nFlags of run:\n")
		newEvalRunFlags(e).PrintDefaults()
		_, _ = fmt.Fprint(e.Stderr, evalExit)
		return flag.ErrHelp
	case len(args) == 0 || commands[args[0]] == nil:
		_, _ = fmt.Fprint(e.Stderr, evalUsage)
	default:
		err = commands[args[0]](ctx, e, args[1:])
	}
	if errors.Is(err, errUsage) {
		return couldNotRun
	}
	return err
}

func evalForms() []form {
	return []form{
		{word: "run", takes: "PATH", flags: flagsOf(newEvalRunFlags)},
		{word: "watch", takes: "RUN", flags: flagsOf(newEvalWatchFlags)},
		{word: "report", takes: "EVALUATION", flags: flagsOf(newEvalReportFlags)},
		{word: "try", takes: "FILE", flags: flagsOf(newEvalTryFlags)},
	}
}

// evalFlags are those of all subcommands.
type evalFlags struct {
	*flag.FlagSet
	connection
	e       *Env
	timeout time.Duration
}

func newEvalFlags(e *Env, name, usage string) *evalFlags {
	f := &evalFlags{FlagSet: newFlags(e, "eval "+name), e: e}
	explain(f.FlagSet, usage, evalExit)
	f.flags(f.FlagSet, e)
	return f
}

// arguments parses flags before and after one argument, which it returns.
func (f *evalFlags) arguments(args []string, what string) (string, error) {
	var found []string
	for {
		if err := f.Parse(args); err != nil {
			return "", usageError(err)
		}
		if f.NArg() == 0 {
			break
		}
		found, args = append(found, f.Arg(0)), f.Args()[1:]
	}
	if len(found) != 1 {
		return "", f.wrong("%s takes one argument, %s; see openloop eval -h", f.Name(), what)
	}
	f.e.warn()
	return found[0], nil
}

func (f *evalFlags) wrong(format string, args ...any) error {
	_, _ = fmt.Fprintf(f.e.Stderr, "openloop: "+format+"\n", args...)
	return errUsage
}

// server is the server that the flags name.
func (f *evalFlags) server() (*evalrun.Server, error) {
	if problem := f.complete(f.e); problem != "" {
		return nil, f.wrong("%s", problem)
	}
	client, err := f.client()
	if err != nil {
		return nil, f.wrong("%v", err)
	}
	return &evalrun.Server{Client: client, Now: time.Now, Wait: wait}, nil
}

// wait waits, unless the context ends.
func wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// evalRunFlags are those of `eval run`.
type evalRunFlags struct {
	*evalFlags
	r           evalrun.Request
	errors      string
	json, junit string
}

func newEvalRunFlags(e *Env) *evalRunFlags {
	f := &evalRunFlags{evalFlags: newEvalFlags(e, "run", evalRunUsage)}
	f.StringVar(&f.r.Dataset, "dataset", "", "`path` of the Dataset; required")
	f.Func("evaluator", "`path` of an Evaluator, and after a colon the score that it must reach: checks/exact:0.8. If lower is better, the score must not exceed it. Required; may be repeated",
		func(text string) error {
			c, err := evalrun.ParseCheck(text)
			f.r.Checks = append(f.r.Checks, c)
			return err
		})
	f.StringVar(&f.r.Against, "against", "", "`what` to compare with: an environment, the id of a version, previous or control (the Run before it, or the control, of the Evaluation of that -name)")
	f.StringVar(&f.r.VersionID, "version", "", "`id` of the version to evaluate")
	f.StringVar(&f.r.Environment, "environment", "", "`name` of the environment whose version is evaluated; the default one if not given")
	f.StringVar(&f.r.FileName, "prompt", "", "`file` to save as a version and evaluate, for example openloop/support/reply.prompt; .agent, .tool and .flow do as well")
	f.StringVar(&f.r.Name, "name", "", "`name` of the Evaluation. Runs under one name are compared in one report. By default each has its own, without a name")
	f.BoolVar(&f.r.Submitted, "submitted", false, "the Logs are submitted by a program of yours, for the Run whose id is printed; needed for Flows")
	f.BoolVar(&f.r.Reuse, "reuse", false, "use Logs of the version for datapoints of the Dataset that exist")
	f.Float64Var(&f.r.MaxCost, "max-cost", 0, "`dollars` after which the server stops a Run, also the one to compare with; 0 for no limit")
	f.StringVar(&f.errors, "max-errors", "5%", "`number` or share of failures beyond which there is no verdict")
	f.DurationVar(&f.timeout, "timeout", 0, "`time` to wait, for example 30m; 0 for no limit. The Run goes on without you")
	f.StringVar(&f.json, "json", "", "`file` for the result as JSON")
	f.StringVar(&f.junit, "junit", "", "`file` for the result as JUnit's XML")
	return f
}

// check completes the request.
func (f *evalRunFlags) check(path string) error {
	var problem string
	if f.r.Path, problem = file.CleanPath(path); problem != "" {
		return f.wrong("%q names no File: %s", path, problem)
	}
	var err error
	if f.r.MaxErrors, err = evalrun.ParseLimit(f.errors); err != nil {
		return f.wrong("-max-errors: %v", err)
	}
	switch {
	case f.r.Dataset == "":
		return f.wrong("-dataset is missing")
	case len(f.r.Checks) == 0:
		return f.wrong("-evaluator is missing")
	case !(f.r.MaxCost >= 0):
		return f.wrong("-max-cost must be 0 or more")
	case f.r.FileName != "" && f.r.VersionID != "", f.r.FileName != "" && f.r.Environment != "", f.r.VersionID != "" && f.r.Environment != "":
		return f.wrong("give one of -prompt, -version and -environment")
	case (f.r.Against == evalrun.Previous || f.r.Against == evalrun.Control) && f.r.Name == "":
		return f.wrong("-against %s needs the -name of an Evaluation, whose Runs it looks at", f.r.Against)
	}
	if f.r.FileName != "" {
		raw, err := os.ReadFile(f.r.FileName)
		if err != nil {
			return f.wrong("%v", err)
		}
		f.r.Text = string(raw)
	}
	return nil
}

func evalRun(ctx context.Context, e *Env, args []string) error {
	f := newEvalRunFlags(e)
	path, err := f.arguments(args, "the path of a File")
	if err != nil {
		return err
	}
	if err := f.check(path); err != nil {
		return err
	}
	server, err := f.server()
	if err != nil {
		return err
	}
	started, err := server.Start(ctx, &f.r)
	if err != nil {
		return interrupted(ctx, err)
	}
	_, _ = fmt.Fprintf(e.Stdout, "Evaluation %s, Run %s\n", started.Evaluation.ID, started.RunID)
	states, err := f.watch(ctx, server, started.Evaluation.ID, started.Runs())
	if err != nil {
		return err
	}
	outcome, err := server.Decide(ctx, &f.r, started, states)
	if err != nil {
		return interrupted(ctx, err)
	}
	return f.tell(outcome, started.Notes)
}

// tell prints and writes the outcome, and turns it into the exit code.
func (f *evalRunFlags) tell(o *evalrun.Outcome, notes []string) error {
	_, _ = fmt.Fprintf(f.e.Stdout, "\n%s\n", o.Comparison.Report)
	for _, note := range notes {
		_, _ = fmt.Fprintln(f.e.Stdout, note)
	}
	for _, reason := range o.Reasons {
		_, _ = fmt.Fprintln(f.e.Stdout, reason+".")
	}
	if f.json != "" {
		raw, err := json.MarshalIndent(o)
		if err == nil {
			err = f.write(f.json, append(raw, '\n'))
		}
		if err != nil {
			return err
		}
	}
	if f.junit != "" {
		raw, err := o.JUnit(f.r.Path)
		if err == nil {
			err = f.write(f.junit, raw)
		}
		if err != nil {
			return err
		}
	}
	switch o.Verdict {
	case evalrun.Passed:
		_, _ = fmt.Fprintln(f.e.Stdout, "passed")
		return nil
	case evalrun.Failed:
		_, _ = fmt.Fprintln(f.e.Stdout, "failed")
		return notGood
	case evalrun.Nothing:
	}
	_, _ = fmt.Fprintln(f.e.Stdout, "no verdict")
	return noVerdict
}

// write writes a file; "-" is the output.
func (f *evalRunFlags) write(name string, raw []byte) error {
	if name == "-" {
		_, err := f.e.Stdout.Write(raw)
		return err
	}
	if err := os.WriteFile(name, raw, 0o644); err != nil { //nolint:gosec // a report, for whoever reads the results of CI
		return fmt.Errorf("the result cannot be written: %w", err)
	}
	return nil
}

// watch waits for Runs, and shows the progress of the first.
func (f *evalFlags) watch(ctx context.Context, server *evalrun.Server, evaluationID string, runIDs []string) (map[string]evalrun.State, error) {
	if f.timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, f.timeout)
		defer cancel()
	}
	progress := newProgress(f.e, server.Now)
	states, err := server.Watch(ctx, evaluationID, runIDs, func(s evalrun.State) { progress.show(s.String()) })
	progress.end()
	if ctx.Err() != nil {
		_, _ = fmt.Fprintf(f.e.Stderr, "openloop: not waiting any longer; the Run goes on, and openloop eval watch %s waits for it\n", runIDs[0])
		return nil, noVerdict
	}
	return states, err
}

// interrupted is err, or no verdict if it comes from the end of the context.
func interrupted(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return noVerdict
	}
	return err
}

func newEvalWatchFlags(e *Env) *evalFlags {
	f := newEvalFlags(e, "watch", "usage: openloop eval watch RUN [flags]\n\nWaits for a Run, or for the newest Run of an Evaluation, and prints its report. Thresholds are not looked at.\n\n")
	f.DurationVar(&f.timeout, "timeout", 0, "`time` to wait, for example 30m; 0 for no limit")
	return f
}

func evalWatch(ctx context.Context, e *Env, args []string) error {
	f := newEvalWatchFlags(e)
	id, err := f.arguments(args, "the id of a Run or an Evaluation")
	if err != nil {
		return err
	}
	server, err := f.server()
	if err != nil {
		return err
	}
	evaluation := &evalrun.Evaluation{ID: id}
	if strings.HasPrefix(id, "evr_") {
		id, err = server.NewestRun(ctx, evaluation.ID)
	} else {
		evaluation, err = server.EvaluationOf(ctx, id)
	}
	if err != nil {
		return interrupted(ctx, err)
	}
	states, err := f.watch(ctx, server, evaluation.ID, []string{id})
	if err != nil {
		return err
	}
	text, err := server.RunReport(ctx, evaluation.ID, id)
	if err != nil {
		return interrupted(ctx, err)
	}
	_, _ = fmt.Fprint(e.Stdout, text)
	if state := states[id]; state.Status == "cancelled" || state.Progress.Stopped != "" {
		return noVerdict
	}
	return nil
}

func newEvalReportFlags(e *Env) *evalFlags {
	return newEvalFlags(e, "report", "usage: openloop eval report EVALUATION [flags]\n\nPrints the report of an Evaluation, or of the newest Evaluation of a Run.\n\n")
}

func evalReport(ctx context.Context, e *Env, args []string) error {
	f := newEvalReportFlags(e)
	id, err := f.arguments(args, "the id of an Evaluation")
	if err != nil {
		return err
	}
	server, err := f.server()
	if err != nil {
		return err
	}
	if strings.HasPrefix(id, "rn_") {
		of, err := server.EvaluationOf(ctx, id)
		if err != nil {
			return interrupted(ctx, err)
		}
		id = of.ID
	}
	text, err := server.Report(ctx, id)
	if err != nil {
		return interrupted(ctx, err)
	}
	_, err = fmt.Fprint(e.Stdout, text)
	return err
}
