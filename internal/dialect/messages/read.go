package messages

import (
	"cmp"
	"slices"
	"strings"

	"github.com/openloop-server/openloop/internal/dialect"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
)

// reader reads contents, and notes what in them has no effect.
type reader struct {
	cited bool
}

// messages returns the chat: the instructions, then the turns.
func (r *reader) messages(q *Question) ([]llm.Message, error) {
	out := make([]llm.Message, 0, len(q.Messages)+1)
	if q.System.Set {
		parts, err := r.texts(&q.System, "system")
		if err != nil {
			return nil, err
		}
		out = appendSaid(out, llm.System, parts)
	}
	for i := range q.Messages {
		said, err := r.turn(&q.Messages[i])
		if err != nil {
			return nil, errs.Within(err, "messages", i, "content")
		}
		out = append(out, said...)
	}
	return out, nil
}

func (r *reader) turn(t *Turn) ([]llm.Message, error) {
	if t.Content.Blocks == nil {
		return []llm.Message{{Role: llm.Role(t.Role), Content: llm.Text(t.Content.Text)}}, nil
	}
	switch llm.Role(t.Role) {
	case llm.Assistant:
		return r.assistant(t.Content.Blocks)
	case llm.System:
		parts, err := r.texts(&t.Content)
		return appendSaid(nil, llm.System, parts), err
	default:
		return r.user(t.Content.Blocks)
	}
}

// user returns the results of tools, then what else a user says: results follow their calls.
func (r *reader) user(blocks []Block) ([]llm.Message, error) {
	var out []llm.Message
	var parts []llm.Part
	for i := range blocks {
		b := &blocks[i]
		if b.Type == blockResult {
			result, err := r.result(b)
			if err != nil {
				return nil, errs.Within(err, i)
			}
			result.Cache = b.CacheControl
			out = append(out, result)
			continue
		}
		part, err := r.part(&b.Piece)
		if err != nil {
			return nil, errs.Within(err, i)
		}
		parts = append(parts, part)
	}
	return appendSaid(out, llm.User, parts), nil
}

func (r *reader) assistant(blocks []Block) ([]llm.Message, error) {
	var out llm.Composer
	var cache *llm.Cache // behind a call
	for i := range blocks {
		b := &blocks[i]
		switch b.Type {
		case blockThinking:
			if b.Thinking != "" || b.Signature != "" {
				out.Think(llm.Thinking{Type: llm.ThinkingBlock, Thinking: b.Thinking, Signature: b.Signature})
			}
		case blockRedacted:
			out.Think(llm.Thinking{Type: llm.RedactedThinkingBlock, Data: b.Data})
		case blockCall:
			if b.ID == "" || b.Name == "" {
				return nil, errs.Invalid("A call of a tool needs an id and a name.", i)
			}
			cache = cmp.Or(b.CacheControl, cache)
			call := llm.CallOf(b.ID, b.Name, llm.ArgumentsOf(b.Input))
			call.Signature = b.Signature
			out.Call(call)
		default:
			part, err := r.part(&b.Piece)
			if err != nil {
				return nil, errs.Within(err, i)
			}
			out.Show(part)
		}
	}
	m := out.Message()
	m.Cache = cache
	return []llm.Message{m}, nil
}

func (r *reader) result(b *Block) (llm.Message, error) {
	if b.ToolUseID == "" {
		return llm.Message{}, errs.Invalid("A result needs the id of the call that it answers.", "tool_use_id")
	}
	r.note(&b.Piece)
	m := llm.Message{Role: llm.ToolRole, ToolCallID: b.ToolUseID, Content: llm.Text(""), IsError: b.IsError}
	if b.Content != nil && b.Content.Pieces == nil {
		m.Content.Text = b.Content.Text
	}
	if b.Content != nil && len(b.Content.Pieces) > 0 {
		parts, err := r.parts(b.Content.Pieces)
		if err != nil {
			return llm.Message{}, errs.Within(err, "content")
		}
		m.Content = llm.ContentOf(parts)
	}
	return m, nil
}

