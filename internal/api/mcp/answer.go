package mcp

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"

	"github.com/modelcontextprotocol/go-sdk/jsonrpc"
	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/ids"
	"github.com/openloop-server/openloop/internal/json"
)

// answer answers the methods about tools and prompts. All others are the protocol's own.
func (s *server) answer(next sdk.MethodHandler) sdk.MethodHandler {
	return func(ctx context.Context, method string, req sdk.Request) (out sdk.Result, err error) {
		about := requestFrom(ctx)
		ctx, cancel := context.WithCancelCause(ctx)
		defer cancel(nil)
		defer context.AfterFunc(about.ctx, func() { cancel(context.Cause(about.ctx)) })()
		defer func() {
			if v := recover(); v != nil {
				out, err = nil, s.refusal(ctx, errs.Wrap("mcp.answer", fmt.Errorf("panic: %v\n%s", v, debug.Stack())))
			}
		}()
		switch p := req.GetParams().(type) {
		case *sdk.ListToolsParams:
			out, err = s.listTools(ctx, p)
		case *sdk.CallToolParamsRaw:
			out, err = s.callTool(ctx, p)
		case *sdk.ListPromptsParams:
			out, err = s.listPrompts(ctx, p)
		case *sdk.GetPromptParams:
			out, err = s.getPrompt(ctx, p)
		case *sdk.SubscriptionsListenParams:
			return nil, &jsonrpc.Error{Code: jsonrpc.CodeMethodNotFound, Message: "Nothing can be subscribed to here."}
		default:
			return next(ctx, method, req)
		}
		if err != nil {
			return nil, s.refusal(ctx, err)
		}
		return out, nil
	}
}

// refusal is err as an error of the protocol, for a request that names what is not there. What goes wrong in a call is a [failure] instead.
func (s *server) refusal(ctx context.Context, err error) error {
	detail, code := s.detail(ctx, err), int64(jsonrpc.CodeInvalidParams)
	if detail.Code >= http.StatusInternalServerError {
		code = jsonrpc.CodeInternalError
	}
	data, err := json.Marshal(map[string]any{"detail": detail})
	if err != nil { // a detail always marshals
		data = nil
	}
	return &jsonrpc.Error{Code: code, Message: sentence(detail), Data: data}
}

// final marks a new result as one that waits for nothing, which the newest versions of the protocol demand. The SDK has no other way to set it
// than to read it.
func final[R interface{ UnmarshalJSON([]byte) error }](ctx context.Context, r R) R {
	if requestFrom(ctx).version >= firstWithKinds {
		_ = r.UnmarshalJSON([]byte(`{"resultType":"complete"}`)) // it is valid
	}
	return r
}

// firstWithKinds is the first version of the protocol whose results are of kinds.
const firstWithKinds = "2026-07-28"

// failure is the result of a call that failed: models read the text, programs the detail, which is that of the v5 API.
func (s *server) failure(ctx context.Context, err error) *sdk.CallToolResult {
	detail := s.detail(ctx, err)
	out := final(ctx, new(sdk.CallToolResult))
	out.IsError, out.Content, out.Meta = true, []sdk.Content{&sdk.TextContent{Text: sentence(detail)}}, sdk.Meta{metaDetail: detail}
	return out
}

// The members of `_meta` in results.
const (
	metaDetail = "openloop/detail" // of what failed
	metaLog    = "openloop/log_id"
)

// sentence is the message of a detail, with what a person needs to find out more.
func sentence(d *errs.Detail) string {
	return fmt.Sprintf("%s (reason %s, request %s)", d.Message, d.Reason, d.RequestID)
}

// detail is what the caller is told of err. The cause of a fault of our own is written to the operator's log.
func (s *server) detail(ctx context.Context, err error) *errs.Detail {
	e, id := errs.From(errs.Cause(ctx, err)), ids.RequestFrom(ctx)
	requestFrom(ctx).failed = e
	if e.Reason.Fault() == errs.FaultOwn && e.Err != nil {
		s.o.Logger.LogAttrs(ctx, slog.LevelError, "failure", slog.String("request_id", id), slog.String("op", e.Op), slog.String("reason", string(e.Reason)),
			slog.String("cause", e.Err.Error()))
	}
	d := e.Detail(id, s.o.BaseURL)
	return &d
}
