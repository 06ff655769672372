package cli

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/openloop-server/openloop/internal/evalrun"
)

const evalTryUsage = `usage: openloop eval try FILE.evaluator -log ID [flags]

Has the server judge Logs by the Evaluator in a file, and stores nothing. The exit code is 2 if a judgment failed.

`

// evalTryFlags are those of `eval try`.
type evalTryFlags struct {
	*evalFlags
	logs []string
}

func newEvalTryFlags(e *Env) *evalTryFlags {
	f := &evalTryFlags{evalFlags: newEvalFlags(e, "try", evalTryUsage)}
	f.Func("log", "`id` of a Log; required, may be repeated", func(id string) error {
		f.logs = append(f.logs, id)
		return nil
	})
	return f
}

func evalTry(ctx context.Context, e *Env, args []string) error {
	f := newEvalTryFlags(e)
	name, err := f.arguments(args, "an .evaluator file")
	if err != nil {
		return err
	}
	if len(f.logs) == 0 {
		return f.wrong("-log is missing")
	}
	raw, err := os.ReadFile(name)
	if err != nil {
		return f.wrong("%v", err)
	}
	server, err := f.server()
	if err != nil {
		return err
	}
	results, err := server.Try(ctx, name, string(raw), f.logs)
	if err != nil {
		return interrupted(ctx, err)
	}
	failed := false
	for i := range results {
		failed = failed || results[i].Error != nil
		id := ""
		if i < len(f.logs) {
			id = f.logs[i]
		}
		_, _ = fmt.Fprint(e.Stdout, tried(id, &results[i]))
	}
	if failed {
		return notGood
	}
	return nil
}

// tried is the lines about a Log: the judgment or the failure, and below it what was said.
func tried(logID string, t *evalrun.Tried) string {
	verdict := string(t.Judgment)
	switch {
	case t.Error != nil:
		verdict = "failed: " + *t.Error
	case verdict == "" || verdict == "null":
		verdict = "abstained"
	}
	lines := []string{fmt.Sprintf("%s  %s  (%.0f ms%s)", logID, verdict, t.Milliseconds, dollars(t.Cost))}
	for _, said := range []*string{t.Output, t.Stdout} {
		if said == nil {
			continue
		}
		for line := range strings.Lines(*said) {
			lines = append(lines, "    "+strings.TrimRight(line, "\r\n"))
		}
	}
	return strings.Join(lines, "\n") + "\n"
}

func dollars(cost *float64) string {
	if cost == nil || *cost == 0 {
		return ""
	}
	return fmt.Sprintf(", $%.4f", *cost)
}
