package llm

// Turn is what one side of a chat says before the other side speaks.
type Turn[P any] struct {
	Role    Role `json:"role"` // User or Assistant
	Content []P  `json:"content"`
}

// TurnWire describes a wire that takes instructions apart from the chat, and the chat as turns with parts of
// type P. Every field but IDs is required.
type TurnWire[P any] struct {
	PartWire[P]
	IDs CallIDs
	// Assistant encodes an answer piece by piece. It gets the parts of the content, nil for a blank text.
	Assistant func(m *Message, content []*P) []P
	Result    func(earlier []Message, m *Message, content []P) ([]P, error) // encodes the result of a tool
}

// Split encodes a chat as instructions and turns. It joins neighbouring messages of one side and drops messages without parts. If no turn
// is left, the error is [Silent]'s.
func (w *TurnWire[P]) Split(chat []Message) (system []P, turns []Turn[P], err error) {
	chat = w.IDs.Rename(chat)
	turns = make([]Turn[P], 0, len(chat))
	for i := range chat {
		m := &chat[i]
		if m.Role == System || m.Role == Developer {
			for _, p := range m.Content.List() {
				if p.Text != "" {
					system = w.mark(append(system, w.Text(p.Text)), p.Cache)
				}
			}
			system = w.mark(system, m.Cache)
			continue
		}
		role, parts, err := w.encode(chat[:i], m)
		if err != nil {
			return nil, nil, err
		}
		switch n := len(turns); {
		case len(parts) == 0:
		case n > 0 && turns[n-1].Role == role:
			turns[n-1].Content = append(turns[n-1].Content, parts...)
		default:
			turns = append(turns, Turn[P]{role, parts})
		}
	}
	if len(turns) == 0 {
		return nil, nil, Silent()
	}
	return system, turns, nil
}

func (w *TurnWire[P]) encode(earlier []Message, m *Message) (Role, []P, error) {
	if m.Role != User && m.Role != Assistant && m.Role != ToolRole {
		return "", nil, Unsupported("messages", "%s has no messages of role %s.", w.Vendor, m.Role)
	}
	if m.Role == Assistant {
		parts, err := w.each(m.Content)
		if err != nil {
			return Assistant, nil, err
		}
		return Assistant, w.mark(w.Assistant(m, parts), m.Cache), nil
	}
	parts, err := w.Encode(m.Content)
	if m.Role == ToolRole && err == nil {
		parts, err = w.Result(earlier, m, parts)
	}
	return User, w.mark(parts, m.Cache), err
}

// PartWire describes how a wire takes the parts of a content.
type PartWire[P any] struct {
	Vendor string // vendor's name for messages of errors
	Text   func(text string) P
	Image  func(i ImageURL) (P, error)
	File   func(f *File) (P, error)  // nil where there are no files
	Audio  func(a *Audio) (P, error) // nil where there is no audio
	Mark   func(p P, c *Cache) []P   // returns p with a mark behind it; nil where there are none
}

// Encode encodes the parts of c, without blank texts. The error is unsupported_parameter for a part that the wire does not take.
func (w *PartWire[P]) Encode(c Content) ([]P, error) {
	each, err := w.each(c)
	if err != nil {
		return nil, err
	}
	out := make([]P, 0, len(each))
	for i, p := range each {
		if p != nil {
			out = append(out, *p)
			if c.Parts != nil {
				out = w.mark(out, c.Parts[i].Cache)
			}
		}
	}
	return out, nil
}

// mark puts a mark behind the last of parts.
func (w *PartWire[P]) mark(parts []P, c *Cache) []P {
	if n := len(parts); c != nil && w.Mark != nil && n > 0 {
		return append(parts[:n-1], w.Mark(parts[n-1], c)...)
	}
	return parts
}

// each encodes the parts of c, a blank text as nil.
func (w *PartWire[P]) each(c Content) ([]*P, error) {
	parts := c.all()
	out := make([]*P, len(parts))
	for i := range parts {
		switch p := &parts[i]; {
		case p.Type == ImagePart && p.ImageURL != nil:
			encoded, err := w.Image(*p.ImageURL)
			if err != nil {
				return nil, err
			}
			out[i] = &encoded
		case p.Type == FilePart && p.File != nil && w.File != nil:
			encoded, err := w.File(p.File)
			if err != nil {
				return nil, err
			}
			out[i] = &encoded
		case p.Type == AudioPart && p.Audio != nil && w.Audio != nil:
			encoded, err := w.Audio(p.Audio)
			if err != nil {
				return nil, err
			}
			out[i] = &encoded
		case p.Type != TextPart:
			return nil, Unsupported("messages", "%s's adapter takes content parts of type text and image_url, not %s.", w.Vendor, p.Type)
		case !IsBlank(p.Text):
			out[i] = new(w.Text(p.Text))
		}
	}
	return out, nil
}
