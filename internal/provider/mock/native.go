package mock

import (
	"context"
	"strings"
	"time"

	"github.com/openloop-server/openloop/internal/dialect"
	"github.com/openloop-server/openloop/internal/dialect/chat"
	"github.com/openloop-server/openloop/internal/dialect/responses"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/provider/openai"
)

// nativePrefix begins the names of models that speak the client's dialect.
const nativePrefix = "native/"

// Speaks implements [llm.Speaker].
func (d *Driver) Speaks(r *llm.Request) bool {
	_, ok := voices[r.Native.Dialect]
	kept := r.Native.Stored && r.Native.Portable == nil // which this provider does not do
	return ok && !kept && strings.HasPrefix(r.Model, nativePrefix) && r.Endpoint != llm.Complete
}

// voice is a dialect as a provider speaks it.
type voice struct {
	encode func(r *llm.Request, stream bool) (json.Value, error) // as the driver of a provider
	read   func(body json.Value) (*dialect.Call, error)
	whole  func(model string, out *llm.Response) any
	speak  func(r *llm.Request) speaker
}

// speaker makes the frames of one stream.
type speaker interface {
	event(e *llm.Event, emit func(dialect.Frame) bool)
	end(out *llm.Response, emit func(dialect.Frame) bool)
}

var voices = map[llm.Dialect]voice{
	llm.ChatDialect: {encode: openai.EncodeNative, read: readChat, whole: wholeChat, speak: func(r *llm.Request) speaker {
		return chatSpeaker{chat.NewChunks(mockID, madeAt, r.Model, chatUsage(r.Native.Body))}
	}},
	llm.MessagesDialect: {encode: encodeMessages, read: readMessages, whole: wholeMessage, speak: func(r *llm.Request) speaker {
		return &messageSpeaker{model: r.Model}
	}},
	llm.ResponsesDialect: {encode: openai.EncodeNative, read: readResponse, whole: wholeResponse, speak: func(r *llm.Request) speaker {
		return &responseSpeaker{events: responses.NewEvents(new(responses.ResponseParams), mockID, time.Unix(madeAt, 0), r.Model)}
	}},
}

// All answers have one id and one time.
const (
	mockID = "mock"
	madeAt = 1_700_000_000
)

func readChat(body json.Value) (*dialect.Call, error) {
	var p chat.Params
	if json.UnmarshalForeign(body, &p) == nil {
		return p.Call()
	}
	return chat.View(body), nil
}

func wholeChat(model string, out *llm.Response) any {
	a := chat.NewCompletion(mockID, madeAt, model)
	a.Add(&out.Message, out.Finish, out.LogProbs, out.Usage)
	return a
}

func chatUsage(body json.Value) bool {
	var in struct {
		Options json.Lenient[dialect.StreamOptions] `json:"stream_options"`
	}
	return json.UnmarshalForeign(body, &in) == nil && in.Options.V.Usage()
}

// chatSpeaker implements [speaker].
type chatSpeaker struct{ *chat.Chunks }

func (s chatSpeaker) event(e *llm.Event, emit func(dialect.Frame) bool) { s.Event(0, e, emit) }

func (s chatSpeaker) end(out *llm.Response, emit func(dialect.Frame) bool) {
	_ = s.End(0, &out.Message, out.Finish, out.Usage, emit) && s.Finish(emit)
}

// understood is what a provider gets of a native request: its body, and the request that it reads there.
func understood(r *llm.Request, stream bool) (v voice, body json.Value, read llm.Request, err error) {
	v = voices[r.Native.Dialect]
	if body, err = v.encode(r, stream); err != nil {
		return v, nil, read, err
	}
	c, err := v.read(body)
	if err != nil {
		failed := errs.From(err)
		return v, body, read, &errs.Error{
			Reason: errs.InvalidRequest, Origin: Display, Provider: Slug, Model: r.Model, ProviderStatus: 400, Message: failed.Message, Param: failed.Param,
		}
	}
	read = c.Request
	read.Model = r.Model
	return v, body, read, nil
}

// generateNative answers a native request whole.
func (d *Driver) generateNative(ctx context.Context, r *llm.Request) (*llm.Response, error) {
	v, body, read, err := understood(r, false)
	if err != nil {
		return &llm.Response{RawRequest: body}, err
	}
	out, err := d.Generate(ctx, &read)
	if err != nil {
		return &llm.Response{RawRequest: body}, err
	}
	out.RawRequest, out.Native = body, true
	if r.Native.Compacts {
		out.RawResponse = compacted(body, r.Model, out)
		out.Message = llm.Message{}
		return out, nil
	}
	out.RawResponse = written(v.whole(r.Model, out))
	return out, nil
}

// streamNative answers a native request with frames.
func (d *Driver) streamNative(ctx context.Context, r *llm.Request, yield func(llm.Event, error) bool) {
	v, body, read, err := understood(r, true)
	if err != nil {
		yield(llm.Event{Request: body}, err)
		return
	}
	var fold llm.Fold
	s := v.speak(r)
	for e, err := range d.Stream(ctx, &read) {
		if e.Request != nil {
			e.Request = body
		}
		if err != nil {
			yield(e, err)
			return
		}
		fold.Add(&e)
		var frames []llm.Raw
		keep := func(f dialect.Frame) bool {
			frames = append(frames, llm.Raw{Name: f.Name, Data: append([]byte(nil), f.Data...), Last: e.Finish != ""})
			return true
		}
		if s.event(&e, keep); e.Finish != "" {
			s.end(fold.Response(), keep)
		}
		if !tell(e, frames, yield) {
			return
		}
	}
}

// tell yields e with the first frame, and the other frames after it.
func tell(e llm.Event, frames []llm.Raw, yield func(llm.Event, error) bool) bool {
	if len(frames) > 0 {
		e.Raw = &frames[0]
		frames = frames[1:]
	}
	e.More = len(frames) > 0
	if !yield(e, nil) {
		return false
	}
	for i := range frames {
		if !yield(llm.Event{Raw: &frames[i], More: i+1 < len(frames)}, nil) {
			return false
		}
	}
	return true
}
