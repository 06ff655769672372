package promptfile

import (
	"slices"
	"strings"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/llm"
)

// template reads the part below the header, from offset body on: messages, or plain text.
func (s *source) template(body int) (*file.PromptTemplate, error) {
	start := skipBlank(s.text, body)
	if isMessage(s.text[start:]) {
		return s.messages(start)
	}
	return &file.PromptTemplate{Text: plain(s.text[body:])}, nil
}

// plain is the text of a template without messages.
func plain(body string) string {
	body = verbatim(body)
	start := skipBlank(body, 0)
	tag := start + len(body[start:]) - len(strings.TrimLeft(body[start:], `\`))
	if tag > start && isTag(body[tag:]) {
		return body[:start] + body[start+1:]
	}
	return body
}

// isMessage reports whether s begins with a message.
func isMessage(s string) bool {
	return isTag(s) && !strings.HasPrefix(s, "</") && isRole(tagName(s))
}

// isRole reports whether messages of a role can be written as elements.
func isRole(name string) bool {
	switch llm.Role(name) {
	case llm.User, llm.Assistant, llm.System, llm.Developer, llm.ToolRole:
		return true
	default:
		return false
	}
}

func (s *source) messages(at int) (*file.PromptTemplate, error) {
	t := &file.PromptTemplate{Messages: []llm.Message{}}
	for at = skipBlank(s.text, at); at < len(s.text); at = skipBlank(s.text, at) {
		if !isMessage(s.text[at:]) {
			return nil, s.fault(errs.TemplateInvalid, at,
				`expected a message, as <user>; write \<user> for a tag that is text of the message before`)
		}
		m, next, err := s.message(at)
		if err != nil {
			return nil, err
		}
		t.Messages = append(t.Messages, m)
		at = next
	}
	return t, nil
}

// message reads the message whose tag begins at an offset. It also returns the offset after it.
func (s *source) message(at int) (m llm.Message, next int, err error) {
	e, err := s.open(at)
	if err != nil {
		return m, 0, err
	}
	allowed := []string{"name"}
	if e.name == toolElement {
		allowed = append(allowed, "id")
	}
	if err := s.only(e, allowed...); err != nil {
		return m, 0, err
	}
	m = llm.Message{Role: llm.Role(e.name), Name: e.attributes["name"], ToolCallID: e.attributes["id"]}
	if e.empty {
		return m, e.body, nil
	}
	b := body{source: s, element: e, message: &m}
	next, err = b.read()
	return m, next, err
}

// body reads the content of a message: one text, or texts, images, tool calls and thinking.
type body struct {
	*source
	element tag
	message *llm.Message

	parts    []llm.Part
	inTags   bool // a text stood in <text>
	loose    int  // where a text stood bare; 0: none did
	children int
}

// read returns the offset after the message.
func (b *body) read() (next int, err error) {
	at := b.element.body
	for {
		start := skipBlank(b.text, at)
		if b.isChild(start, true) {
			if at, err = b.child(start); err != nil {
				return 0, err
			}
			b.children++
			continue
		}
		end, err := b.run(at)
		if err != nil {
			return 0, err
		}
		next, closed := closes(b.text, end, b.element.name)
		raw := b.text[at:end]
		if closed && b.children == 0 && b.loose == 0 {
			b.message.Content = llm.Text(dedent(raw, b.element.indent))
			return next, nil
		}
		if text := strings.Trim(dedent(raw, b.element.indent), " \t\r\n"); text != "" {
			b.loose = start
			b.parts = append(b.parts, llm.Part{Type: llm.TextPart, Text: text})
		}
		if closed {
			return next, b.finish()
		}
		at = end
	}
}

// run is the offset of the tag that ends a bare text: the end of the message, or a child.
func (b *body) run(at int) (end int, err error) {
	for i := nextTag(b.text, at); i < len(b.text); i = nextTag(b.text, i+1) {
		if escaped(b.text, i) {
			continue
		}
		if _, closed := closes(b.text, i, b.element.name); closed || b.isChild(i, false) {
			return i, nil
		}
	}
	return 0, b.fault(errs.TemplateInvalid, b.element.start, "<%s> has no end </%s>", b.element.name, b.element.name)
}

// isChild reports whether a child of the message begins at an offset. A tag without attributes is text, since such tags are common in texts.
// Only <text> needs none, but it is a child only where first is true.
func (b *body) isChild(at int, first bool) bool {
	s := b.text[at:]
	if !isTag(s) || strings.HasPrefix(s, "</") {
		return false
	}
	name := tagName(s)
	attributes := skipBlank(s, len(name)+1) > len(name)+1
	switch name {
	case textElement:
		return first
	case imageElement:
		return attributes
	case toolElement, thinkingElement:
		return attributes && b.message.Role == llm.Assistant
	default:
		return false
	}
}

// child reads the child whose tag begins at an offset. It also returns the offset after it.
func (b *body) child(at int) (next int, err error) {
	e, err := b.open(at)
	if err != nil {
		return 0, err
	}
	content, next, err := b.content(e)
	if err != nil {
		return 0, err
	}
	switch e.name {
	case textElement:
		b.inTags = true
		b.parts = append(b.parts, llm.Part{Type: llm.TextPart, Text: content})
		return next, b.only(e)
	case imageElement:
		return next, b.image(e, content)
	case toolElement:
		return next, b.call(e, content)
	default:
		return next, b.thinking(e, content)
	}
}

// content returns the text of a child and the offset after its end.
func (b *body) content(e tag) (text string, next int, err error) {
	if e.empty {
		return "", e.body, nil
	}
	for i := nextTag(b.text, e.body); i < len(b.text); i = nextTag(b.text, i+1) {
		if next, closed := closes(b.text, i, e.name); closed && !escaped(b.text, i) {
			return dedent(b.text[e.body:i], e.indent), next, nil
		}
	}
	return "", 0, b.fault(errs.TemplateInvalid, e.start, "<%s> has no end </%s>", e.name, e.name)
}

func (b *body) image(e tag, content string) error {
	if err := b.require(e, "url"); err != nil {
		return err
	}
	if content != "" {
		return b.fault(errs.TemplateInvalid, e.start, "<image> holds nothing; end it with />")
	}
	b.parts = append(b.parts, llm.Part{
		Type: llm.ImagePart, ImageURL: &llm.ImageURL{URL: e.attributes["url"], Detail: e.attributes["detail"]},
	})
	return b.only(e, "url", "detail")
}

func (b *body) call(e tag, content string) error {
	if err := b.require(e, "name", "id"); err != nil {
		return err
	}
	b.message.ToolCalls = append(b.message.ToolCalls, llm.ToolCall{
		ID: e.attributes["id"], Type: "function", Signature: e.attributes["signature"],
		Function: llm.FunctionCall{Name: e.attributes["name"], Arguments: content},
	})
	return b.only(e, "name", "id", "signature")
}

func (b *body) thinking(e tag, content string) error {
	block := llm.Thinking{Type: llm.ThinkingBlock, Thinking: content, Signature: e.attributes["signature"]}
	data, redacted := e.attributes["data"]
	if redacted && (content != "" || len(e.attributes) > 1) {
		return b.fault(errs.TemplateInvalid, e.start, "<thinking> with data has neither a text nor a signature")
	}
	if redacted {
		block = llm.Thinking{Type: llm.RedactedThinkingBlock, Data: data}
	}
	b.message.Thinking = append(b.message.Thinking, block)
	return b.only(e, "signature", "data")
}

// finish makes the content of the message from its parts. A single text next to tool calls or thinking is a text, not a list.
func (b *body) finish() error {
	if b.loose > 0 && b.inTags {
		return b.fault(errs.TemplateInvalid, b.loose, `this text must stand in <text>, as the text beside it; write \<text> for a tag that is text`)
	}
	m := b.message
	switch {
	case len(b.parts) == 0:
	case len(b.parts) == 1 && b.parts[0].Type == llm.TextPart && len(m.ToolCalls)+len(m.Thinking) > 0:
		m.Content = llm.Text(b.parts[0].Text)
	default:
		m.Content = llm.Parts(b.parts...)
	}
	return nil
}

// require returns an error if an element lacks an attribute.
func (s *source) require(e tag, names ...string) error {
	for _, n := range names {
		if _, ok := e.attributes[n]; !ok {
			return s.fault(errs.TemplateInvalid, e.start, "<%s> needs the attribute %s", e.name, n)
		}
	}
	return nil
}

// only returns an error if an element has an attribute that is not allowed.
func (s *source) only(e tag, allowed ...string) error {
	for n := range e.attributes {
		if !slices.Contains(allowed, n) {
			return s.fault(errs.TemplateInvalid, e.start, "<%s> has no attribute %s", e.name, quote(n))
		}
	}
	return nil
}
