package toolrun

import (
	"context"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
)

// outcome is what a Tool gives. A Tool that fails may have printed something.
type outcome struct {
	output *string
	stdout string
	line   int // of the code that failed
}

func output(text string) outcome { return outcome{output: &text} }

// way is how a type of Tools is run. Its errors are classified, or those of the context.
type way func(*task, context.Context) (outcome, error)

// runs returns how the server runs a Tool, nil for one that only a client can run.
func runs(t *file.Tool) way {
	switch t.Runs() {
	case file.PythonTool:
		return (*task).python
	case file.SnippetTool:
		return (*task).snippet
	case file.MockTool:
		return (*task).mock
	case file.GetAPICallTool:
		return (*task).apiCall
	case file.GoogleTool:
		return (*task).google
	case file.MCPTool:
		return (*task).mcp
	case file.SchemaTool, file.PineconeSearch:
	}
	return nil
}

// Runnable reports whether the server can run t. If not, only a client can.
func Runnable(t *file.Tool) bool { return runs(t) != nil }

func notRunnable(version *file.Snapshot, t *file.Tool) error {
	kind := string(t.Runs())
	if kind == "" {
		return errs.New(errs.ToolNotRunnable, "The Tool `%s` has no code that could be run.", version.File.Path)
	}
	return errs.New(errs.ToolNotRunnable, "The Tool `%s` is of the type %s, which the server does not run: the client runs it and logs the result.", version.File.Path, kind)
}
