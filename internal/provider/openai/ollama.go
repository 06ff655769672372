package openai

import (
	"cmp"
	"strconv"

	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
)

// ownForm is an answer in the form of Ollama's own API, whole or as a line of a stream. What stands in front of an Ollama may answer
// in it on the paths of OpenAI too.
type ownForm struct {
	Message    *chatMessage `json:"message"`  // of its chat
	Response   string       `json:"response"` // of its completions
	Done       *bool        `json:"done"`     // always there
	DoneReason string       `json:"done_reason"`
	Input      llm.Count    `json:"prompt_eval_count"`
	Output     llm.Count    `json:"eval_count"`
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

// usage is what f counts as a report, nil until the last line of a stream.
func (f *ownForm) usage() json.Value {
	if !f.Input.Told {
		return nil
	}
	raw := strconv.AppendInt([]byte(`{"prompt_eval_count":`), f.Input.N, 10)
	raw = strconv.AppendInt(append(raw, `,"eval_count":`...), f.Output.N, 10)
	return append(raw, '}')
}
