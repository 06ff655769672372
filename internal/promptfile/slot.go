package promptfile

import (
	"strings"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
)

// slot is the value of a content that is written below the header: a plain text, the template of a Prompt, or datapoints. The zero slot is
// empty: nothing is below the header.
type slot struct {
	text       *string
	prompt     *file.Prompt
	datapoints *[]file.Datapoint
}

// slotOf is the slot of a content whose header was read. That of an Evaluator depends on its type.
func slotOf(content file.Content) slot {
	switch c := content.(type) {
	case *file.Prompt:
		return slot{prompt: c}
	case *file.Agent:
		return slot{prompt: &c.Prompt}
	case *file.Tool:
		return slot{text: &c.SourceCode}
	case *Dataset:
		return slot{datapoints: &c.Datapoints}
	case *file.Evaluator:
		switch c.Type {
		case file.PythonEvaluator:
			return slot{text: &c.Code}
		case file.HumanEvaluator:
			return slot{text: &c.Instructions}
		case file.LLMEvaluator:
			return slot{prompt: c.Prompt}
		case file.ExternalEvaluator:
		}
	}
	return slot{}
}

// bare is a copy of a content without the value of its slot.
func bare(content file.Content) file.Content {
	switch c := content.(type) {
	case *file.Prompt:
		content = new(*c)
	case *file.Agent:
		content = new(*c)
	case *file.Tool:
		content = new(*c)
	case *Dataset:
		content = new(*c)
	case *file.Evaluator:
		e := *c
		if e.Prompt != nil {
			e.Prompt = new(*e.Prompt)
		}
		content = &e
	}
	s := slotOf(content)
	if s.text != nil {
		*s.text = ""
	}
	if s.prompt != nil {
		s.prompt.Template = nil
	}
	if s.datapoints != nil {
		*s.datapoints = nil
	}
	return content
}

// modelled is the Prompt that a content is or contains, which needs a model; nil for other kinds.
func modelled(content file.Content) *file.Prompt {
	switch c := content.(type) {
	case *file.Prompt:
		return c
	case *file.Agent:
		return &c.Prompt
	default:
		return nil
	}
}

// fill reads the part below the header into a slot. It starts at offset body and has more than blanks.
func (s *source) fill(to slot, body int) error {
	var err error
	switch {
	case to.datapoints != nil:
		*to.datapoints, err = s.datapoints(body)
		return err
	case to.text == nil && to.prompt == nil:
		return s.fault(errs.ValidationFailed, skipBlank(s.text, body), "nothing may follow this header")
	case to.text != nil && *to.text != "":
		return s.fault(errs.ValidationFailed, skipBlank(s.text, body), "the header has this text already, so nothing may follow it")
	case to.text != nil:
		*to.text = verbatim(s.text[body:])
		return nil
	case to.prompt.Template != nil:
		return s.fault(errs.TemplateInvalid, skipBlank(s.text, body), "the header has a template already, so nothing may follow it")
	}
	to.prompt.Template, err = s.template(body)
	return err
}

// format writes the part below the header. It is false if the value can only be written in the header.
func (s slot) format() (string, bool) {
	switch {
	case s.datapoints != nil:
		return formatDatapoints(*s.datapoints)
	case s.prompt != nil:
		var w writer
		return w.template(s.prompt.Template)
	case s.text == nil || *s.text == "":
		return "", true
	case skipBlank(*s.text, 0) == len(*s.text):
		return "", false
	default:
		return "\n" + *s.text + "\n", true
	}
}

// verbatim is the text below the header, without the empty line after the header and the last line end.
func verbatim(body string) string {
	return strings.TrimSuffix(strings.TrimPrefix(body, "\n"), "\n")
}
