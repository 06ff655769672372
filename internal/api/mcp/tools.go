package mcp

import (
	"cmp"
	"context"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/openloop-server/openloop/internal/agent"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/gateway"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/toolrun"
	"github.com/openloop-server/openloop/internal/trace"
)

// kinds are those whose versions are tools.
func kinds() []file.Kind { return []file.Kind{file.PromptKind, file.ToolKind, file.AgentKind} }

func (s *server) listTools(ctx context.Context, p *sdk.ListToolsParams) (*sdk.ListToolsResult, error) {
	cursor := ""
	if p != nil {
		cursor = p.Cursor
	}
	snaps, next, err := s.page(ctx, cursor, kinds()...)
	if err != nil {
		return nil, err
	}
	out := &sdk.ListToolsResult{Tools: []*sdk.Tool{}, NextCursor: next, Cacheable: own()}
	for i := range snaps {
		tools, err := s.tools(&snaps[i])
		if err != nil {
			return nil, err
		}
		out.Tools = append(out.Tools, tools...)
	}
	return out, nil
}

// tools describes a version as tools: none if the server cannot run it, several if it has several functions.
func (s *server) tools(snap *file.Snapshot) ([]*sdk.Tool, error) {
	opened, err := s.o.Catalog.Opened(snap)
	if err != nil {
		return nil, err
	}
	content, isTool := opened.Content.(*file.Tool)
	if isTool {
		return toolsOf(snap, content), nil
	}
	arguments, err := schemaOf(opened)
	return []*sdk.Tool{{Name: nameOf(&snap.File), Title: snap.File.Path, Description: describe(snap), InputSchema: arguments}}, err
}

func toolsOf(snap *file.Snapshot, content *file.Tool) []*sdk.Tool {
	if !toolrun.Runnable(content) {
		return nil
	}
	title := snap.File.Path
	list, several := content.MCPFunctions()
	if !several {
		f := cmp.Or(content.Function, new(llm.Tool))
		return []*sdk.Tool{{Name: nameOf(&snap.File), Title: title, Description: cmp.Or(f.Description, describe(snap)), InputSchema: f.Schema()}}
	}
	out := make([]*sdk.Tool, len(list))
	for i := range list {
		f := &list[i]
		out[i] = &sdk.Tool{
			Name: nameOfPart(&snap.File, f.Name), Title: title + " " + f.Name, Description: cmp.Or(f.Description, describe(snap)), InputSchema: f.Schema(),
		}
	}
	return out
}

// callTool calls what a name means. An error says that there is no such tool; what fails in the call is a result.
func (s *server) callTool(ctx context.Context, p *sdk.CallToolParamsRaw) (*sdk.CallToolResult, error) {
	t, err := s.find(ctx, p.Name, kinds()...)
	if err != nil {
		return nil, err
	}
	if t == nil {
		return nil, errs.New(errs.ToolNotFound, "There is no tool %q.", errs.Clean(p.Name, maxShown))
	}
	log, err := s.call(ctx, t, json.ObjectOrEmpty(json.Value(p.Arguments)))
	if err != nil {
		return s.failure(ctx, err), nil
	}
	if log.Detail != nil {
		failed := s.failure(ctx, failureOf(log))
		failed.Meta[metaLog] = log.ID
		return failed, nil
	}
	out := final(ctx, new(sdk.CallToolResult))
	out.Content, out.Meta = []sdk.Content{&sdk.TextContent{Text: outputOf(log)}}, sdk.Meta{metaLog: log.ID}
	return out, nil
}

// call runs a version and returns its Log.
func (s *server) call(ctx context.Context, t *target, arguments json.Value) (*trace.Log, error) {
	ref, log, now := file.Ref{ID: t.File.ID, VersionID: t.Version.ID}, trace.Log{Source: Source}, s.o.Now()
	if t.File.Kind == file.ToolKind {
		result, err := s.o.Tools.Run(ctx, &toolrun.Input{Ref: ref, Function: t.function, Inputs: arguments, Log: log})
		if err != nil {
			return nil, err
		}
		return result.Log, nil
	}
	inputs, said, err := split(t.opened, arguments)
	if err != nil {
		return nil, err
	}
	if t.File.Kind == file.AgentKind {
		terms := agent.Terms{ReceivedAt: now, Unattended: true} // nobody can continue it over the protocol
		result, err := s.o.Agents.Call(ctx, &agent.CallInput{Ref: ref, Terms: terms, Inputs: inputs, Messages: said, Log: log})
		if err != nil {
			return nil, err
		}
		return result.Log, nil
	}
	result, err := s.o.Gateway.Call(ctx, &gateway.CallInput{Ref: ref, Inputs: inputs, Messages: said, Log: log, ReceivedAt: now})
	if err != nil {
		return nil, err
	}
	return result.Logs[0], nil
}

// failureOf is the failure that a Log recorded.
func failureOf(log *trace.Log) error {
	d := log.Detail
	return &errs.Error{Reason: d.Reason, Message: d.Message, Origin: d.Origin, Violations: d.Errors, LogID: log.ID}
}

// outputOf is the text of what a Log recorded. An answer that calls tools of the Prompt is the message, as JSON.
func outputOf(log *trace.Log) string {
	switch m := log.Payload.OutputMessage; {
	case m != nil && len(m.ToolCalls) > 0:
		return string(m.AppendJSON(nil))
	case log.Payload.Output != nil:
		return *log.Payload.Output
	}
	return ""
}
