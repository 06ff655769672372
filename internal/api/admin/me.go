package admin

import (
	"context"
	"slices"

	v5 "github.com/openloop-server/openloop/internal/api/v5"
	"github.com/openloop-server/openloop/internal/auth"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/web"
)

// Me is who makes the request, and what the server offers.
type Me struct {
	Key     MyKey     `json:"key"`
	Role    auth.Role `json:"role" enum:"admin,developer,member"`
	Via     string    `json:"via" enum:"key,session" doc:"Whether the request has the key itself, or the cookie of a session."`
	Session *Session  `json:"session,omitempty" doc:"Absent for a request with a key."`
	Server  Server    `json:"server"`

	DefaultEnvironment *v5.EnvironmentResponse `json:"default_environment,omitempty"`
}

// MyKey is the API key of the request, or of its session.
type MyKey struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Hint string `json:"hint" doc:"The last characters of its secret."`
}

// Server is what a client has to know of the server.
type Server struct {
	Version   string   `json:"version"`
	Database  string   `json:"database" enum:"sqlite,postgresql"`
	PublicURL string   `json:"public_url" doc:"What addresses of this server begin with for its users; empty if the settings do not say."`
	Prefix    string   `json:"prefix" doc:"What paths of this server begin with for the client of this request, as /x/y; empty for nothing."`
	HTTPS     bool     `json:"https" doc:"Whether the client has a secure connection, as far as the server knows. It knows by OPENLOOP_PUBLIC_URL or a trusted proxy."`
	Features  Features `json:"features"`
}

// Features is what the server can do. A feature that a server lacks is false, or absent in older ones.
type Features struct {
	EvaluatorRuns bool `json:"evaluator_runs" doc:"Evaluators are run by the server."`
	Agents        bool `json:"agents" doc:"Agents are run by the server."`
	Tools         bool `json:"tools" doc:"Tools are run by the server."`
	MCP           bool `json:"mcp" doc:"The workspace is a server of the Model Context Protocol."`
	Monitoring    bool `json:"monitoring" doc:"New Logs are judged by the Evaluators of their File."`
	Gates         bool `json:"gates" doc:"Deployments can depend on Evaluations."`
	Reviews       bool `json:"reviews" doc:"People are given Logs to judge."`
}

func (a *handlers) me(ctx context.Context, _ *none) (*Me, error) {
	who, visitor := auth.From(ctx), web.VisitorOf(ctx)
	key, err := a.o.DB.Key(ctx, who.KeyID)
	if err != nil {
		return nil, err
	}
	out := &Me{
		Key: MyKey{ID: key.ID, Name: key.Name, Hint: key.Hint}, Role: who.Role, Via: "key",
		Server: Server{
			Version: a.o.Version, Database: a.o.DB.Kind(), PublicURL: a.o.BaseURL, Prefix: visitor.Prefix, HTTPS: visitor.HTTPS,
			Features: Features{EvaluatorRuns: true, Agents: true, Tools: true, MCP: true, Monitoring: true, Gates: true, Reviews: true},
		},
	}
	if out.DefaultEnvironment, err = a.defaultEnvironment(ctx); err != nil {
		return nil, err
	}
	if who.SessionID == "" {
		return out, nil
	}
	out.Via = "session"
	list, err := a.o.Access.Sessions(ctx, who.KeyID)
	at := slices.IndexFunc(list, func(s auth.Session) bool { return s.ID == who.SessionID })
	if err == nil && at >= 0 {
		out.Session = new(sessionOf(&list[at], who.SessionID))
	}
	return out, err
}

func (a *handlers) defaultEnvironment(ctx context.Context) (*v5.EnvironmentResponse, error) {
	all, err := a.o.DB.Environments(ctx)
	at := slices.IndexFunc(all, func(e file.Environment) bool { return e.Tag == file.DefaultTag })
	if err != nil || at < 0 {
		return nil, err
	}
	return new(v5.EnvironmentOf(&all[at], nil)), nil
}
