package toolrun

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"runtime/debug"
	"strings"
	"sync"

	"github.com/openloop-server/openloop/internal/catalog"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/tmpl"
	"github.com/openloop-server/openloop/internal/trace"
)

// maxCalls is how many calls of Tools a template may have, since they run at once.
const maxCalls = 32

// RunCalls runs the Tools that a template calls, all at once, and returns the inputs with what they gave. log is what their Logs have in common; it
// names their trace and their parent. A name means one of the linked Tools, or else the Tool at that path, or else the only one whose path ends with it.
// It is that in the default environment.
//
// Errors: tool_failed if a Tool cannot be found or run, or fails.
func (r *Runner) RunCalls(ctx context.Context, calls []tmpl.ToolCall, linked []catalog.LinkedTool, inputs tmpl.Inputs, log *trace.Log) (tmpl.Inputs, error) {
	if len(calls) > maxCalls {
		return nil, failed("The template calls Tools %d times, and may call them %d times.", len(calls), maxCalls)
	}
	outputs, failures := make([]string, len(calls)), make([]error, len(calls))
	var running sync.WaitGroup
	for i := range calls {
		running.Go(func() {
			defer func() {
				if v := recover(); v != nil {
					failures[i] = errs.Wrap("toolrun.RunCalls", fmt.Errorf("panic: %v\n%s", v, debug.Stack()))
				}
			}()
			outputs[i], failures[i] = r.runCall(ctx, &calls[i], linked, *log)
		})
	}
	running.Wait()
	out := maps.Clone(inputs)
	if out == nil {
		out = tmpl.Inputs{}
	}
	for i := range calls {
		if failures[i] != nil {
			return nil, failures[i]
		}
		out[calls[i].Text] = outputs[i]
	}
	return out, nil
}

// runCall runs one call, and returns the output of the Tool.
func (r *Runner) runCall(ctx context.Context, c *tmpl.ToolCall, linked []catalog.LinkedTool, log trace.Log) (string, error) {
	version, err := r.called(ctx, c.Tool, linked)
	if err != nil {
		return "", err
	}
	opened, err := r.o.Catalog.Opened(version)
	if err != nil {
		return "", err
	}
	tool, ok := opened.Content.(*file.Tool)
	if !ok {
		return "", errs.Wrap("toolrun.runCall", fmt.Errorf("%s is no Tool", version.File.ID))
	}
	inputs, err := arguments(tool, c)
	if err != nil {
		return "", err
	}
	result, err := r.Run(ctx, &Input{Ref: file.Ref{VersionID: version.Version.ID}, Inputs: inputs, Log: log})
	switch {
	case err != nil && errs.From(err).Reason.Code() < http.StatusInternalServerError:
		return "", failed("The template calls the Tool `%s`, which cannot be run: %s", version.File.Path, errs.From(err).Message)
	case err != nil:
		return "", err
	case result.Log.Error != nil:
		return "", failed("The template calls the Tool `%s`, which failed: %s", version.File.Path, *result.Log.Error)
	case result.Log.Payload.Output == nil:
		return "", nil
	}
	return *result.Log.Payload.Output, nil
}

// called returns the Tool that a template calls by a name.
func (r *Runner) called(ctx context.Context, name string, linked []catalog.LinkedTool) (*file.Snapshot, error) {
	for i := range linked {
		if l := &linked[i]; l.Function.Name == name || file.BaseName(l.Path) == name {
			return r.o.Catalog.Version(ctx, l.VersionID)
		}
	}
	found, err := r.o.Catalog.ToolsNamed(ctx, name)
	if err != nil {
		return nil, err
	}
	paths := make([]string, len(found))
	for i := range found {
		if paths[i] = found[i].File.Path; paths[i] == name || len(found) == 1 {
			return &found[i], nil
		}
	}
	if len(found) == 0 {
		return nil, failed("The template calls the Tool `%s`, which does not exist.", name)
	}
	return nil, failed("The template calls the Tool `%s`, and there are several: %s. Link the one that is meant.", name, strings.Join(paths, ", "))
}

// arguments gives the arguments of a call their names: those of the parameters, in their order.
func arguments(t *file.Tool, c *tmpl.ToolCall) (json.Value, error) {
	names := parameters(t)
	if len(c.Args) > len(names) {
		return nil, failed("The template calls the Tool `%s` with %d arguments, and its parameters are %d.", c.Tool, len(c.Args), len(names))
	}
	out := []byte{'{'}
	for i, value := range c.Args {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(append(json.AppendString(out, names[i]), ':'), value...)
	}
	return append(out, '}'), nil
}

// parameters are the names of the inputs of a Tool, in their order. Two types have inputs without a function that names them.
func parameters(t *file.Tool) []string {
	switch named := t.Parameters(); {
	case len(named) == 0 && t.Runs() == file.SnippetTool:
		return []string{"key"}
	case len(named) == 0 && t.Runs() == file.GoogleTool:
		return []string{"query"}
	default:
		return named
	}
}
