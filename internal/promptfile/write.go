package promptfile

import (
	"cmp"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
)

type writer struct{ strings.Builder }

// header writes content as a header.
func header(content file.Content) (string, error) {
	raw, err := json.Marshal(content)
	if err != nil {
		return "", err
	}
	var members map[string]json.Value
	if err := json.Unmarshal(raw, &members); err != nil {
		return "", err
	}
	var b strings.Builder
	b.WriteString(fence + "\n")
	for _, name := range ordered(members) {
		value, err := json.MarshalIndent(members[name])
		if err != nil {
			return "", err
		}
		b.WriteString(name + ": " + scalar(string(value)) + "\n")
	}
	b.WriteString(fence + "\n")
	return b.String(), nil
}

// ordered are the names of members. Those that people look for come first.
func ordered(members map[string]json.Value) []string {
	known := [...]string{
		"evaluator_type", "arguments_type", "return_type", "tool_type", "function",
		"model", "provider", "endpoint", "temperature", "max_tokens", "top_p", "stop", "presence_penalty", "frequency_penalty", "seed",
		"reasoning_effort", "response_format", "other", "max_iterations", "tools", "linked_tools", "attributes", "template_language",
	}
	names := slices.Sorted(maps.Keys(members))
	slices.SortStableFunc(names, func(a, b string) int { return cmp.Compare(rank(known[:], a), rank(known[:], b)) })
	return names
}

func rank(known []string, name string) int {
	if i := slices.Index(known, name); i >= 0 {
		return i
	}
	return len(known)
}

// scalar is a JSON value as YAML. A string has quotes only if it needs them, and escapes for characters that YAML takes for a line end or
// refuses.
func scalar(raw string) string {
	if inner, ok := strings.CutPrefix(raw, `"`); ok && isPlain(strings.TrimSuffix(inner, `"`)) {
		return strings.TrimSuffix(inner, `"`)
	}
	var b strings.Builder
	for _, r := range raw {
		switch {
		case r >= 0x7f && r <= 0x9f, r == 0x2028, r == 0x2029, r == 0xfeff, r == 0xfffe, r == 0xffff:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// isPlain reports whether YAML reads a text without quotes as the same text. It does so for the names of models and providers.
func isPlain(s string) bool {
	switch strings.ToLower(s) {
	case "true", "false", "null", "yes", "no", "on", "off", "y", "n":
		return false
	}
	for i := range len(s) {
		letter := 'a' <= s[i] && s[i] <= 'z' || 'A' <= s[i] && s[i] <= 'Z'
		if !letter && (i == 0 || !isNameByte(s[i]) && s[i] != '/') {
			return false
		}
	}
	return s != "" && !strings.HasSuffix(s, ":")
}

// template writes the part below the header. It is false for a template that can only be written in the header.
func (w *writer) template(t *file.PromptTemplate) (string, bool) {
	switch {
	case t == nil:
		return "", true
	case t.Messages == nil:
		return plainBody(t.Text)
	case len(t.Messages) == 0:
		return "", false
	}
	for i := range t.Messages {
		if !isElement(&t.Messages[i]) {
			return "", false
		}
		w.message(&t.Messages[i])
	}
	return w.String(), true
}

func plainBody(text string) (string, bool) {
	start := skipBlank(text, 0)
	if start == len(text) {
		return "", false
	}
	if isTag(strings.TrimLeft(text[start:], `\`)) {
		text = text[:start] + `\` + text[start:]
	}
	return "\n" + text + "\n", true
}

// isElement reports whether an element can represent the whole message.
func isElement(m *llm.Message) bool {
	if !isRole(string(m.Role)) || m.ToolCallID != "" && m.Role != llm.ToolRole || saysMore(*m) {
		return false
	}
	beside := len(m.ToolCalls)+len(m.Thinking) > 0
	if beside && m.Role != llm.Assistant {
		return false
	}
	for _, c := range m.ToolCalls {
		if c.Type != "function" {
			return false
		}
	}
	for _, t := range m.Thinking {
		if !isThinkingElement(t) {
			return false
		}
	}
	return areElements(m.Content.Parts, beside)
}

// saysMore reports whether m has a member that no element has a place for, such as a mark of the cache.
func saysMore(m llm.Message) bool {
	m.Role, m.Name, m.ToolCallID, m.Content, m.ToolCalls, m.Thinking = "", "", "", llm.Content{}, nil, nil
	return !reflect.ValueOf(m).IsZero()
}

func isThinkingElement(t llm.Thinking) bool {
	if t.Type == llm.RedactedThinkingBlock {
		return t.Thinking == "" && t.Signature == ""
	}
	return t.Type == llm.ThinkingBlock && t.Data == ""
}

func areElements(parts []llm.Part, beside bool) bool {
	if parts == nil {
		return true
	}
	for _, p := range parts {
		isText := p == llm.Part{Type: llm.TextPart, Text: p.Text}
		isImage := p.ImageURL != nil && p == llm.Part{Type: llm.ImagePart, ImageURL: p.ImageURL}
		if !isText && !isImage {
			return false
		}
	}
	single := len(parts) == 1 && parts[0].Type == llm.TextPart
	return len(parts) > 0 && (!single || !beside)
}

func (w *writer) message(m *llm.Message) {
	head := "<" + string(m.Role) + attribute("name", m.Name) + attribute("id", m.ToolCallID)
	c := m.Content
	w.WriteByte('\n')
	switch {
	case len(m.ToolCalls)+len(m.Thinking) > 0 || c.Parts != nil:
		w.WriteString(head + ">\n")
		w.children(m)
		w.WriteString("</" + string(m.Role) + ">\n")
	case c.IsZero():
		w.WriteString(head + "/>\n")
	default:
		w.text(head, string(m.Role), c.Text, 0)
	}
}

func (w *writer) children(m *llm.Message) {
	for _, t := range m.Thinking {
		if t.Type == llm.RedactedThinkingBlock {
			w.WriteString(`  <thinking data=` + quoteAttribute(t.Data) + "/>\n")
			continue
		}
		w.text(`  <thinking signature=`+quoteAttribute(t.Signature), thinkingElement, t.Thinking, step)
	}
	parts := m.Content.Parts
	if parts == nil && !m.Content.IsZero() {
		parts = []llm.Part{{Type: llm.TextPart, Text: m.Content.Text}}
	}
	for _, p := range parts {
		if p.Type == llm.ImagePart {
			w.WriteString(`  <image url=` + quoteAttribute(p.ImageURL.URL) + attribute("detail", p.ImageURL.Detail) + " />\n")
			continue
		}
		w.text("  <text", textElement, p.Text, step)
	}
	for _, c := range m.ToolCalls {
		head := "  <tool name=" + quoteAttribute(c.Function.Name) + " id=" + quoteAttribute(c.ID) + attribute("signature", c.Signature)
		w.text(head, toolElement, c.Function.Arguments, step)
	}
}

// text writes an element with a text. head is its start tag without the closing bracket.
func (w *writer) text(head, name, text string, at int) {
	w.WriteString(head + ">")
	if text != "" {
		w.WriteByte('\n')
		indent(&w.Builder, text, at)
		writeBlanks(&w.Builder, at)
	}
	w.WriteString("</" + name + ">\n")
}

// attribute is an attribute with a blank before it, "" if the value is empty.
func attribute(name, value string) string {
	if value == "" {
		return ""
	}
	return " " + name + "=" + quoteAttribute(value)
}

func quoteAttribute(value string) string { return string(json.AppendString(nil, value)) }
