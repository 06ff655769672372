package mcp

import (
	"cmp"
	"context"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/gateway"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/toolrun"
	"github.com/openloop-server/openloop/internal/trace"
)

func (s *server) listTools(ctx context.Context, p *sdk.ListToolsParams) (*sdk.ListToolsResult, error) {
	cursor := ""
	if p != nil {
		cursor = p.Cursor
	}
	snaps, next, err := s.page(ctx, cursor, file.PromptKind, file.ToolKind)
	if err != nil {
		return nil, err
	}
	out := &sdk.ListToolsResult{Tools: []*sdk.Tool{}, NextCursor: next}
	for i := range snaps {
		tool, err := s.tool(&snaps[i])
		if err != nil {
			return nil, err
		}
		if tool != nil {
			out.Tools = append(out.Tools, tool)
		}
	}
	return out, nil
}

// tool describes a version as a tool, nil if the server cannot run it.
func (s *server) tool(snap *file.Snapshot) (*sdk.Tool, error) {
	opened, err := s.o.Catalog.Opened(snap)
	if err != nil {
		return nil, err
	}
	out := &sdk.Tool{Name: nameOf(&snap.File), Title: snap.File.Path, Description: describe(snap)}
	content, isTool := opened.Content.(*file.Tool)
	switch {
	case !isTool:
		out.InputSchema, err = schemaOf(opened)
		return out, err
	case !toolrun.Runnable(content):
		return nil, nil
	case content.Function == nil:
		out.InputSchema = new(llm.Tool).Schema()
		return out, nil
	}
	out.Description = cmp.Or(content.Function.Description, out.Description)
	out.InputSchema = content.Function.Schema()
	return out, nil
}

// callTool calls what a name means. An error says that there is no such tool; what fails in the call is a result.
func (s *server) callTool(ctx context.Context, p *sdk.CallToolParamsRaw) (*sdk.CallToolResult, error) {
	snap, err := s.find(ctx, p.Name, file.PromptKind, file.ToolKind)
	if err != nil {
		return nil, err
	}
	if snap == nil {
		return nil, errs.New(errs.ToolNotFound, "There is no tool %q.", errs.Clean(p.Name, maxShown))
	}
	log, err := s.call(ctx, snap, json.ObjectOrEmpty(json.Value(p.Arguments)))
	if err != nil {
		return s.failure(ctx, err), nil
	}
	out := &sdk.CallToolResult{Content: []sdk.Content{&sdk.TextContent{Text: outputOf(log)}}, Meta: sdk.Meta{metaLog: log.ID}}
	if log.Detail != nil {
		failed := s.failure(ctx, failureOf(log))
		failed.Meta[metaLog] = log.ID
		return failed, nil
	}
	return out, nil
}

// call runs a version and returns its Log.
func (s *server) call(ctx context.Context, snap *file.Snapshot, arguments json.Value) (*trace.Log, error) {
	ref := file.Ref{ID: snap.File.ID, VersionID: snap.Version.ID}
	log := trace.Log{Source: Source}
	if snap.File.Kind == file.ToolKind {
		result, err := s.o.Tools.Run(ctx, &toolrun.Input{Ref: ref, Inputs: arguments, Log: log})
		if err != nil {
			return nil, err
		}
		return result.Log, nil
	}
	opened, err := s.o.Catalog.Opened(snap)
	if err != nil {
		return nil, err
	}
	inputs, said, err := split(opened, arguments)
	if err != nil {
		return nil, err
	}
	result, err := s.o.Gateway.Call(ctx, &gateway.CallInput{Ref: ref, Inputs: inputs, Messages: said, Log: log, ReceivedAt: s.o.Now()})
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
