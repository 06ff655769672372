package toolrun

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/mcpclient"
)

// mcp calls a function of an MCP server.
func (t *task) mcp(ctx context.Context) (outcome, error) {
	variables, err := t.variables(ctx)
	if err != nil {
		return outcome{}, err
	}
	at, err := endpoint(t.tool, variables)
	if err != nil {
		return outcome{}, errs.From(err).With(func(e *errs.Error) { e.Reason = errs.ToolFailed })
	}
	f := &mcpclient.Function{Name: cmp.Or(t.called.Original, t.called.Name), Parameters: t.called.Schema()}
	text, err := t.o.MCP.Call(ctx, at, f, t.inputs)
	if err != nil {
		return outcome{}, err
	}
	return output(text), nil
}

// choose returns the function that is called, nil for a Tool without one.
func (t *task) choose(name string) (*llm.Tool, error) {
	if t.tool.Runs() == file.MCPTool {
		return t.chooseMCP(name)
	}
	if f := t.tool.Function; name != "" && (f == nil || f.Name != name) {
		return nil, errs.Invalid("The Tool has no function of this name.", "function")
	}
	return t.tool.Function, nil
}

// chooseMCP finds the function of an MCP server.
func (t *task) chooseMCP(name string) (*llm.Tool, error) {
	functions, several := t.tool.MCPFunctions()
	if t.called = t.tool.MCPFunction(name); t.called != nil {
		return &t.called.Tool, nil
	}
	names := make([]string, len(functions))
	for i := range functions {
		names[i] = functions[i].Name
	}
	known := errs.Truncate(strings.Join(names, ", "), maxExcerpt)
	switch {
	case len(functions) == 0:
		return nil, errs.New(errs.ToolNotRunnable, "The version of the Tool `%s` does not have the functions of its MCP server. Save it again.", t.version.File.Path)
	case several && name == "":
		return nil, errs.Invalid("The Tool stands for all functions of its MCP server. Name the one to call: "+known+".", "function")
	}
	return nil, errs.Invalid("The Tool has no function of this name. It has: "+known+".", "function")
}

// noteOf is what a Log says of a function that was called.
func noteOf(f *file.MCPFunction) json.Value {
	raw, err := json.Marshal(map[string]string{"function": f.Name})
	if err != nil { // texts always encode
		return nil
	}
	return raw
}

// endpoint returns where the server of a Tool is. Variables are put in place of {{name}} in the URL and the headers.
func endpoint(tool *file.Tool, variables map[string]string) (mcpclient.Endpoint, error) {
	setup, err := tool.MCP()
	if err != nil {
		return mcpclient.Endpoint{}, err
	}
	filled := &given{variables: variables}
	address, err := filled.url(setup.URL, nil)
	if err != nil {
		return mcpclient.Endpoint{}, invalidSetup(err, "url")
	}
	header, err := filled.headers(setup.Headers)
	if err != nil {
		return mcpclient.Endpoint{}, invalidSetup(err, "headers")
	}
	return mcpclient.Endpoint{URL: address, Header: header}, nil
}

func invalidSetup(err error, member string) error {
	return errs.Invalid(errs.From(err).Message, "setup_values", member)
}

// Pin asks the MCP server of a Tool for its functions, and writes those that the Tool has into its content, which becomes a version of the File
// that ref names. A Tool that has them already, and one of another type, stays as it is. Errors: validation_failed for setup values that are
// wrong, and a function that the server does not have; those of [mcpclient.Client.Functions].
func (r *Runner) Pin(ctx context.Context, ref file.Ref, tool *file.Tool) error {
	if tool.Runs() != file.MCPTool {
		return nil
	}
	setup, err := tool.MCP()
	if err != nil || tool.Function != nil || len(setup.Functions) > 0 {
		return err
	}
	variables, hide, err := r.variablesOf(ctx, ref)
	if err != nil {
		return err
	}
	at, err := endpoint(tool, variables)
	if err != nil {
		return err
	}
	all, err := r.o.MCP.Functions(ctx, at)
	if e, ok := errors.AsType[*errs.Error](err); ok {
		return hide.error(e)
	}
	if err != nil {
		return err
	}
	for i := range all { // what a server says may hold what it was sent
		f := &all[i]
		f.Name, f.Description, f.Parameters = hide.text(f.Name), hide.text(f.Description), json.Value(hide.text(string(f.Parameters)))
	}
	return pin(tool, &setup, all)
}

// variablesOf returns the variables of the File that ref names, which may not be there yet.
func (r *Runner) variablesOf(ctx context.Context, ref file.Ref) (map[string]string, mask, error) {
	snap, err := r.o.Catalog.Find(ctx, file.ToolKind, ref)
	if errs.Is(err, errs.ToolNotFound) {
		return nil, mask{}, nil
	}
	if err != nil {
		return nil, mask{}, err
	}
	all, err := r.o.Vault.Variables(ctx, snap.File.ID)
	values := make(map[string]string, len(all))
	for _, v := range all {
		values[v.Name] = v.Value
	}
	return values, newMask(all), err
}

// pin writes functions of a server into the content of a Tool.
func pin(tool *file.Tool, setup *file.MCPSetup, all []mcpclient.Function) error {
	legal := pinned(all)
	if setup.Tool != file.AllFunctions {
		i := slices.IndexFunc(all, func(f mcpclient.Function) bool { return f.Name == setup.Tool })
		if i < 0 {
			names := make([]string, len(all))
			for i := range all {
				names[i] = errs.Clean(all[i].Name, 64)
			}
			return errs.Invalid("The MCP server has no function of this name. It has: "+errs.Truncate(strings.Join(names, ", "), maxExcerpt)+".", "setup_values", "tool")
		}
		tool.Function = &legal[i].Tool
		return nil
	}
	if len(all) == 0 {
		return errs.Invalid("The MCP server has no functions.", "setup_values", "tool")
	}
	list, err := json.Marshal(map[string]any{"functions": legal})
	if err == nil {
		tool.SetupValues, err = json.Merge(tool.SetupValues, list)
	}
	return errs.Wrap("toolrun.pin", err)
}

// pinned gives each function a name that models can call, unique in the list.
func pinned(all []mcpclient.Function) []file.MCPFunction {
	out, taken := make([]file.MCPFunction, len(all)), map[string]bool{}
	for i, f := range all {
		legal := file.FunctionName(f.Name)
		name := legal
		for n := 2; taken[name]; n++ {
			suffix := fmt.Sprintf("_%d", n)
			name = legal[:min(len(legal), file.MaxFunctionName-len(suffix))] + suffix
		}
		taken[name] = true
		out[i].Tool = llm.Tool{Name: name, Description: f.Description, Parameters: f.Parameters}
		if name != f.Name {
			out[i].Original = f.Name
		}
	}
	return out
}
