package promptfile

import (
	"strings"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/json"
)

// tag is a start tag.
type tag struct {
	name       string
	attributes map[string]string
	start      int  // its offset
	body       int  // the offset after it
	indent     int  // blanks before it, if its line has nothing else before it
	empty      bool // it ends with />
}

// tagName is the name in a start tag.
func tagName(s string) string {
	n := 1
	for n < len(s) && isNameByte(s[n]) {
		n++
	}
	return s[1:n]
}

// open reads the start tag at an offset.
func (s *source) open(at int) (tag, error) {
	e := tag{name: tagName(s.text[at:]), start: at, indent: indentation(s.text[:at])}
	i := at + 1 + len(e.name)
	for {
		i = skipBlank(s.text, i)
		switch rest := s.text[i:]; {
		case strings.HasPrefix(rest, "/>"):
			e.empty, e.body = true, i+2
			return e, nil
		case strings.HasPrefix(rest, ">"):
			e.body = i + 1
			return e, nil
		}
		name, value, next, err := s.attribute(e, i)
		if err != nil {
			return e, err
		}
		if _, twice := e.attributes[name]; twice {
			return e, s.fault(errs.TemplateInvalid, i, "<%s> has the attribute %s twice", e.name, quote(name))
		}
		if e.attributes == nil {
			e.attributes = make(map[string]string, 2)
		}
		e.attributes[name], i = value, next
	}
}

func indentation(before string) int {
	line := before[strings.LastIndexByte(before, '\n')+1:]
	if strings.Trim(line, " ") != "" {
		return 0
	}
	return len(line)
}

// attribute reads name="value" or name='value' at an offset. Double quotes have the escapes of JSON, single quotes have none.
func (s *source) attribute(e tag, at int) (name, value string, next int, err error) {
	i := at
	for i < len(s.text) && isNameByte(s.text[i]) {
		i++
	}
	name = s.text[at:i]
	rest := s.text[i:]
	if name == "" || len(rest) < 2 || rest[0] != '=' || rest[1] != '"' && rest[1] != '\'' {
		return "", "", 0, s.fault(errs.TemplateInvalid, at, `expected > or an attribute, as name="value", in the tag <%s>`, e.name)
	}
	n := quoted(rest[1:])
	if n == 0 {
		return "", "", 0, s.fault(errs.TemplateInvalid, at, "the value of %s has no closing quote", name)
	}
	raw := rest[1 : 1+n]
	next = i + 1 + n
	if raw[0] == '\'' {
		return name, raw[1 : n-1], next, nil
	}
	if err := json.Unmarshal([]byte(raw), &value); err != nil {
		return "", "", 0, s.fault(errs.TemplateInvalid, at,
			`the value of %s cannot be read: in double quotes, write \" for a quote, \\ for a backslash and \n for a line end`, name)
	}
	return name, value, next, nil
}

// quoted is the length of the quoted text at the start of s, 0 if it is not closed.
func quoted(s string) int {
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == s[0]:
			return i + 1
		case s[i] == '\\' && s[0] == '"':
			i++
		}
	}
	return 0
}

// closes reports whether the end tag of an element is at an offset. It also returns the offset after it.
func closes(text string, at int, name string) (next int, ok bool) {
	rest, ok := strings.CutPrefix(text[at:], "</"+name)
	if !ok {
		return 0, false
	}
	i := skipBlank(rest, 0)
	if i == len(rest) || rest[i] != '>' {
		return 0, false
	}
	return len(text) - len(rest) + i + 1, true
}
