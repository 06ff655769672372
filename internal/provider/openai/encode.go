package openai

import (
	"cmp"
	"math"
	"slices"
	"strconv"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/vendor"
)

// encode translates r to the body of its endpoint.
func encode(v *Vendor, r *llm.Request, stream bool) (json.Value, error) {
	if err := check(v, r); err != nil {
		return nil, err
	}
	b := make(object, 0, sizeOf(r))
	b = append(b, `{"model":`...)
	b = json.AppendString(b, r.Model)
	var err error
	switch r.Endpoint {
	case llm.Complete:
		b = b.complete(v, r, stream)
	case llm.Responses:
		b, err = b.responses(v, r, stream)
	default:
		b, err = b.chat(v, r, stream)
	}
	if err != nil {
		return nil, err
	}
	b = append(b, '}')
	out, err := json.Merge(json.Value(b), r.Other)
	if err != nil {
		return nil, &errs.Error{Reason: errs.InvalidRequest, Param: "other", Err: err, Message: "The further parameters in `other` have to be a JSON object."}
	}
	return out, nil
}

// check refuses what is not an ability of an endpoint: numbers that are none, images of no type, and names where there is no place for them.
func check(v *Vendor, r *llm.Request) error {
	switch {
	case !finite(r.Temperature, r.TopP, r.PresencePenalty, r.FrequencyPenalty):
		return errs.New(errs.InvalidRequest, "A parameter is not a finite number.")
	case r.HasImage(llm.ImageURL.Untyped):
		return llm.Unsupported("messages", "An image has no media type: neither its data URI nor its data tell one.")
	case (!v.Takes(vendor.Names) || r.Endpoint == llm.Responses) && slices.ContainsFunc(r.Messages, named):
		return llm.Unsupported("name", "The endpoint %s of %s does not take names of authors.", cmp.Or(r.Endpoint, llm.Chat), v.Display)
	}
	return nil
}

// named reports whether m names its author.
func named(m llm.Message) bool { return m.Name != "" && m.Role != llm.ToolRole }

func finite(numbers ...*float64) bool {
	return !slices.ContainsFunc(numbers, func(n *float64) bool { return n != nil && (math.IsNaN(*n) || math.IsInf(*n, 0)) })
}

// sizeOf guesses the size of the body, so that it is allocated once.
func sizeOf(r *llm.Request) int {
	n := 512 + len(r.Model) + len(r.Prompt) + len(r.Suffix) + len(r.User)
	for i := range r.Messages {
		m := &r.Messages[i]
		n += 64 + len(m.Content.Text) + len(m.Content.Text)/16
		for j := range m.Content.Parts {
			n += 64 + len(m.Content.Parts[j].Text)
			if image := m.Content.Parts[j].ImageURL; image != nil {
				n += len(image.URL)
			}
		}
		for j := range m.ToolCalls {
			n += 96 + len(m.ToolCalls[j].Function.Arguments)*9/8
		}
		for j := range m.Thinking {
			n += 64 + len(m.Thinking[j].Thinking) + len(m.Thinking[j].Signature) + len(m.Thinking[j].Data)
		}
	}
	for i := range r.Tools {
		n += 96 + len(r.Tools[i].Name) + len(r.Tools[i].Description) + len(r.Tools[i].Parameters)
	}
	if r.ResponseFormat != nil {
		n += len(r.ResponseFormat.JSONSchema)
	}
	return n
}

// object is a JSON object being written, its brace open and at least one member in it.
type object []byte

func (b object) name(n string) object {
	b = append(b, `,"`...)
	b = append(b, n...)
	return append(b, `":`...)
}

func (b object) raw(name string, v []byte) object { return append(b.name(name), v...) }

func (b object) string(name, v string) object { return json.AppendString(b.name(name), v) }

// text adds a member unless v is empty.
func (b object) text(name, v string) object {
	if v == "" {
		return b
	}
	return b.string(name, v)
}

func (b object) int(name string, v int64) object { return strconv.AppendInt(b.name(name), v, 10) }

// number adds a member unless v is nil.
func (b object) number(name string, v *float64) object {
	if v == nil {
		return b
	}
	return strconv.AppendFloat(b.name(name), *v, 'g', -1, 64)
}

// sampling adds what all three endpoints call the same.
func (b object) sampling(v *Vendor, r *llm.Request) object {
	b = b.number("temperature", r.Temperature).number("top_p", r.TopP)
	if !v.Takes(vendor.User) {
		return b
	}
	return b.text("user", r.User)
}

// steering adds what chat and completions share beyond that.
func (b object) steering(v *Vendor, r *llm.Request) object {
	b = b.number("presence_penalty", r.PresencePenalty).number("frequency_penalty", r.FrequencyPenalty)
	if r.Seed != nil {
		b = b.int(cmp.Or(v.SeedName, "seed"), *r.Seed)
	}
	if len(json.Names(r.LogitBias)) > 0 {
		b = b.raw("logit_bias", r.LogitBias)
	}
	if len(r.Stop) > 0 {
		b = append(b.name("stop"), '[')
		for i, s := range r.Stop {
			b = json.AppendString(comma(b, i), s)
		}
		b = append(b, ']')
	}
	return b
}

// streaming asks for a stream that tells its usage at the end.
func (b object) streaming(v *Vendor, stream bool) object {
	if !stream {
		return b
	}
	b = b.raw("stream", []byte("true"))
	if v.NoStreamUsage {
		return b
	}
	return b.raw("stream_options", []byte(`{"include_usage":true}`))
}

// comma separates element i of a list from the one before.
func comma(b object, i int) object {
	if i == 0 {
		return b
	}
	return append(b, ',')
}
