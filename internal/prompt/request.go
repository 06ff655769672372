package prompt

import (
	"context"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/tmpl"
)

// Request renders c with inputs, and returns the request of a model that it describes, with the messages of the caller after its own. Tools
// are left to the caller. Errors are those of [Compiled.Render], validation_failed if there is nothing to send, and unsupported_parameter for
// messages at an endpoint that takes a text.
func (c *Compiled) Request(ctx context.Context, inputs tmpl.Inputs, more []llm.Message) (llm.Request, error) {
	rendered, err := c.Render(ctx, inputs)
	if err != nil {
		return llm.Request{}, err
	}
	out := c.Asking(nil)
	fill(&out, rendered, more)
	return out, c.sendable(&out)
}

// Asking returns the request of a model with the parameters of c, and messages that were rendered before.
func (c *Compiled) Asking(messages []llm.Message) llm.Request {
	p := &c.Content
	out := llm.Request{
		Messages: messages,
		Model:    p.Model, Endpoint: p.Endpoint,
		Temperature: p.Temperature, TopP: p.TopP, PresencePenalty: p.PresencePenalty, FrequencyPenalty: p.FrequencyPenalty,
		Stop: p.Stop.Sequences, Seed: p.Seed, ResponseFormat: p.ResponseFormat, Effort: p.ReasoningEffort, Other: p.Other,
	}
	if p.MaxTokens != nil {
		out.MaxTokens = *p.MaxTokens
	}
	return out
}

// fill sets what is said: the rendered template, and then the messages of the caller.
func fill(out *llm.Request, r Rendered, more []llm.Message) {
	if out.Endpoint == llm.Complete {
		out.Prompt, out.Messages = r.Text, append(r.Messages, more...)
		return
	}
	out.Messages = append(r.Conversation(), more...)
}

// sendable refuses a request without anything to send, and messages for an endpoint that takes a text.
func (c *Compiled) sendable(r *llm.Request) error {
	p := &c.Content
	if p.Endpoint == llm.Complete && len(r.Messages) > 0 {
		return &errs.Error{
			Reason: errs.UnsupportedParameter, Provider: p.Provider, Model: p.Model, Param: "messages",
			Message: "A Prompt of the endpoint \"complete\" takes a text template and no messages.",
		}
	}
	if len(r.Messages) > 0 || r.Prompt != "" {
		return nil
	}
	e := errs.Invalid("There is nothing to send: the Prompt has no template and the call no messages.", "messages")
	e.Violations[0].Type = "missing"
	return e
}
