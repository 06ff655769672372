package openai

import (
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/provider/openai/usage"
)

// complete adds the members of a legacy Completions request.
func (b object) complete(v *Vendor, r *llm.Request, stream bool) object {
	b = b.string("prompt", r.Prompt).text("suffix", r.Suffix)
	if r.MaxTokens > 0 {
		b = b.int("max_tokens", int64(r.MaxTokens))
	}
	b = b.sampling(v, r).steering(v, r)
	if r.LogProbs != nil {
		b = b.int("logprobs", int64(*r.LogProbs))
	}
	return b.streaming(v, stream)
}

func decodeComplete(body []byte) (*llm.Response, error) {
	var in completedChat // whose choices have a text
	if err := json.UnmarshalPiece(body, &in); err != nil || len(in.Choices) == 0 || failed(in.Error, true) {
		return nil, errUnusable
	}
	c := &in.Choices[0]
	if err := withheld(c.FinishReason, c.Text != ""); err != nil {
		return nil, err
	}
	var u usage.Reports
	in.used(&u)
	out := &llm.Response{Finish: llm.FinishOf(c.FinishReason), Model: in.Model, Usage: u.Portable()}
	out.Message = llm.Message{Role: llm.Assistant, Content: llm.Text(c.Text)}
	if present(c.LogProbs) {
		out.LogProbs = c.LogProbs
	}
	return out, nil
}

// completeStream decodes a streamed completion.
type completeStream struct {
	tail
	model string
}

func (d *completeStream) event(data []byte, out []llm.Event) ([]llm.Event, bool, error) {
	if isDone(data) {
		d.done = true
		return out, true, nil
	}
	var in completedChat
	if err := json.UnmarshalPiece(data, &in); err != nil || failed(in.Error, in.Choices != nil || in.Usage != nil) {
		return out, false, errUnusable
	}
	in.used(&d.usage)
	var e llm.Event
	if in.Model != d.model {
		d.model, e.Model = in.Model, in.Model
	}
	for i := range in.Choices {
		c := &in.Choices[i]
		if c.Index != 0 {
			continue
		}
		e.Text += c.Text
		if present(c.LogProbs) {
			e.LogProbs = c.LogProbs
		}
		d.seen, d.spoke = true, d.spoke || c.Text != ""
		if err := d.finish(c.FinishReason); err != nil {
			return out, false, err
		}
	}
	return appendEvents(out, e, nil), false, nil
}
