package replicate

import (
	"context"
	"net/http"
	"net/url"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/llm/failure"
	"github.com/openloop-server/openloop/internal/llm/llmhttp"
)

// forward yields the stream of p at u. What the stream does not tell, the tokens, the prediction is asked for at its end.
func (s *session) forward(ctx context.Context, r *llm.Request, p *prediction, u *url.URL, yield func(llm.Event, error) bool) {
	d := &decoder{model: p.Model}
	goesOn, told := true, false
	tell := func(e llm.Event, err error) bool {
		told = true
		goesOn = yield(e, err) && err == nil
		return goesOn
	}
	in, err := s.http.Stream(ctx, s.call, llmhttp.Request{
		Method: http.MethodGet, URL: u, Foreign: s.foreign, Header: header(s.key, "Accept", "text/event-stream", "Cache-Control", "no-store"),
	})
	if err != nil {
		s.cancel(ctx, p.ID)
		tell(llm.Event{Request: s.body}, err)
		return
	}
	llmhttp.Forward(in, s.body, d, tell)
	_ = in.Close() // the answer is read or given up: nothing depends on it
	if !d.ended && !d.failed {
		s.cancel(ctx, p.ID)
	}
	if !d.ended || !goesOn {
		return
	}
	last := llm.Event{Finish: llm.FinishStop}
	if end, err := s.get(ctx, p.ID); err == nil {
		if last.Usage = end.usage(); last.Usage != nil {
			last.Finish = finish(*last.Usage, r.MaxTokens)
		}
	}
	if !told {
		last.Request, last.Model = s.body, p.Model
	}
	tell(last, nil)
}

// decoder implements [llmhttp.Decoder].
type decoder struct {
	model  string // told with the first output
	ended  bool   // the end marker was seen
	failed bool   // the prediction was reported to be over
	out    [1]llm.Event
}

// Ended implements [llmhttp.Decoder].
func (d *decoder) Ended() bool { return d.ended }

// Last implements [llmhttp.Decoder]. A stream without its end marker is cut.
func (d *decoder) Last() (llm.Event, bool) { return llm.Event{}, false }

// Decode implements [llmhttp.Decoder]. Logs of the model tell nothing.
func (d *decoder) Decode(call failure.Call, h http.Header, e llmhttp.Event) ([]llm.Event, error) {
	d.out[0] = llm.Event{}
	switch e.Name {
	case "output":
		d.out[0].Text, d.out[0].Model = string(e.Data), d.model
		d.model = ""
		return d.out[:], nil
	case "logs":
		return d.out[:], nil
	}
	if err := call.Event(e.Name, h, e.Data); err != nil {
		d.failed = true
		return nil, err
	}
	if e.Name != "done" {
		return d.out[:], nil
	}
	var end ending
	if json.UnmarshalForeign(e.Data, &end) == nil && end.Reason != "" {
		d.failed = true
		return nil, call.Cut(h).With(func(e *errs.Error) { e.ProviderCode = end.Reason })
	}
	d.ended = true
	return d.out[:], nil
}
