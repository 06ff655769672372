// Package mcp offers the workspace to clients of the Model Context Protocol, over its Streamable HTTP transport. What is deployed to an
// environment are its tools: Prompts, Tools that run here, and Agents. Prompts are offered as prompts of the protocol too, rendered and not
// called.
//
// There are no sessions: every request stands for itself, so any replica may answer it. A call goes the way of the same call over the v5 API,
// with the same keys, and is recorded by a Log with the source [Source].
package mcp

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/openloop-server/openloop/internal/agent"
	"github.com/openloop-server/openloop/internal/auth"
	"github.com/openloop-server/openloop/internal/catalog"
	"github.com/openloop-server/openloop/internal/gateway"
	"github.com/openloop-server/openloop/internal/store"
	"github.com/openloop-server/openloop/internal/toolrun"
	"github.com/openloop-server/openloop/internal/web"
)

// Source is the source of the Logs of calls that came over the protocol.
const Source = "mcp"

// Options are the parts of the server that the routes need. Logger and BaseURL are optional.
type Options struct {
	DB      *store.DB
	Catalog *catalog.Catalog
	Gateway *gateway.Gateway
	Tools   *toolrun.Runner
	Agents  *agent.Runner
	Logger  *slog.Logger
	Now     func() time.Time
	Version string // of the program
	BaseURL string
}

// Routes returns the endpoint. Any key may list and call, as over the v5 API: its role for calls is that of a member.
func Routes(o Options) []web.Route {
	s := newServer(o)
	const path, tag = "/mcp", "MCP"
	return []web.Route{
		{Method: http.MethodPost, Path: path, ID: "mcp", Tag: tag, Role: auth.Member, Hidden: true, Summary: "Answer a message of the Model Context Protocol", Op: web.Buffered(s.post)},
		{Method: http.MethodGet, Path: path, ID: "mcp.stream", Tag: tag, Role: auth.Member, Hidden: true, Summary: "Say that there is no stream of messages", Op: web.Handler(onlyPost)},
		{Method: http.MethodDelete, Path: path, ID: "mcp.end", Tag: tag, Role: auth.Member, Hidden: true, Summary: "Say that there is no session to end", Op: web.Handler(onlyPost)},
	}
}

// onlyPost answers 405, by which clients know a server without sessions.
func onlyPost(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Allow", http.MethodPost)
	w.WriteHeader(http.StatusMethodNotAllowed)
}

// server answers the messages.
type server struct {
	o    Options
	http *sdk.StreamableHTTPHandler
}

const instructions = "Each tool is a Prompt, a Tool or an Agent of an Openloop workspace, in the version that is deployed. Every call is recorded."

func newServer(o Options) *server {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	s := &server{o: o}
	protocol := sdk.NewServer(&sdk.Implementation{Name: "openloop", Title: "Openloop", Version: o.Version}, &sdk.ServerOptions{
		Instructions: instructions,
		Capabilities: &sdk.ServerCapabilities{Tools: &sdk.ToolCapabilities{}, Prompts: &sdk.PromptCapabilities{}},
	})
	protocol.AddReceivingMiddleware(s.answer)
	s.http = sdk.NewStreamableHTTPHandler(func(*http.Request) *sdk.Server { return protocol }, &sdk.StreamableHTTPOptions{
		Stateless: true, JSONResponse: true, PropagateRequestCancellation: true,
		DisableLocalhostProtection: true, // a key protects from pages that a browser shows, and proxies on this machine are welcome
		MaxRequestBodyBytes:        -1,   // the body was read before, within the server's own limit
	})
	return s
}

// request is what the answer to a message needs of its HTTP request.
type request struct {
	ctx         context.Context // of the HTTP request: that of the protocol goes on when the client leaves
	environment string          // as the caller named it; "" for the default
	version     string          // of the protocol, "" for an old one
	failed      error           // that the client was told of in an answer
}

type requestKey struct{}

func requestFrom(ctx context.Context) *request {
	r, _ := ctx.Value(requestKey{}).(*request)
	return r
}
