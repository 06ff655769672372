// Package promptfile reads and writes Files as text, for people and version control: `.prompt`, `.agent`, `.tool`, `.evaluator`, `.flow` and
// `.dataset` files.
//
// A file is a YAML header between two lines `---`. Below it is the part that reads best as plain text: the template, with its messages as
// elements, the code, or the datapoints. The rules for white space and escaping are in docs/prompt-files.md. Functions are safe for
// concurrent use.
//
// Parsing neither normalizes a content nor checks the range of its values. Its errors are [errs.Error] of reason validation_failed (in the
// header) or template_invalid (in the template). The message and the violation have the line and the column (1-based, in characters), and Param is
// the kind.
//
// Parsing a formatted content gives an equal content. The JSON values of a content must be valid and have no duplicate members, like those of
// a stored version. The text is never empty.
package promptfile

import (
	"strings"
	"unicode/utf8"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
)

// Content is a *C that is a [file.Content].
type Content[C any] interface {
	*C
	file.Content
}

// Parse reads the text of the file of a C.
func Parse[C any, P Content[C]](text string) (P, error) {
	content := P(new(C))
	if err := newSource(text).read(content); err != nil {
		return nil, classify(content.Kind(), err)
	}
	return content, nil
}

// Format writes the text of the file of a content. It fails for a Prompt or an Agent without a model. It does not write the Tools and
// LinkedTools of an Agent's Prompt, which are always empty.
func Format(content file.Content) (string, error) {
	if p := modelled(content); p != nil && p.Model == "" {
		return "", unwritable(content.Kind(), "it has no model")
	}
	text, ok := slotOf(content).format()
	if ok {
		content = bare(content)
	}
	head, err := header(content)
	if err != nil {
		return "", unwritable(content.Kind(), "it has values that are not valid JSON")
	}
	out := head + text
	if !utf8.ValidString(out) {
		return "", unwritable(content.Kind(), "it has text that is not valid UTF-8")
	}
	return out, nil
}

// source is the text of a file.
type source struct{ text string }

// newSource removes a byte order mark, and the carriage returns of line ends of Windows.
func newSource(text string) *source {
	text = strings.TrimPrefix(text, "\ufeff")
	if first, _, found := strings.Cut(text, "\n"); found && strings.HasSuffix(first, "\r") {
		text = strings.ReplaceAll(text, "\r\n", "\n")
	}
	return &source{text}
}

// read reads the file into content.
func (s *source) read(content file.Content) error {
	if !utf8.ValidString(s.text) {
		return s.fault(errs.ValidationFailed, 0, "the text is not valid UTF-8")
	}
	header, body, err := s.split()
	if err != nil {
		return err
	}
	if err := s.header(header, content); err != nil {
		return err
	}
	if skipBlank(s.text, body) == len(s.text) {
		return nil
	}
	return s.fill(slotOf(content), body)
}

// split returns the YAML of the header and the offset of the part below. The YAML starts with an empty line for each line before it in the
// file, so that its line numbers are those of the file.
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

// skipBlank is the offset of the first byte from i on that is not white space.
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
