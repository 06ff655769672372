package openai

import (
	"cmp"
	"strconv"

	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/vendor"
)

// chat adds the members of a Chat Completions request.
func (b object) chat(v *Vendor, r *llm.Request, stream bool) (object, error) {
	b = append(b.name("messages"), '[')
	for i, m := range v.turns(r) {
		b = comma(b, i).chatMessage(v, r.Model, &m)
	}
	b = append(b, ']')
	b = b.chatTools(v, r)
	if limited(r) {
		b = b.int(v.limit(r.Model), int64(r.MaxTokens))
	}
	b = b.sampling(v, r).steering(v, r).extras(r).text("verbosity", r.Verbosity).effort(v.Effort, r.Effort).logProbs(v, r.LogProbs)
	if r.ResponseFormat != nil {
		f, err := formatOf(r.ResponseFormat)
		if err != nil {
			return nil, err
		}
		b = b.chatFormat(f)
	}
	return b.streaming(v, stream), nil
}

// effort says how much to reason. A number of tokens is for the forms that have one.
func (b object) effort(form vendor.EffortForm, e llm.Effort) object {
	switch {
	case e == llm.Effort{}:
		return b
	case form == vendor.EffortObject && e.Level == "":
		b = append(b.name("reasoning"), `{"max_tokens":`...)
		return append(strconv.AppendInt(b, int64(e.Budget), 10), '}')
	case form == vendor.EffortObject:
		b = append(b.name("reasoning"), `{"effort":`...)
		return append(json.AppendString(b, e.Level), '}')
	case e.Level == "":
		return b.int("reasoning_effort", int64(e.Budget))
	default:
		return b.string("reasoning_effort", e.Level)
	}
}

// extras adds what chat and Responses have beside that.
func (b object) extras(r *llm.Request) object {
	if r.Serial() {
		b = b.raw("parallel_tool_calls", []byte("false"))
	}
	if r.TopK != nil {
		b = b.int("top_k", int64(*r.TopK))
	}
	return b.text("service_tier", llm.ServiceTier(r.ServiceTier))
}

func (b object) logProbs(v *Vendor, alternatives *int) object {
	if alternatives == nil {
		return b
	}
	if v.CountsLogProbs {
		return b.int("logprobs", int64(*alternatives))
	}
	b = b.raw("logprobs", []byte("true"))
	if *alternatives > 0 {
		b = b.int("top_logprobs", int64(*alternatives))
	}
	return b
}

func (b object) chatMessage(v *Vendor, model string, m *llm.Message) object {
	b = append(b, `{"role":`...)
	b = json.AppendString(b, string(v.role(m.Role)))
	switch {
	case v.Reasoning == vendor.ReasoningParts && thoughts(m) != "":
		b = b.name("content").thinkingParts(m)
	case !m.Content.IsZero():
		b = b.name("content").chatContent(m.Content)
	case m.Role == llm.Assistant && len(m.ToolCalls) > 0:
		b = b.raw("content", []byte("null"))
	default:
		b = b.string("content", "")
	}
	if m.Role == llm.ToolRole {
		return append(b.string("tool_call_id", m.ToolCallID), '}')
	}
	b = b.text("name", m.Name).reasoning(v, model, m)
	if len(m.ToolCalls) > 0 {
		b = b.chatCalls(m.ToolCalls)
	}
	return append(b, '}')
}

func (v *Vendor) role(r llm.Role) llm.Role {
	if r == llm.Developer && v.NoDeveloper {
		return llm.System
	}
	return r
}

func (b object) chatContent(c llm.Content) object {
	if c.Parts == nil {
		return json.AppendString(b, c.Text)
	}
	return append(append(b, '[').chatParts(c.Parts), ']')
}

func (b object) chatParts(parts []llm.Part) object {
	for i, p := range parts {
		b = comma(b, i)
		switch {
		case p.File != nil:
			b = append(b, `{"type":"file","file":{"file_data":`...)
			b = json.AppendString(b, p.File.Data)
			b = append(b.text("filename", p.File.Name), "}}"...)
		case p.Audio != nil:
			b = append(b, `{"type":"input_audio","input_audio":{"data":`...)
			b = json.AppendString(b, p.Audio.Data)
			b = append(b.string("format", p.Audio.Format), "}}"...)
		case p.ImageURL != nil:
			b = append(b, `{"type":"image_url","image_url":{"url":`...)
			b = json.AppendString(b, p.ImageURL.Canonical())
			b = append(b.text("detail", p.ImageURL.Detail), "}}"...)
		default:
			b = append(b, `{"type":"text"`...)
			b = append(b.string("text", p.Text), '}')
		}
	}
	return b
}

func (b object) chatCalls(calls []llm.ToolCall) object {
	b = append(b.name("tool_calls"), '[')
	for i := range calls {
		b = append(comma(b, i), `{"type":"function"`...)
		b = append(b.string("id", calls[i].ID), `,"function":{"name":`...)
		b = json.AppendString(b, calls[i].Function.Name)
		b = append(b.string("arguments", calls[i].Function.Text()), "}}"...)
	}
	return append(b, ']')
}

func (b object) chatTools(v *Vendor, r *llm.Request) object {
	if len(r.Tools) == 0 {
		return b
	}
	b = append(b.name("tools"), '[')
	for i := range r.Tools {
		t := &r.Tools[i]
		b = append(comma(b, i), `{"type":"function","function":{"name":`...)
		b = json.AppendString(b, t.Name)
		b = b.text("description", t.Description)
		if t.Parameters != nil {
			b = b.raw("parameters", t.Parameters)
		}
		if t.Strict {
			b = b.raw("strict", []byte("true"))
		}
		b = append(b, "}}"...)
	}
	b = append(b, ']')
	switch r.ToolChoice.Mode {
	case "":
		return b
	case llm.ToolsFunction:
		b = append(b.name("tool_choice"), `{"type":"function","function":{"name":`...)
		return append(json.AppendString(b, r.ToolChoice.Function), "}}"...)
	case llm.ToolsRequired:
		return b.string("tool_choice", cmp.Or(v.RequiredChoice, llm.ToolsRequired))
	default:
		return b.string("tool_choice", r.ToolChoice.Mode)
	}
}

func (b object) chatFormat(f format) object {
	b = append(b.name("response_format"), `{"type":`...)
	b = json.AppendString(b, f.Type)
	if f.Type == schemaFormat {
		// The first member of the inner object has no comma before it, so the name is written by hand.
		inner := object{}.schema(f)
		b = append(b.name("json_schema"), '{')
		b = append(append(b, inner[1:]...), '}')
	}
	return append(b, '}')
}
