package openai

import (
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/provider/openai/naming"
)

// responsesIDs are the ids of tool calls that the endpoint takes.
var responsesIDs = llm.CallIDs{Max: 64}

// responses adds the members of a Responses request.
func (b object) responses(v *Vendor, r *llm.Request, stream bool) (object, error) {
	b = append(b.name("input"), '[')
	start := len(b)
	signer := v.signer()
	for _, m := range responsesIDs.Rename(r.Messages) {
		b = b.items(signer, &m, start)
	}
	b = append(b, ']')
	b = b.responsesTools(r)
	if r.MaxTokens > 0 {
		b = b.int("max_output_tokens", int64(r.MaxTokens))
	}
	b = b.sampling(v, r).extras(r)
	if r.Effort.Level != "" {
		b = append(b.name("reasoning"), `{"effort":`...)
		b = append(json.AppendString(b, r.Effort.Level), '}')
	}
	b, err := b.form(r)
	if err != nil {
		return nil, err
	}
	if r.LogProbs != nil {
		b = b.int("top_logprobs", int64(*r.LogProbs))
	}
	b = b.include(v, r).raw("store", []byte("false"))
	if stream {
		b = b.raw("stream", []byte("true"))
	}
	return b, nil
}

// include asks for parts of the answer that are left out by default. Models that do not reason refuse encrypted reasoning.
func (b object) include(v *Vendor, r *llm.Request) object {
	if v.NoInclude {
		return b
	}
	switch encrypted, logprobs := naming.Reasons(r.Model) || r.Effort.Level != "", r.LogProbs != nil; {
	case encrypted && logprobs:
		return b.raw("include", []byte(`["reasoning.encrypted_content","message.output_text.logprobs"]`))
	case encrypted:
		return b.raw("include", []byte(`["reasoning.encrypted_content"]`))
	case logprobs:
		return b.raw("include", []byte(`["message.output_text.logprobs"]`))
	default:
		return b
	}
}

// items adds the items that make up m: its reasoning, its texts and its tool calls are one each, in the order of m. The list begins at start.
func (b object) items(signer llm.Signer, m *llm.Message, start int) object {
	switch m.Role {
	case llm.ToolRole:
		b = append(comma(b, len(b)-start), `{"type":"function_call_output"`...)
		return append(b.string("call_id", m.ToolCallID).name("output").inputContent(m.Content), '}')
	case llm.Assistant:
		return b.answerItems(signer, m, start)
	case llm.User, llm.System, llm.Developer:
	}
	b = append(comma(b, len(b)-start), `{"type":"message"`...)
	return append(b.string("role", string(m.Role)).name("content").inputContent(m.Content), '}')
}

// answerItems adds the items of an answer. Reasoning without an item after it is refused, so none is at the end.
func (b object) answerItems(signer llm.Signer, m *llm.Message, start int) object {
	said, end := "", len(b) // the text of the item that is open; the end of the last item that is no reasoning
	text := func() {
		if !llm.IsBlank(said) {
			b = append(comma(b, len(b)-start), `{"type":"message"`...)
			b = append(b.string("role", string(m.Role)).string("content", said), '}')
			end = len(b)
		}
		said = ""
	}
	for _, p := range m.Pieces() {
		switch p.Kind {
		case llm.TextPiece:
			said += m.Content.Part(p.Index).Text
		case llm.ThinkingPiece:
			text()
			b = b.reasoningItem(signer, &m.Thinking[p.Index], start)
		case llm.CallPiece:
			text()
			c := &m.ToolCalls[p.Index]
			b = append(comma(b, len(b)-start), `{"type":"function_call"`...)
			b = append(b.string("call_id", c.ID).string("name", c.Function.Name).string("arguments", c.Function.Text()), '}')
			end = len(b)
		}
	}
	text()
	return b[:end]
}

// reasoningItem adds a thinking block that the vendor encrypted: nothing is stored, so the encrypted content is all that the model can go
// on from. What the vendor's chat sealed is JSON, and no encrypted content.
func (b object) reasoningItem(signer llm.Signer, t *llm.Thinking, start int) object {
	encrypted := signer.Thinking(t)
	if encrypted == "" || json.Kind(json.Value(encrypted)) == '{' {
		return b
	}
	b = append(comma(b, len(b)-start), `{"type":"reasoning","summary":[`...)
	if t.Thinking != "" {
		b = append(b, `{"type":"summary_text"`...)
		b = append(b.string("text", t.Thinking), '}')
	}
	b = append(b, ']')
	return append(b.string("encrypted_content", encrypted), '}')
}

func (b object) inputContent(c llm.Content) object {
	if c.Parts == nil {
		return json.AppendString(b, c.Text)
	}
	b = append(b, '[')
	for i, p := range c.Parts {
		b = comma(b, i)
		switch {
		case p.File != nil:
			b = append(b, `{"type":"input_file"`...)
			b = append(b.text("filename", p.File.Name).text("file_data", p.File.Data).text("file_url", p.File.URL), '}')
		case p.ImageURL != nil:
			b = append(b, `{"type":"input_image"`...)
			b = append(b.string("image_url", p.ImageURL.Canonical()).text("detail", p.ImageURL.Detail), '}')
		default:
			b = append(b, `{"type":"input_text"`...)
			b = append(b.string("text", p.Text), '}')
		}
	}
	return append(b, ']')
}

// responsesTools adds the tools. Unlike chat, this endpoint is strict unless told otherwise and wants every tool's parameters.
func (b object) responsesTools(r *llm.Request) object {
	if len(r.Tools) == 0 {
		return b
	}
	b = append(b.name("tools"), '[')
	for i := range r.Tools {
		t := &r.Tools[i]
		b = append(comma(b, i), `{"type":"function"`...)
		b = b.string("name", t.Name).text("description", t.Description)
		if t.Parameters != nil {
			b = b.raw("parameters", t.Parameters)
		} else {
			b = b.raw("parameters", []byte(`{"type":"object","properties":{}}`))
		}
		if t.Strict {
			b = b.raw("strict", []byte("true"))
		} else {
			b = b.raw("strict", []byte("false"))
		}
		b = append(b, '}')
	}
	b = append(b, ']')
	switch r.ToolChoice.Mode {
	case "":
		return b
	case llm.ToolsFunction:
		b = append(b.name("tool_choice"), `{"type":"function"`...)
		return append(b.string("name", r.ToolChoice.Function), '}')
	default:
		return b.string("tool_choice", r.ToolChoice.Mode)
	}
}

// form adds the form of the text, and how much of it there is to be.
func (b object) form(r *llm.Request) (object, error) {
	switch {
	case r.ResponseFormat == nil && r.Verbosity == "":
		return b, nil
	case r.ResponseFormat == nil:
		b = append(b.name("text"), `{"verbosity":`...)
		return append(json.AppendString(b, r.Verbosity), '}'), nil
	}
	f, err := formatOf(r.ResponseFormat)
	if err != nil {
		return nil, err
	}
	b = append(b.name("text"), `{"format":{"type":`...)
	b = json.AppendString(b, f.Type)
	if f.Type == schemaFormat {
		b = b.schema(f)
	}
	return append(append(b, '}').text("verbosity", r.Verbosity), '}'), nil
}
