package openai

import (
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
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

// completion is a whole answer of the Completions endpoint, and also a piece of a streamed one.
type completion struct {
	Model   string             `json:"model"`
	Choices []completionChoice `json:"choices"`
	Usage   json.Value         `json:"usage"`
	Tier    json.Value         `json:"service_tier"`
	Error   json.Value         `json:"error"`
}

// usage adds what c says was used to s.
func (c *completion) usage(s *reports) {
	for i := range c.Choices {
		s.add(c.Choices[i].Usage)
	}
	s.add(c.Usage)
	s.serve(c.Tier)
}

type completionChoice struct {
	Index        int        `json:"index"`
	Text         string     `json:"text"`
	LogProbs     json.Value `json:"logprobs"`
	FinishReason string     `json:"finish_reason"`
	Usage        json.Value `json:"usage"`
}

func decodeComplete(body []byte) (*llm.Response, error) {
	var in completion
	if err := json.UnmarshalPiece(body, &in); err != nil || len(in.Choices) == 0 || failed(in.Error, true) {
		return nil, errUnusable
	}
	c := &in.Choices[0]
	if err := withheld(c.FinishReason, c.Text != ""); err != nil {
		return nil, err
	}
	var u reports
	in.usage(&u)
	out := &llm.Response{Finish: llm.FinishOf(c.FinishReason), Model: in.Model, Usage: u.portable()}
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
	var in completion
	if err := json.UnmarshalPiece(data, &in); err != nil || failed(in.Error, in.Choices != nil || in.Usage != nil) {
		return out, false, errUnusable
	}
	in.usage(&d.usage)
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