func (r *reader) parts(pieces []Piece) ([]llm.Part, error) {
	out := make([]llm.Part, len(pieces))
	for i := range pieces {
		part, err := r.part(&pieces[i])
		if err != nil {
			return nil, errs.Within(err, i)
		}
		out[i] = part
	}
	return out, nil
}

// texts reads instructions.
func (r *reader) texts(c *BlockContent, place ...any) ([]llm.Part, error) {
	if c.Blocks == nil {
		return []llm.Part{{Type: llm.TextPart, Text: c.Text}}, nil
	}
	out := make([]llm.Part, len(c.Blocks))
	for i := range c.Blocks {
		p := &c.Blocks[i].Piece
		if p.Type != blockText {
			return nil, errs.Within(dialect.Unsupported("Instructions are texts here.", "type"), append(place, i)...)
		}
		out[i] = llm.Part{Type: llm.TextPart, Text: p.Text, Cache: p.CacheControl}
	}
	return out, nil
}

func (r *reader) part(p *Piece) (llm.Part, error) {
	r.note(p)
	part, err := portable(p)
	part.Cache = p.CacheControl
	return part, err
}

func portable(p *Piece) (llm.Part, error) {
	switch {
	case p.Type == blockText:
		return llm.Part{Type: llm.TextPart, Text: p.Text}, nil
	case p.Type != blockImage && p.Type != blockDocument:
		return llm.Part{}, dialect.Unsupported("A message takes texts, images, documents, thinking, and calls of tools with their results here, no blocks of type "+p.Type+".", "type")
	case p.Source == nil:
		return llm.Part{}, errs.Invalid("is missing", "source")
	case p.Type == blockDocument:
		return document(p)
	default:
		return image(p.Source)
	}
}

func image(s *Source) (llm.Part, error) {
	switch s.Type {
	case "base64":
		return llm.Part{Type: llm.ImagePart, ImageURL: &llm.ImageURL{URL: "data:" + s.MediaType + ";base64," + s.Data}}, nil
	case "url":
		return llm.Part{Type: llm.ImagePart, ImageURL: &llm.ImageURL{URL: s.URL}}, nil
	}
	return llm.Part{}, dialect.Unsupported("An image is given as base64 or by its URL here.", "source", "type")
}

// document returns a file, or a text: the title, the context and the document, as far as they are there.
func document(p *Piece) (llm.Part, error) {
	s := p.Source
	out := llm.Part{Type: llm.FilePart, File: &llm.File{Name: p.Title, URL: s.URL}}
	switch s.Type {
	case "text":
		return llm.Part{Type: llm.TextPart, Text: joined(p.Title, p.Context, s.Data)}, nil
	case "base64":
		if s.Data == "" {
			return llm.Part{}, errs.Invalid("is missing", "source", "data")
		}
		out.File.Data = "data:" + s.MediaType + ";base64," + s.Data
	case "url":
		if !(llm.ImageURL{URL: s.URL}).Remote() {
			return llm.Part{}, errs.Invalid("must be an http or https URL", "source", "url")
		}
	case "file":
		return llm.Part{}, dialect.Unsupported("No files are kept here. Send the document itself, or its address.", "source", "file_id")
	default:
		return llm.Part{}, dialect.Unsupported("A document is given as text, as base64 or by its URL here.", "source", "type")
	}
	return out, nil
}

// joined joins the texts that are not empty.
func joined(texts ...string) string {
	return strings.Join(slices.DeleteFunc(texts, func(s string) bool { return s == "" }), "\n\n")
}

// note notes what has no effect.
func (r *reader) note(p *Piece) {
	var asked struct {
		Enabled bool `json:"enabled"`
	}
	if p.Type == blockDocument && json.Kind(p.Citations) == '{' && json.Unmarshal(p.Citations, &asked) == nil {
		r.cited = r.cited || asked.Enabled
	}
}

// appendSaid adds a message, unless it says nothing.
func appendSaid(to []llm.Message, role llm.Role, parts []llm.Part) []llm.Message {
	if len(parts) == 0 {
		return to
	}
	return append(to, llm.Message{Role: role, Content: llm.ContentOf(parts)})
}
