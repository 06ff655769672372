package mcp

import (
	"context"
	"slices"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/tmpl"
)

func (s *server) listPrompts(ctx context.Context, p *sdk.ListPromptsParams) (*sdk.ListPromptsResult, error) {
	cursor := ""
	if p != nil {
		cursor = p.Cursor
	}
	snaps, next, err := s.page(ctx, cursor, file.PromptKind)
	if err != nil {
		return nil, err
	}
	out := &sdk.ListPromptsResult{Prompts: []*sdk.Prompt{}, NextCursor: next, Cacheable: own()}
	for i := range snaps {
		opened, err := s.o.Catalog.Opened(&snaps[i])
		if err != nil {
			return nil, err
		}
		if opened.Template.Content.Template == nil {
			continue // there is nothing to render
		}
		prompt := &sdk.Prompt{Name: nameOf(&snaps[i].File), Title: snaps[i].File.Path, Description: describe(&snaps[i])}
		required := opened.Template.Required()
		for _, name := range opened.Inputs() {
			prompt.Arguments = append(prompt.Arguments, &sdk.PromptArgument{Name: name, Required: slices.Contains(required, name)})
		}
		out.Prompts = append(out.Prompts, prompt)
	}
	return out, nil
}

// getPrompt renders the template of a Prompt.
func (s *server) getPrompt(ctx context.Context, p *sdk.GetPromptParams) (*sdk.GetPromptResult, error) {
	t, err := s.find(ctx, p.Name, file.PromptKind)
	if err != nil {
		return nil, err
	}
	if t == nil {
		return nil, errs.New(errs.PromptNotFound, "There is no prompt %q.", errs.Clean(p.Name, maxShown))
	}
	inputs := tmpl.Inputs{}
	for name, value := range p.Arguments {
		inputs[name] = value
	}
	rendered, err := t.opened.Template.Render(ctx, inputs)
	if err != nil {
		return nil, err
	}
	out := final(ctx, new(sdk.GetPromptResult))
	out.Description, out.Messages = describe(t.Snapshot), []*sdk.PromptMessage{}
	for _, m := range rendered.Conversation() {
		out.Messages = append(out.Messages, said(&m)...)
	}
	return out, nil
}

// said returns a message as messages of the protocol, one for each part. The protocol has no system: what it says, the user says.
func said(m *llm.Message) []*sdk.PromptMessage {
	role := sdk.Role("user")
	if m.Role == llm.Assistant {
		role = "assistant"
	}
	var out []*sdk.PromptMessage
	for _, part := range m.Content.List() {
		text := part.Text
		if part.ImageURL != nil {
			text = part.ImageURL.URL
		}
		out = append(out, &sdk.PromptMessage{Role: role, Content: &sdk.TextContent{Text: text}})
	}
	return out
}
