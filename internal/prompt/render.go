package prompt

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/tmpl"
)

// Rendered is a Prompt filled with inputs: the Messages of a chat, or the Text of a completion.
type Rendered struct {
	Text     string
	Messages []llm.Message
}

// Conversation returns what is rendered as the messages of a chat: a text is one message of the user, before the Messages.
func (r Rendered) Conversation() []llm.Message {
	if r.Text == "" {
		return r.Messages
	}
	return append([]llm.Message{{Role: llm.User, Content: llm.Text(r.Text)}}, r.Messages...)
}

// maxText is the largest size of a rendered template, in bytes. Images are texts too, as data URLs.
const maxText = 32 << 20

// Render fills the templates with inputs. Missing inputs (absent or null) are one error of reason missing_inputs, which names them all,
// sorted. Rendering stops when ctx ends.
func (c *Compiled) Render(ctx context.Context, inputs tmpl.Inputs) (Rendered, error) {
	if missing := c.Missing(inputs); len(missing) > 0 {
		return Rendered{}, missingInputs(missing)
	}
	r := renderer{ctx: ctx, inputs: inputs}
	out := Rendered{}
	if c.text != nil {
		out.Text = r.render(c.text)
	}
	if c.messages != nil {
		out.Messages = make([]llm.Message, 0, len(c.messages))
	}
	for i := range c.messages {
		out.Messages = append(out.Messages, r.message(&c.messages[i]))
	}
	if r.err != nil {
		return Rendered{}, renderError(ctx, r.err, r.failed)
	}
	return out, nil
}

// Required returns the names of the inputs that every call must give, sorted. Variables with a default are not among them.
func (c *Compiled) Required() []string { return c.Missing(nil) }

// Missing returns the names of the [Compiled.Required] inputs that are absent or null, sorted.
func (c *Compiled) Missing(inputs tmpl.Inputs) []string {
	var names []string
	for _, t := range c.templates {
		names = append(names, t.Missing(inputs)...)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func missingInputs(names []string) error {
	e := errs.New(errs.MissingInputs, "The template needs inputs that the call does not give: %s.", strings.Join(names, ", "))
	for _, name := range names {
		e.Violations = append(e.Violations, errs.Violation{
			Loc: []any{name}, Param: name, Message: "This input is missing.", Type: "missing",
		})
	}
	return e
}

// renderError is the error of a rendering that failed at a place.
func renderError(ctx context.Context, err error, at place) error {
	if missing, ok := errors.AsType[*tmpl.MissingError](err); ok {
		return missingInputs(missing.Names)
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	e := errs.New(errs.TemplateInvalid, "The template cannot be rendered: %s", err.Error())
	e.Violations = []errs.Violation{violation(err, at)}
	e.Param = e.Violations[0].Param
	return e
}

// renderer fills the templates of one Prompt and keeps the first failure.
type renderer struct {
	ctx    context.Context // it lives as long as one rendering
	inputs tmpl.Inputs
	err    error
	failed place // of err
}

func (r *renderer) render(t *located) string {
	if r.err != nil {
		return ""
	}
	s, err := t.Render(r.ctx, r.inputs, tmpl.Limits{MaxOutput: maxText})
	if err != nil {
		r.err, r.failed = err, t.at
	}
	return s
}

func (r *renderer) message(m *message) llm.Message {
	out := m.fixed
	if m.content != nil {
		out.Content.Text = r.render(m.content)
	}
	if m.parts == nil {
		return out
	}
	out.Content.Parts = slices.Clone(out.Content.Parts)
	for i, t := range m.parts {
		if t == nil {
			continue
		}
		part := &out.Content.Parts[i]
		if part.Type == llm.ImagePart {
			image := *part.ImageURL
			image.URL = r.render(t)
			part.ImageURL = &image
			continue
		}
		part.Text = r.render(t)
	}
	return out
}
