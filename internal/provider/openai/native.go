package openai

import (
	"errors"
	"net/http"
	"reflect"
	"slices"

	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/llm/failure"
	"github.com/openloop-server/openloop/internal/llm/llmhttp"
	"github.com/openloop-server/openloop/internal/provider/openai/edits"
	"github.com/openloop-server/openloop/internal/vendor"
)

// endpointOf is where r goes: a native request where its dialect is spoken.
func endpointOf(r *llm.Request) llm.Endpoint {
	switch {
	case r.Native == nil:
		return r.Endpoint
	case r.Native.Compacts:
		return compaction
	case r.Native.Dialect == llm.ResponsesDialect:
		return llm.Responses
	default:
		return llm.Chat
	}
}

// compaction is where Responses of OpenAI, and of Azure, put a conversation into fewer tokens:
// https://developers.openai.com/api/reference/resources/responses/methods/compact.
const compaction llm.Endpoint = "responses/compact"

// Speaks implements [llm.Speaker]. A request that a vendor wants in another form than OpenAI is not spoken, if it can be translated.
func (d *Driver) Speaks(r *llm.Request) bool {
	switch own := r.Native.Own; r.Native.Dialect {
	case llm.ChatDialect:
		if own != nil && own.Endpoint == llm.Responses || r.Native.Portable == nil && d.vendor.moved(r) != r {
			return false
		}
	case llm.ResponsesDialect:
		if d.vendor.NoResponses || r.Native.Compacts && !d.vendor.Encrypts || own != nil && own.Endpoint != llm.Responses && len(own.Other) > 0 {
			return false
		}
	default:
		return false
	}
	return r.Endpoint != llm.Complete && (r.Native.Portable != nil || !d.vendor.differs(r))
}

// differs reports whether r would be written otherwise for v than for OpenAI, or refused.
func (v *Vendor) differs(r *llm.Request) bool {
	if v.Encrypts { // OpenAI itself, which knows best what it takes
		return false
	}
	if r.Native.Stored {
		return true // where nothing is kept, nobody can come back to it
	}
	own := *r
	switch own.Native, own.Endpoint = nil, endpointOf(r); {
	case llm.Refuse(v.Display, Declare(vendor.Vendor(*v)).Endpoints, &own) != nil, check(v, &own) != nil:
		return true
	case v.NoDeveloper && slices.ContainsFunc(r.Messages, func(m llm.Message) bool { return m.Role == llm.Developer }):
		return true
	case own.Endpoint == llm.Responses:
		return false
	case v.TokenLimit == vendor.MaxTokens && r.MaxTokens > 0 && slices.Contains(json.Names(r.Native.Body), maxCompletionTokens):
		return true
	case v.SeedName != "" && r.Seed != nil, v.RequiredChoice != "" && r.ToolChoice.Mode == llm.ToolsRequired, v.CountsLogProbs && r.LogProbs != nil:
		return true
	}
	return (v.CallIDLength > 0 || v.Alternates || v.AnswersTools) && !reflect.DeepEqual(v.turns(&own), r.Messages)
}

// native is how an endpoint takes what was written for it; nil for the endpoint of completions.
func (d *Driver) native(e llm.Endpoint) *llmhttp.Native {
	n := &llmhttp.Native{
		Encode: func(r *llm.Request, stream bool) (json.Value, http.Header, error) {
			body, err := d.vendor.edited(r, stream)
			return body, r.Native.Header, err
		},
		Decode: func(call failure.Call, h http.Header, body []byte) (*llm.Response, error) {
			out, err := decode(e, body)
			if _, blocked := errors.AsType[*blockedError](err); err != nil && !blocked {
				return nil, explain(call, h, body, err)
			}
			return out, nil
		},
	}
	switch e {
	case llm.Chat:
		n.Decoder = func(r *llm.Request) llmhttp.FrameDecoder {
			chat := new(chatStream)
			return &chatFrames{stream{decoder: chat, native: true}, chat, r.Native}
		}
	case llm.Responses, compaction:
		n.Decoder = func(*llm.Request) llmhttp.FrameDecoder {
			return &responseFrames{stream{decoder: new(responsesStream), native: true}}
		}
	default:
		return nil
	}
	return n
}

// chatFrames implements [llmhttp.FrameDecoder] for chats.
type chatFrames struct {
	stream
	chat   *chatStream
	native *llm.Native
}

// Frame implements [llmhttp.FrameDecoder]. The usage is not for a client that did not ask for it, and whoever writes the frames ends them.
func (f *chatFrames) Frame(e llmhttp.Event) (llm.Raw, bool) {
	if isDone(e.Data) || f.chat.reason != "" && edits.TellsUsage(e.Data) && !edits.AsksUsage(f.native.Body) {
		return llm.Raw{}, false
	}
	return llm.Raw{Name: e.Name, Data: e.Data, Last: f.chat.reason != ""}, true
}

// responseFrames implements [llmhttp.FrameDecoder] for responses.
type responseFrames struct{ stream }

// Frame implements [llmhttp.FrameDecoder].
func (f *responseFrames) Frame(e llmhttp.Event) (llm.Raw, bool) {
	return llm.Raw{Name: e.Name, Data: e.Data, Last: f.ended}, !isDone(e.Data)
}

// EncodeNative returns the body of r, a native request of [llm.ChatDialect] or [llm.ResponsesDialect], as OpenAI gets it.
func EncodeNative(r *llm.Request, stream bool) (json.Value, error) {
	v := Vendor{Dialect: vendor.Dialect{TokenLimit: vendor.MaxCompletionTokens}}
	return v.edited(r, stream)
}

// edited is the body of a native request with what has to be replaced. A conversation is compacted as it is: what a saved Prompt sets comes with what is
// asked next.
func (v *Vendor) edited(r *llm.Request, stream bool) (json.Value, error) {
	e, endpoint := r.Native.Edit(r.Model), endpointOf(r)
	if endpoint == compaction {
		return e.Value(), nil
	}
	if own := r.Native.Own; own != nil {
		body, err := v.written(r, own)
		if err != nil {
			return nil, err
		}
		if endpoint == llm.Responses && len(own.Messages) > 0 {
			edits.InstructionsFollow(e)
		}
		edits.Overlays[endpoint].Apply(e, body)
	}
	if defaults := r.Native.Defaults; defaults != nil {
		body, err := v.written(r, defaults)
		if err != nil {
			return nil, err
		}
		edits.Overlays[endpoint].Fill(e, body)
	}
	if stream && endpoint == llm.Chat && !v.NoStreamUsage {
		edits.AskUsage(e)
	}
	return e.Value(), nil
}

// written is the body that own makes where r goes, without what the driver adds by itself.
func (v *Vendor) written(r, own *llm.Request) (json.Value, error) {
	set := *own
	set.Endpoint, set.Model = endpointOf(r), r.Model
	body, err := encode(v, &set, false)
	if err != nil || set.Endpoint != llm.Responses {
		return body, err
	}
	e, _ := json.NewEdit(body)
	given := json.Names(own.Other)
	for _, name := range []string{"store", "include"} {
		if !slices.Contains(given, name) {
			e.Remove(name)
		}
	}
	return e.Value(), nil
}
