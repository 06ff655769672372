package llm

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Piece is a part of what a message says: a block of thinking, a part of its content, or a call. As JSON it is a text, such as "thinking:0".
type Piece struct {
	Kind  PieceKind
	Index int // among those of its kind; 0 for a content that is a text
}

// PieceKind says where in its message a [Piece] is.
type PieceKind string

// The kinds of pieces, in their usual order.
const (
	ThinkingPiece PieceKind = "thinking"
	TextPiece     PieceKind = "text" // any part of the content
	CallPiece     PieceKind = "call"
)

// MarshalText implements [encoding.TextMarshaler].
func (p Piece) MarshalText() ([]byte, error) {
	return strconv.AppendInt(append([]byte(p.Kind), ':'), int64(p.Index), 10), nil
}

// UnmarshalText implements [encoding.TextUnmarshaler].
func (p *Piece) UnmarshalText(text []byte) error {
	kind, index, _ := strings.Cut(string(text), ":")
	n, err := strconv.Atoi(index)
	switch k := PieceKind(kind); {
	case err != nil || n < 0 || k != ThinkingPiece && k != TextPiece && k != CallPiece:
		return fmt.Errorf("%q is no piece of a message", text)
	default:
		*p = Piece{Kind: k, Index: n}
		return nil
	}
}

// Pieces returns what m says piece by piece, each once: in the order that m has, and then what that does not name, as usual: thinking, content,
// calls.
func (m *Message) Pieces() []Piece {
	usual := m.usual()
	if m.Order == nil {
		return usual
	}
	left := make(map[Piece]bool, len(usual))
	for _, p := range usual {
		left[p] = true
	}
	out := make([]Piece, 0, len(usual))
	for _, list := range [...][]Piece{m.Order, usual} {
		for _, p := range list {
			if left[p] {
				out, left[p] = append(out, p), false
			}
		}
	}
	return out
}

func (m *Message) usual() []Piece {
	texts := len(m.Content.Parts)
	if m.Content.Parts == nil && !m.Content.IsZero() {
		texts = 1
	}
	out := make([]Piece, 0, len(m.Thinking)+texts+len(m.ToolCalls))
	for i := range m.Thinking {
		out = append(out, Piece{ThinkingPiece, i})
	}
	for i := range texts {
		out = append(out, Piece{TextPiece, i})
	}
	for i := range m.ToolCalls {
		out = append(out, Piece{CallPiece, i})
	}
	return out
}

// Part returns part i of the content. A content that is a text is one part.
func (c *Content) Part(i int) Part {
	if c.Parts == nil {
		return Part{Type: TextPart, Text: c.Text}
	}
	return c.Parts[i]
}

// Composer puts a message of a model together, in the order in which its pieces are added. The zero Composer is ready to use.
type Composer struct {
	parts    []Part
	calls    []ToolCall
	thinking []Thinking
	order    []Piece
}

// Say adds a text. It goes on with the text before it if nothing else came in between.
func (c *Composer) Say(text string) {
	n := len(c.order)
	switch {
	case text == "":
	case n > 0 && c.order[n-1].Kind == TextPiece && c.parts[len(c.parts)-1].Type == TextPart:
		c.parts[len(c.parts)-1].Text += text
	default:
		c.Show(Part{Type: TextPart, Text: text})
	}
}

// Show adds a part of the content.
func (c *Composer) Show(p Part) {
	c.order = append(c.order, Piece{TextPiece, len(c.parts)})
	c.parts = append(c.parts, p)
}

// Think adds a block of thinking.
func (c *Composer) Think(t Thinking) {
	c.order = append(c.order, Piece{ThinkingPiece, len(c.thinking)})
	c.thinking = append(c.thinking, t)
}

// Call adds a call.
func (c *Composer) Call(call ToolCall) {
	c.order = append(c.order, Piece{CallPiece, len(c.calls)})
	c.calls = append(c.calls, call)
}

// LastCall returns the call that was added last, nil if there is none.
func (c *Composer) LastCall() *ToolCall {
	if len(c.calls) == 0 {
		return nil
	}
	return &c.calls[len(c.calls)-1]
}

// Message returns the message. One text is a content that is a text.
func (c *Composer) Message() Message {
	m := Message{Role: Assistant, Thinking: c.thinking, ToolCalls: c.calls}
	if len(c.parts) > 0 {
		m.Content = ContentOf(c.parts)
	}
	if !slices.Equal(c.order, m.usual()) {
		m.Order = c.order
	}
	return m
}

// Answer returns the message as a whole answer: one that says nothing and calls nothing has an empty text.
func (c *Composer) Answer() Message {
	m := c.Message()
	if m.Content.IsZero() && m.ToolCalls == nil {
		m.Content = Text("")
	}
	return m
}

// isText reports whether p is a text and nothing else.
func (p *Part) isText() bool { return *p == Part{Type: TextPart, Text: p.Text} }
