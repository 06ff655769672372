package api

import (
	"context"

	v5 "github.com/openloop-server/openloop/internal/api/v5"
	"github.com/openloop-server/openloop/internal/catalog"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/toolrun"
)

type toolsCall struct {
	VersionID   string             `query:"version_id" doc:"The version to run. Either this or environment."`
	Environment string             `query:"environment" doc:"The name of an environment; the version deployed there runs."`
	Body        v5.ToolCallRequest `body:"json"`
}

// toolsCall runs a Tool. One that fails is a good answer: its Log, with the error.
func (a *API) toolsCall(ctx context.Context, in *toolsCall) (*v5.ToolCallResponse, error) {
	b := &in.Body
	ref, err := subject(&v5.FileRef{Path: b.Path, ID: b.ID}, in.VersionID, in.Environment, b.Tool != nil, string(file.ToolKind))
	if err != nil {
		return nil, err
	}
	call := &toolrun.Input{Ref: ref, Function: b.Function, Inputs: b.Inputs}
	if b.Tool != nil {
		call.Tool = b.Tool.Content()
	}
	if err := putLabels(&call.Log, &b.LogLabels); err != nil {
		return nil, err
	}
	result, err := a.o.Tools.Run(ctx, call)
	if err != nil {
		return nil, err
	}
	return a.shows.ToolCall(ctx, &result.Snapshot, result.Log)
}

// pinFunctions makes what an MCP server has now a part of the content of a Tool.
func pinFunctions(a *API, ctx context.Context, d *catalog.Draft) error {
	tool, ok := d.Content.(*file.Tool)
	if !ok {
		return nil
	}
	return a.o.Tools.Pin(ctx, d.Ref, tool)
}
