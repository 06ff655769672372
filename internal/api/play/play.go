// Package play is the part of the HTTP interface for those who edit Prompts and Agents: their contents as the text of files, what becomes of an
// unsaved template, and the providers that can be asked.
package play

import (
	"reflect"

	v5 "github.com/openloop-server/openloop/internal/api/v5"
	"github.com/openloop-server/openloop/internal/auth"
	"github.com/openloop-server/openloop/internal/catalog"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/promptfile"
	"github.com/openloop-server/openloop/internal/relay"
	"github.com/openloop-server/openloop/internal/store"
	"github.com/openloop-server/openloop/internal/web"
)

// Options are what the handlers work on. All fields are required.
type Options struct {
	DB      *store.DB
	Catalog *catalog.Catalog
	Relay   *relay.Relay

	// Conform checks a value by the schema of a type; see [web.Server.Conform].
	Conform func(like reflect.Type, value any, place ...any) error
}

// Routes returns the operations on providers.
func Routes(o Options) []web.Route {
	return []web.Route{
		{Method: "GET", Path: "/v5/providers", ID: "providers.list", Tag: "Models", Role: auth.Member, Summary: "List providers and what they can be asked", Op: web.JSON(providers(o))},
	}
}

// Prompts returns the content of Prompts, as requests have it.
func Prompts(o Options) *Contents[file.Prompt, v5.PromptKernel] {
	return &Contents[file.Prompt, v5.PromptKernel]{
		o: o, kind: file.PromptKind, parse: promptfile.Parse[file.Prompt], content: (*v5.PromptKernel).Content, kernel: v5.KernelOf, format: format[file.Prompt],
	}
}

// Agents returns the content of Agents, as requests have it.
func Agents(o Options) *Contents[file.Agent, v5.AgentKernel] {
	return &Contents[file.Agent, v5.AgentKernel]{
		o: o, kind: file.AgentKind, parse: promptfile.Parse[file.Agent], content: (*v5.AgentKernel).Content, kernel: v5.AgentKernelOf, format: format[file.Agent],
	}
}

// PromptRoutes returns the operations on the contents of Prompts.
func PromptRoutes(o Options) []web.Route {
	return append(contentRoutes(Prompts(o), func(b *v5.PromptText) string { return b.Prompt }, func(b *promptContent) *v5.InlinePrompt { return &b.Prompt }),
		web.Route{Method: "POST", Path: "/v5/prompts/render", ID: "prompts.render", Tag: "Prompts", Role: auth.Member, Summary: "Fill an unsaved template", Op: web.JSON(promptRenderer(o))})
}

// AgentRoutes returns the operations on the contents of Agents.
func AgentRoutes(o Options) []web.Route {
	return append(contentRoutes(Agents(o), func(b *v5.AgentText) string { return b.Agent }, func(b *agentContent) *v5.InlineAgent { return &b.Agent }),
		web.Route{Method: "POST", Path: "/v5/agents/render", ID: "agents.render", Tag: "Agents", Role: auth.Member, Summary: "Fill an unsaved template", Op: web.JSON(agentRenderer(o))})
}
