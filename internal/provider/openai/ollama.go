package openai

import (
	"cmp"
	"strconv"

	"openloop/internal/llm"
)

// ownForm is an answer in the form of Ollama's own API, whole or as a line of a stream. What stands in front of an Ollama may answer
// in it on the paths of OpenAI too.
type ownForm struct {
	Message    *chatMessage `json:"message"`  // of its chat
	Response   string       `json:"response"` // of its completions
	Done       *bool        `json:"done"`     // always there
	DoneReason string       `json:"done_reason"`
	Input      *int64       `json:"prompt_eval_count"`
	Output     int64        `json:"eval_count"`
}

// choice is the choice that f amounts to, none when f is not in that form.
func (f *ownForm) choice() []chatChoice {
	if f.Done == nil {
		return nil
	}
	m := chatMessage{Content: prose{text: f.Response}}
	if f.Message != nil {
		m = *f.Message
	}
	c := chatChoice{Message: &m}
	if *f.Done {
		c.FinishReason = cmp.Or(f.DoneReason, "stop")
	}
	return []chatChoice{c}
}

// usage is what f counts, unknown until the last line of a stream.
func (f *ownForm) usage() llm.Usage {
	if f.Input == nil {
		return llm.Usage{}
	}
	raw := strconv.AppendInt([]byte(`{"prompt_eval_count":`), *f.Input, 10)
	raw = strconv.AppendInt(append(raw, `,"eval_count":`...), f.Output, 10)
	return llm.Usage{Input: max(*f.Input, 0), Output: max(f.Output, 0), Known: true, Raw: append(raw, '}')}
}
