package completions

import (
	"github.com/openloop-server/openloop/internal/dialect"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
)

// TextCompletion is an answer, whole or a chunk of a stream.
type TextCompletion struct {
	ID      string       `json:"id"`
	Object  string       `json:"object"`
	Created int64        `json:"created"` // Unix time in seconds
	Model   string       `json:"model"`
	Choices []TextChoice `json:"choices"`
	Usage   *TextUsage   `json:"usage"`
}

// TextChoice is one sample, or a piece of it.
type TextChoice struct {
	Index        int        `json:"index"`
	Text         string     `json:"text"`
	LogProbs     json.Value `json:"logprobs"`
	FinishReason *string    `json:"finish_reason"`
}

// TextUsage is the tokens of a call.
type TextUsage struct {
	PromptTokens     int64 `json:"prompt_tokens"`
	CompletionTokens int64 `json:"completion_tokens"`
	TotalTokens      int64 `json:"total_tokens"`
}

// NewTextCompletion returns an answer without choices.
func NewTextCompletion(id string, created int64, model string) *TextCompletion {
	return &TextCompletion{ID: "cmpl-" + id, Object: "text_completion", Created: created, Model: model, Choices: []TextChoice{}}
}

// Add adds a sample. u is what it used; tokens of several samples add up.
func (a *TextCompletion) Add(m *llm.Message, finish llm.FinishReason, logProbs json.Value, u llm.Usage) {
	a.Choices = append(a.Choices, TextChoice{Index: len(a.Choices), Text: m.Content.String(), LogProbs: json.Object(logProbs), FinishReason: finishOf(finish)})
	a.use(u)
}

func (a *TextCompletion) use(u llm.Usage) {
	if !u.Known {
		return
	}
	if a.Usage == nil {
		a.Usage = new(TextUsage)
	}
	a.Usage.PromptTokens += u.Prompt()
	a.Usage.CompletionTokens += u.Completion()
	a.Usage.TotalTokens += u.Prompt() + u.Completion()
}

// finishOf returns OpenAI's word for why a model stopped. Clients know no others.
func finishOf(f llm.FinishReason) *string {
	word := string(llm.FinishStop)
	if f == llm.FinishLength || f == llm.FinishContentFilter {
		word = string(f)
	}
	return &word
}

// Pieces makes the chunks of a streamed answer. It is for one answer and one goroutine.
type Pieces struct {
	usage bool // was asked for
	head  TextCompletion
	used  TextCompletion // the tokens of all samples
}

// NewPieces begins a stream. usage says whether the client asked for a chunk with the usage.
func NewPieces(id string, created int64, model string, usage bool) *Pieces {
	return &Pieces{usage: usage, head: *NewTextCompletion(id, created, model)}
}

// Event emits the chunk of an event of a sample, if it has a text. emit reports whether the client is still there.
func (s *Pieces) Event(sample int, e *llm.Event, emit func(dialect.Frame) bool) bool {
	return e.Text == "" && len(e.LogProbs) == 0 || s.send(TextChoice{Index: sample, Text: e.Text, LogProbs: json.Object(e.LogProbs)}, emit)
}

// End emits the last chunk of a sample.
func (s *Pieces) End(sample int, _ *llm.Message, finish llm.FinishReason, u llm.Usage, emit func(dialect.Frame) bool) bool {
	s.used.use(u)
	return s.send(TextChoice{Index: sample, FinishReason: finishOf(finish)}, emit)
}

// Finish emits the chunk with the usage, if the client asked for it.
func (s *Pieces) Finish(emit func(dialect.Frame) bool) bool {
	if !s.usage {
		return true
	}
	chunk := s.head
	chunk.Usage = s.used.Usage
	return emit(dialect.Frame{Data: json.AppendValue(nil, &chunk)})
}

func (s *Pieces) send(c TextChoice, emit func(dialect.Frame) bool) bool {
	chunk := s.head
	chunk.Choices = []TextChoice{c}
	return emit(dialect.Frame{Data: json.AppendValue(nil, &chunk)})
}
