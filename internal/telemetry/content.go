package telemetry

import (
	"go.opentelemetry.io/otel/attribute"

	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
)

// message is a message as the conventions write it.
type message struct {
	Role   string `json:"role"`
	Parts  []part `json:"parts"`
	Name   string `json:"name,omitempty"`
	Finish string `json:"finish_reason,omitempty"`
}

type part struct {
	Type      string     `json:"type"`
	Content   *string    `json:"content,omitzero"`
	ID        string     `json:"id,omitempty"`
	Name      string     `json:"name,omitempty"`
	Arguments json.Value `json:"arguments,omitzero"`
	Response  *string    `json:"response,omitzero"`
	URI       string     `json:"uri,omitempty"`
	Modality  string     `json:"modality,omitempty"`
}

func textPart(kind, text string) part { return part{Type: kind, Content: &text} }

// asks notes what is said to a model.
func (s Span) asks(r *llm.Request) {
	if r.Endpoint == llm.Complete {
		s.document(genInputMessages.String, []message{{Role: string(llm.User), Parts: []part{textPart("text", r.Prompt)}}})
		return
	}
	var instructions []part
	var rest []message
	for i := range r.Messages {
		m := messageOf(&r.Messages[i])
		if role := r.Messages[i].Role; (role == llm.System || role == llm.Developer) && rest == nil {
			instructions = append(instructions, m.Parts...)
			continue
		}
		rest = append(rest, m)
	}
	if instructions != nil {
		s.document(genInstructions.String, instructions)
	}
	if rest != nil {
		s.document(genInputMessages.String, rest)
	}
}

// says notes what a model said.
func (s Span) says(r *llm.Response) {
	m := messageOf(&r.Message)
	m.Role, m.Finish = string(llm.Assistant), string(r.Finish)
	s.document(genOutputMessages.String, []message{m})
}

func messageOf(m *llm.Message) message {
	out := message{Role: string(m.Role), Name: m.Name, Parts: []part{}}
	if m.Role == llm.ToolRole {
		text := m.Content.String()
		out.Parts = append(out.Parts, part{Type: "tool_call_response", ID: m.ToolCallID, Response: &text})
		return out
	}
	for i := range m.Thinking {
		out.Parts = append(out.Parts, textPart("reasoning", m.Thinking[i].Thinking))
	}
	if !m.Content.IsZero() {
		for _, p := range m.Content.List() {
			out.Parts = append(out.Parts, partOf(&p))
		}
	}
	for i := range m.ToolCalls {
		c := &m.ToolCalls[i]
		out.Parts = append(out.Parts, part{Type: "tool_call", ID: c.ID, Name: c.Function.Name, Arguments: c.Function.Object()})
	}
	return out
}

// partOf returns a part. Of what is not text, the kind alone is told: it may be large.
func partOf(p *llm.Part) part {
	switch p.Type {
	case llm.TextPart:
		return textPart("text", p.Text)
	case llm.ImagePart:
		return part{Type: "uri", Modality: "image"}
	case llm.AudioPart:
		return part{Type: "uri", Modality: "audio"}
	case llm.FilePart:
	}
	return part{Type: "uri", Modality: "file"}
}

// document notes a value as JSON.
func (s Span) document(of func(string) attribute.KeyValue, v any) {
	s.set(of(string(json.AppendValue(nil, v))))
}
