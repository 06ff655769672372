// Package promptfile reads and writes the `.prompt` and `.agent` file formats: the content of a Prompt or an Agent as text for people
// and version control.
//
// A file is a header in YAML between two lines `---`, then the template: messages as elements, or plain text. The rules for white
// space and escaping are in docs/prompt-files.md. Functions are safe for concurrent use.
package promptfile

import (
	"strings"
	"unicode/utf8"

	"openloop/internal/errs"
	"openloop/internal/file"
)

// Parse reads the text of a `.prompt` file. It does not normalize the Prompt, nor check the range of its values.
//
// Errors are [errs.Error] of reason validation_failed (the header) or template_invalid (the template) with the line and the column
// (1-based, in characters) in the message and "prompt" as Param.
func Parse(text string) (*file.Prompt, error) {
	p := &file.Prompt{}
	if err := newSource(text).read(p, p); err != nil {
		return nil, classify(file.PromptKind, err)
	}
	return p, nil
}

// ParseAgent reads the text of an `.agent` file as [Parse] does that of a `.prompt` file; the Param of its errors is "agent".
func ParseAgent(text string) (*file.Agent, error) {
	a := &file.Agent{}
	if err := newSource(text).read(a, &a.Prompt); err != nil {
		return nil, classify(file.AgentKind, err)
	}
	return a, nil
}

// Format writes p as the text of a `.prompt` file, from which [Parse] makes a Prompt equal to p. The JSON values of p must be valid
// and have no member twice, as those of a stored version. The result is never empty. It fails for a Prompt without a model.
func Format(p *file.Prompt) (string, error) { return format(p, p) }

// FormatAgent writes a as the text of an `.agent` file, from which [ParseAgent] makes an Agent equal to a, as [Format] does for
// Prompts. The Tools and LinkedTools of the Agent's Prompt are not written: they stay empty.
func FormatAgent(a *file.Agent) (string, error) { return format(a, &a.Prompt) }

// format writes content; p is content itself, or the Prompt in it.
func format(content file.Content, p *file.Prompt) (string, error) {
	if p.Model == "" {
		return "", unwritable(content.Kind(), "it has no model")
	}
	var w writer
	body, ok := w.template(p.Template)
	head, err := header(content, !ok)
	if err != nil {
		return "", unwritable(content.Kind(), "it has values that are not valid JSON")
	}
	out := head + body
	if !utf8.ValidString(out) {
		return "", unwritable(content.Kind(), "it has text that is not valid UTF-8")
	}
	return out, nil
}

// source is the text of a file and what finds places in it.
type source struct{ text string }

// newSource takes off a byte order mark and, from a file with the line ends of Windows, the carriage returns.
func newSource(text string) *source {
	text = strings.TrimPrefix(text, "\ufeff")
	if first, _, found := strings.Cut(text, "\n"); found && strings.HasSuffix(first, "\r") {
		text = strings.ReplaceAll(text, "\r\n", "\n")
	}
	return &source{text}
}

// read reads the file into content; p is content itself, or the Prompt in it.
func (s *source) read(content file.Content, p *file.Prompt) error {
	if !utf8.ValidString(s.text) {
		return s.fault(errs.ValidationFailed, 0, "the text is not valid UTF-8")
	}
	header, body, err := s.split()
	if err != nil {
		return err
	}
	if err := s.header(header, content, p); err != nil {
		return err
	}
	t, err := s.template(body)
	if err != nil {
		return err
	}
	if t != nil && p.Template != nil {
		return s.fault(errs.TemplateInvalid, body, "the header has a template already, so nothing may follow it")
	}
	if t != nil {
		p.Template = t
	}
	return nil
}

// split finds the YAML of the header and the offset of what follows it. The YAML comes with as many empty lines before it as it has
// lines before it in the file, so that its line numbers are those of the file.
func (s *source) split() (yaml string, body int, err error) {
	start := skipBlank(s.text, 0)
	if start == len(s.text) {
		return "", 0, s.fault(errs.ValidationFailed, 0, "the text is empty; it must begin with a header in YAML between two lines ---")
	}
	if line, _, _ := strings.Cut(s.text[start:], "\n"); trimRight(line) != fence {
		return "", 0, s.fault(errs.ValidationFailed, start, "expected a line --- that begins the header")
	}
	lines := strings.Count(s.text[:start], "\n") + 1
	begin := start
	for offset := start; ; {
		line, _, more := strings.Cut(s.text[offset:], "\n")
		next := min(offset+len(line)+1, len(s.text))
		if offset > start && trimRight(line) == fence {
			return strings.Repeat("\n", lines) + s.text[begin:offset], next, nil
		}
		if !more {
			return "", 0, s.fault(errs.ValidationFailed, start, "the header that begins here is not ended by a line ---")
		}
		if offset == start {
			begin = next
		}
		offset = next
	}
}

const fence = "---"

func trimRight(line string) string { return strings.TrimRight(line, " \t\r") }

// skipBlank is the first offset from i on whose byte is no white space.
func skipBlank(text string, i int) int {
	for i < len(text) && strings.IndexByte(" \t\r\n", text[i]) >= 0 {
		i++
	}
	return i
}

// fault is an error at an offset of the text.
func (s *source) fault(reason errs.Reason, offset int, format string, args ...any) *fault {
	head := s.text[:offset]
	line := strings.Count(head, "\n") + 1
	column := utf8.RuneCountInString(head[strings.LastIndexByte(head, '\n')+1:]) + 1
	return faultAt(reason, line, column, format, args...)
}
