// Package prompt turns a Prompt's content into the input of a model: it compiles the templates once, and renders them with the inputs of
// each call.
package prompt

import (
	"errors"
	"slices"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/tmpl"
)

// Compiled is a Prompt's content with its templates parsed. It is immutable and safe for concurrent use.
type Compiled struct {
	Content file.Prompt

	text      *located  // of a completion
	messages  []message // of a chat
	templates []*located
	variables []string
	calls     bool // some template calls Tools
}

// located is a template with its place in the content.
type located struct {
	*tmpl.Template
	at place
}

// message is a message of the template with its texts parsed.
type message struct {
	fixed   llm.Message // what is sent when nothing of it is a template
	content *located    // of a text
	parts   []*located  // of a list: one a part, for its text or its image's URL; nil for a part without
}

// Compile parses the templates of content. A template with a mistake is an error of reason template_invalid whose violation has its place.
func Compile(content file.Prompt) (*Compiled, error) {
	c := &Compiled{Content: content}
	if content.Template == nil {
		return c, nil
	}
	p := parser{language: tmpl.Language(content.TemplateLanguage)}
	if content.Template.Messages == nil {
		c.text = p.parse(content.Template.Text, place{"template"})
	}
	for i := range content.Template.Messages {
		c.messages = append(c.messages, p.message(content.Template.Messages[i], i))
	}
	if p.violations != nil {
		return nil, invalidTemplate(p.violations)
	}
	c.templates, c.variables, c.calls = p.templates, p.variables, p.calls
	return c, nil
}

func invalidTemplate(violations []errs.Violation) error {
	e := errs.New(errs.TemplateInvalid, "The template cannot be read: %s: %s", violations[0].Param, violations[0].Message)
	e.Violations = violations
	e.Param = violations[0].Param
	return e
}

// Variables returns the names of the inputs that the template uses, in the order of first use.
func (c *Compiled) Variables() []string { return c.variables }

// violation says what is wrong with the template at a place.
func violation(err error, at place) errs.Violation {
	v := errs.Violation{Loc: at, Param: errs.Dotted(at), Message: err.Error(), Type: string(errs.TemplateInvalid)}
	if e, ok := errors.AsType[*tmpl.Error](err); ok {
		v.Line, v.Column = e.Line, e.Column
	}
	return v
}

type parser struct {
	language   tmpl.Language
	templates  []*located // in order
	variables  []string
	calls      bool
	violations []errs.Violation
}

func (p *parser) message(m llm.Message, index int) message {
	out := message{fixed: m}
	at := place{"template", index, "content"}
	if m.Content.Parts == nil {
		out.content = p.parse(m.Content.Text, at)
		return out
	}
	for i := range m.Content.Parts {
		out.parts = append(out.parts, p.part(m.Content.Parts[i], at.of(i)))
	}
	return out
}

func (p *parser) part(part llm.Part, at place) *located {
	switch {
	case part.Type == llm.ImagePart && part.ImageURL != nil:
		return p.parse(part.ImageURL.URL, at.of("image_url", "url"))
	case part.Type == llm.TextPart:
		return p.parse(part.Text, at.of("text"))
	default:
		return nil
	}
}

// place is the place of a template in a Prompt's content: the names and indexes that lead to it.
type place []any

// of returns the place below p at the given path.
func (p place) of(path ...any) place { return append(slices.Clone(p), path...) }

func (p *parser) parse(text string, at place) *located {
	t, err := tmpl.Parse(text, p.language)
	if err != nil {
		p.violations = append(p.violations, violation(err, at))
		return nil
	}
	p.calls = p.calls || t.HasCalls()
	for _, name := range t.Variables() {
		if !slices.Contains(p.variables, name) {
			p.variables = append(p.variables, name)
		}
	}
	out := &located{t, at}
	p.templates = append(p.templates, out)
	return out
}
