package anthropic

import (
	"bytes"
	"cmp"
	"net/http"
	"slices"
	"strings"

	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/llm/failure"
	"github.com/openloop-server/openloop/internal/llm/llmhttp"
	"github.com/openloop-server/openloop/internal/llm/overlay"
)

// Members and headers of a native request.
const (
	versionMember = "anthropic_version"
	headerVersion = "Anthropic-Version"
	headerBeta    = "Anthropic-Beta"
)

// native is how v takes what was written for the API.
func (v *Vendor) native() *llmhttp.Native {
	return &llmhttp.Native{
		Dialect: llm.MessagesDialect,
		Encode: func(r *llm.Request, _ bool) (json.Value, http.Header, error) {
			e, h, err := EditNative(r)
			if err != nil {
				return nil, nil, err
			}
			if v.Models != "" { // the path holds the model, and the body the version
				e.Remove("model")
				if e.Get(versionMember) == nil {
					e.SetText(versionMember, vertexVersion)
				}
				h = h.Clone()
				h.Del(headerVersion)
			}
			return e.Value(), h, nil
		},
		Decode:  DecodeNative,
		Decoder: func(*llm.Request) llmhttp.FrameDecoder { return NewFrames() },
	}
}

// EditNative edits the body of a native request as the API takes it. It returns the headers that go with it.
func EditNative(r *llm.Request) (*json.Edit, http.Header, error) {
	e := r.Native.Edit(r.Model)
	if own := r.Native.Own; own != nil {
		body, err := written(r, own)
		if err != nil {
			return nil, nil, err
		}
		overlays.Apply(e, body)
		if len(own.Messages) > 0 || len(own.Tools) > 0 {
			return e, unbind(e, r), fillDefaults(e, r)
		}
	}
	return e, r.Native.Header, fillDefaults(e, r)
}

func fillDefaults(e *json.Edit, r *llm.Request) error {
	if r.Native.Defaults == nil {
		return nil
	}
	body, err := written(r, r.Native.Defaults)
	if err == nil {
		overlays.Fill(e, body)
	}
	return err
}

var overlays = overlay.Rules{
	Skip:   []string{"model", "stream"},
	Before: map[string][]string{"messages": nil, "system": {`{"type":"text","text":`, `}`}},
	Tools:  "tools",
	Nested: []string{"output_config"},
}

// written is the body that own makes, without what the driver adds by itself.
func written(r, own *llm.Request) (json.Value, error) {
	set := *own
	set.Model, set.MaxTokens = r.Model, cmp.Or(own.MaxTokens, r.MaxTokens) // which thinking has to fit
	silent := true
	for _, m := range own.Messages {
		silent = silent && (m.Role == llm.System || m.Role == llm.Developer)
	}
	if silent {
		set.Messages = append(slices.Clip(set.Messages), llm.Message{Role: llm.User, Content: llm.Text("-")})
	}
	body, err := encode(&set, false, false)
	if err != nil {
		return nil, err
	}
	e, _ := json.NewEdit(body)
	if silent {
		e.Remove("messages")
	}
	if own.MaxTokens == 0 {
		e.Remove("max_tokens")
	}
	if len(own.Tools) == 0 {
		e.Remove("tools", "tool_choice")
	}
	return e.Value(), nil
}

// The thinking of Claude from this release on is bound to all that comes before it.
const claudeBound llm.ClaudeRelease = 501

const betaBinding = "thinking-binding-controls-2026-08-01"

// unbind lets the API drop thinking that is bound to a conversation without the messages and tools of the Prompt, unless the caller says what
// happens to it. It returns the headers that go with the body.
func unbind(e *json.Edit, r *llm.Request) http.Header {
	h := r.Native.Header
	if llm.ClaudeOf(r.Model) < claudeBound || !bytes.Contains(r.Native.Body, []byte(`"signature"`)) && !bytes.Contains(r.Native.Body, []byte(`"redacted_thinking"`)) {
		return h
	}
	thinking, ok := json.NewEdit(e.Get("thinking"))
	if !ok {
		thinking, _ = json.NewEdit(json.Value(`{"type":"adaptive"}`))
	}
	if string(thinking.Get("type")) == `"disabled"` || thinking.Get("block_binding") != nil {
		return h
	}
	thinking.Set("block_binding", []byte(`{"prefix_mismatch_behavior":"drop_block"}`))
	e.Set("thinking", thinking.Value())
	if h = h.Clone(); h == nil {
		h = http.Header{}
	}
	if betas := h.Get(headerBeta); !strings.Contains(betas, betaBinding) {
		h.Set(headerBeta, strings.TrimPrefix(betas+","+betaBinding, ","))
	}
	return h
}

// DecodeNative is [llmhttp.Native.Decode].
func DecodeNative(call failure.Call, h http.Header, body []byte) (*llm.Response, error) {
	out, _, err := read(call, h, body)
	return out, err
}

// NewFrames returns the decoder of a native stream.
func NewFrames() llmhttp.FrameDecoder { return &frames{decoder{native: true}} }

// frames implements [llmhttp.FrameDecoder].
type frames struct{ decoder }

// Frame implements [llmhttp.FrameDecoder]. An event without a name gets its type, since clients pass over others. A whole answer is no frame.
func (f *frames) Frame(e llmhttp.Event) (llm.Raw, bool) {
	return llm.Raw{Name: cmp.Or(e.Name, f.in.Type), Data: e.Data, Last: f.ended}, f.in.Type != "message"
}
