// Package promptfile reads and writes the `.prompt` file format: a Prompt's content as text for people and version control.
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
	s := newSource(text)
	if !utf8.ValidString(s.text) {
		return nil, s.fault(errs.ValidationFailed, 0, "the text is not valid UTF-8")
	}
	header, body, err := s.split()
	if err != nil {
		return nil, err
	}
	p, err := s.header(header)
	if err != nil {
		return nil, err
	}
	t, err := s.template(body)
	if err != nil {
		return nil, err
	}
	if t != nil && p.Template != nil {
		return nil, s.fault(errs.TemplateInvalid, body, "the header has a template already, so nothing may follow it")
	}
	if t != nil {
		p.Template = t
	}
	return p, nil
}

// Format writes p as the text of a `.prompt` file, from which [Parse] makes a Prompt equal to p. The JSON values of p must be valid
// and have no member twice, as those of a stored version. The result is never empty. It fails for a Prompt without a model.
func Format(p *file.Prompt) (string, error) {
	if p.Model == "" {
		return "", fault(errs.ValidationFailed, "A Prompt without a model cannot be written as a file.")
	}
	var w writer
	body, ok := w.template(p.Template)
	head, err := header(p, !ok)
	if err != nil {
		return "", err
	}
	out := head + body
	if !utf8.ValidString(out) {
		return "", fault(errs.ValidationFailed, "A Prompt with text that is not valid UTF-8 cannot be written as a file.")
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
func (s *source) fault(reason errs.Reason, offset int, format string, args ...any) *errs.Error {
	head := s.text[:offset]
	line := strings.Count(head, "\n") + 1
	column := utf8.RuneCountInString(head[strings.LastIndexByte(head, '\n')+1:]) + 1
	return faultAt(reason, line, column, format, args...)
}
