package bedrock

import (
	"net/http"
	"strings"

	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/llm/failure"
	"github.com/openloop-server/openloop/internal/llm/llmhttp"
	"github.com/openloop-server/openloop/internal/provider/anthropic"
)

// The operations of a native request: InvokeModel takes the body of Anthropic's Messages.
const (
	invoke       = "invoke"
	invokeStream = "invoke-with-response-stream"
)

// apiVersion is that of Messages on Bedrock.
const apiVersion = "bedrock-2023-05-31"

// native is how Claude takes what was written for Anthropic's Messages.
func native() *llmhttp.Native {
	return &llmhttp.Native{
		Dialect: llm.MessagesDialect,
		Takes:   func(model string) bool { return familyOf(model) == claude },
		Encode:  encodeNative,
		Decode:  anthropic.DecodeNative,
		Decoder: func(*llm.Request) llmhttp.FrameDecoder { return &invoked{FrameDecoder: anthropic.NewFrames()} },
	}
}

// encodeNative moves what the path and headers say elsewhere: the model is in the path, and so is that the answer is streamed; the version and the
// betas are in the body.
func encodeNative(r *llm.Request, _ bool) (json.Value, http.Header, error) {
	e, h, err := anthropic.EditNative(r)
	if err != nil {
		return nil, nil, err
	}
	e.Remove("model", "stream")
	if e.Get("anthropic_version") == nil {
		e.SetText("anthropic_version", apiVersion)
	}
	if betas := h.Get("Anthropic-Beta"); betas != "" && e.Get("anthropic_beta") == nil {
		all := strings.Split(betas, ",")
		for i := range all {
			all[i] = strings.TrimSpace(all[i])
		}
		e.Set("anthropic_beta", json.AppendValue(nil, all))
	}
	return e.Value(), nil, nil
}

// invoked decodes the frames of a streamed InvokeModel. Each holds an event of Messages.
type invoked struct {
	llmhttp.FrameDecoder
	inner llmhttp.Event
}

// Decode implements [llmhttp.Decoder].
func (d *invoked) Decode(call failure.Call, h http.Header, e llmhttp.Event) ([]llm.Event, error) {
	d.inner = llmhttp.Event{}
	var frame struct {
		Bytes []byte `json:"bytes"`
	}
	if err := json.UnmarshalForeign(e.Data, &frame); err != nil || len(frame.Bytes) == 0 {
		return nil, call.Malformed(h, e.Data)
	}
	d.inner = llmhttp.Event{Data: frame.Bytes, More: e.More}
	return d.FrameDecoder.Decode(call, h, d.inner)
}

// Frame implements [llmhttp.FrameDecoder].
func (d *invoked) Frame(llmhttp.Event) (llm.Raw, bool) { return d.FrameDecoder.Frame(d.inner) }
