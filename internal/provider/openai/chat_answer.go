package openai

import (
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/provider/openai/reasoning"
	"github.com/openloop-server/openloop/internal/provider/openai/usage"
)

// completedChat is a whole answer of Chat Completions or of Completions, and also a piece of a streamed one.
type completedChat struct {
	Model   string       `json:"model"`
	Choices []chatChoice `json:"choices"`
	Usage   json.Value   `json:"usage"`
	Tier    json.Value   `json:"service_tier"`
	Error   json.Value   `json:"error"`
	Groq    groqExtra    `json:"x_groq"`
	ownForm
}

// groqExtra is where Groq tells the usage of a stream.
type groqExtra struct {
	Usage json.Value `json:"usage"`
}

type chatChoice struct {
	Index        int          `json:"index"`
	Message      *chatMessage `json:"message"`
	Delta        *chatMessage `json:"delta"`
	Text         string       `json:"text"` // of Completions
	LogProbs     json.Value   `json:"logprobs"`
	FinishReason string       `json:"finish_reason"`
	Usage        json.Value   `json:"usage"` // where Moonshot tells that of a stream
}

// chatMessage is a message, or a piece of one.
type chatMessage struct {
	Content          prose         `json:"content"`
	Refusal          string        `json:"refusal"`
	ReasoningContent prose         `json:"reasoning_content"`
	Reasoning        prose         `json:"reasoning"`
	ReasoningDetails []json.Value  `json:"reasoning_details"` // what Reasoning says, and what only its vendor can read
	Thinking         prose         `json:"thinking"`          // in Ollama's own form
	ToolCalls        []chatCall    `json:"tool_calls"`
	FunctionCall     *chatFunction `json:"function_call"` // what came before tool_calls
}

type chatCall struct {
	Index    json.Lenient[*int]   `json:"index"`
	ID       json.Lenient[string] `json:"id"`
	Function chatFunction         `json:"function"`
}

type chatFunction struct {
	Name      string    `json:"name"`
	Arguments arguments `json:"arguments"`
}

// text is what m says.
func (m *chatMessage) text() string { return m.Content.text + m.Refusal }

// thinking is the readable reasoning of m, under whichever name its vendor sends it.
func (m *chatMessage) thinking() string {
	for _, s := range []string{m.ReasoningContent.text, m.Reasoning.text, m.Thinking.text} {
		if s != "" {
			return s
		}
	}
	return m.Content.thinking
}

// prose is a text, which some vendors send as a list of parts, their reasoning among them.
type prose struct {
	text     string
	thinking string
}

type prosePart struct {
	Text     string `json:"text"`
	Thinking prose  `json:"thinking"`
}

// UnmarshalJSONFrom implements the JSON union of string, list and null.
func (p *prose) UnmarshalJSONFrom(dec *json.Decoder) error {
	*p = prose{}
	switch dec.PeekKind() {
	case json.KindString:
		return json.Decode(dec, &p.text)
	case json.KindArray:
		var parts []prosePart
		if err := json.Decode(dec, &parts); err != nil {
			return err
		}
		for _, part := range parts {
			p.text += part.Text
			p.thinking += part.Thinking.text
		}
		return nil
	case json.KindNull:
		return dec.SkipValue()
	default:
		return json.WrongKind(dec, "a text")
	}
}

// arguments is the JSON text of a call's arguments, which some vendors send as JSON instead of as a string.
type arguments string

// UnmarshalJSONFrom implements the JSON union of a string and anything else.
func (a *arguments) UnmarshalJSONFrom(dec *json.Decoder) error {
	switch dec.PeekKind() {
	case json.KindString:
		return json.Decode(dec, (*string)(a))
	case json.KindNull:
		*a = ""
		return dec.SkipValue()
	default:
		v, err := dec.ReadValue()
		*a = arguments(v)
		return err
	}
}

// decodeChat translates a whole answer. One that was withheld comes with a [blockedError].
func decodeChat(body []byte) (*llm.Response, error) {
	var in completedChat
	if err := json.UnmarshalPiece(body, &in); err != nil {
		return nil, errUnusable
	}
	choices := in.choices()
	if len(choices) == 0 || failed(in.Error, true) {
		return nil, errUnusable
	}
	c := &choices[0]
	m := c.message()
	if m == nil || unusable(c.FinishReason) {
		return nil, errUnusable
	}
	var u usage.Reports
	in.used(&u)
	out := &llm.Response{Message: m.portable(), Finish: llm.FinishOf(c.FinishReason), Usage: u.Portable(), Model: in.Model}
	if present(c.LogProbs) {
		out.LogProbs = c.LogProbs
	}
	if m.Refusal != "" && out.Finish == llm.FinishStop {
		out.Finish = llm.FinishContentFilter
	}
	return out, withheld(c.FinishReason, out.Message.Content.Text != "" || out.Message.ToolCalls != nil)
}

// choices are the answers in c.
func (c *completedChat) choices() []chatChoice {
	if c.Choices == nil {
		return c.choice()
	}
	return c.Choices
}

// used adds what c says was used to s, wherever it says it.
func (c *completedChat) used(s *usage.Reports) {
	for i := range c.Choices {
		s.Add(c.Choices[i].Usage)
	}
	s.Add(c.Groq.Usage)
	s.Add(c.Usage)
	if c.Choices == nil {
		s.Add(c.usage())
	}
	s.Serve(c.Tier)
}

func (m *chatMessage) portable() llm.Message {
	out := llm.Message{Role: llm.Assistant}
	for i := range m.ToolCalls {
		out.ToolCalls = append(out.ToolCalls, llm.CallOf(m.ToolCalls[i].ID.V, m.ToolCalls[i].Function.Name, string(m.ToolCalls[i].Function.Arguments)))
	}
	if m.FunctionCall != nil && m.FunctionCall.Name != "" && len(m.ToolCalls) == 0 {
		out.ToolCalls = append(out.ToolCalls, llm.CallOf("", m.FunctionCall.Name, string(m.FunctionCall.Arguments)))
	}
	if text := m.text(); text != "" || out.ToolCalls == nil {
		out.Content = llm.Text(text)
	}
	for _, raw := range m.ReasoningDetails {
		if d, ok := reasoning.Read(raw); ok {
			out.Thinking = append(out.Thinking, d.Block())
		}
	}
	out.Refusal = m.Refusal
	if s := m.thinking(); s != "" && out.Thinking == nil {
		out.Thinking = []llm.Thinking{{Type: llm.ThinkingBlock, Thinking: s}}
	}
	return out
}
