package api

import (
	"github.com/openloop-server/openloop/internal/agent"
	"github.com/openloop-server/openloop/internal/api/turns"
	v5 "github.com/openloop-server/openloop/internal/api/v5"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/web"
)

func (a *API) agentCallRoutes() []web.Route {
	return turns.Routes(turns.Options{DB: a.o.DB, Shows: a.shows, Agents: a.o.Agents, Now: a.o.Now, Input: a.agentInput})
}

// agentInput is what a request calls.
func (a *API) agentInput(in *turns.Call) (*agent.CallInput, error) {
	b := &in.Body
	content, err := a.agents().Inline(&b.Agent)
	if err != nil {
		return nil, err
	}
	ref, err := subject(&v5.FileRef{Path: b.Path, ID: b.ID}, in.VersionID, in.Environment, content != nil, string(file.AgentKind))
	if err != nil {
		return nil, err
	}
	if err := draftable(b.Draft, content != nil, string(file.AgentKind)); err != nil {
		return nil, err
	}
	call := &agent.CallInput{
		Ref: ref, Terms: agent.Terms{Keys: b.ProviderAPIKeys, ReceivedAt: a.o.Now()}, Agent: content, Draft: b.Draft, Inputs: b.Inputs, Messages: b.Messages, ToolChoice: b.ToolChoice,
	}
	return call, putLabels(&call.Log, &b.LogLabels)
}
