package openai

import (
	"cmp"
	"strings"

	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/provider/openai/usage"
)

// response is an answer of the Responses endpoint.
type response struct {
	Model      string         `json:"model"`
	Status     string         `json:"status"`
	Error      json.Value     `json:"error"`
	Incomplete incompleteness `json:"incomplete_details"`
	Output     []item         `json:"output"`
	Usage      json.Value     `json:"usage"`
	Tier       json.Value     `json:"service_tier"`
}

type incompleteness struct {
	Reason string `json:"reason"`
}

// item is one of the things that an answer is made of: a message, a function call, a piece of reasoning, or what we leave to the
// raw answer.
type item struct {
	ID        string        `json:"id"`
	Type      string        `json:"type"`
	Content   []itemContent `json:"content"` // of a message; of reasoning, its text
	CallID    string        `json:"call_id"`
	Name      string        `json:"name"`
	Arguments arguments     `json:"arguments"`
	Summary   []itemContent `json:"summary"`
	Encrypted string        `json:"encrypted_content"`
}

type itemContent struct {
	Type     string       `json:"type"`
	Text     string       `json:"text"`
	Refusal  string       `json:"refusal"`
	LogProbs []json.Value `json:"logprobs"`
}

// The types of items.
const (
	messageItem   = "message"
	callItem      = "function_call"
	reasoningItem = "reasoning"
)

// paragraph stands between the parts of a summary.
const paragraph = "\n\n"

// decodeResponses translates a whole answer. One that was withheld comes with a [blockedError].
func decodeResponses(body []byte) (*llm.Response, error) {
	var in response
	if err := json.UnmarshalPiece(body, &in); err != nil || failed(in.Error, in.Output != nil) {
		return nil, errUnusable
	}
	if in.Status != "completed" && in.Status != "incomplete" {
		return nil, errUnusable
	}
	var a gathered
	for i := range in.Output {
		a.add(&in.Output[i])
	}
	m := a.out.Answer()
	m.Refusal = a.refusal
	finish := in.finish(len(m.ToolCalls) > 0, m.Refusal != "")
	out := &llm.Response{
		Message: m, Finish: finish, Model: in.Model, Usage: usage.Of(in.Usage, in.Tier), LogProbs: chatLogProbs(a.logprobs),
	}
	if finish == llm.FinishContentFilter && a.text == "" && m.ToolCalls == nil {
		return out, &blockedError{cmp.Or(in.Incomplete.Reason, blockedReason)}
	}
	return out, nil
}

// decodeCompaction translates a compacted conversation, of which the model has said nothing: it is what the user said, and an item that only its vendor
// can read.
func decodeCompaction(body []byte) (*llm.Response, error) {
	var in struct {
		Object string     `json:"object"`
		Output json.Value `json:"output"`
		Usage  json.Value `json:"usage"`
	}
	if err := json.UnmarshalPiece(body, &in); err != nil || in.Object != "response.compaction" || json.Kind(in.Output) != '[' {
		return nil, errUnusable
	}
	return &llm.Response{Finish: llm.FinishStop, Usage: usage.Of(in.Usage, nil)}, nil
}

// finish is the portable finish reason, which this endpoint tells by its status.
func (in *response) finish(called, refused bool) llm.FinishReason {
	switch {
	case in.Status == "completed" && called:
		return llm.FinishToolCalls
	case in.Status == "completed" && refused:
		return llm.FinishContentFilter
	case in.Status == "completed":
		return llm.FinishStop
	default:
		return llm.FinishOf(in.Incomplete.Reason)
	}
}

// gathered is a message being put together from items.
type gathered struct {
	out      llm.Composer
	text     string // all of it
	refusal  string // which is a part of the text
	logprobs []json.Value
}

func (a *gathered) add(i *item) {
	switch i.Type {
	case messageItem:
		for j := range i.Content {
			c := &i.Content[j]
			a.out.Say(c.Text + c.Refusal)
			a.text += c.Text + c.Refusal
			a.refusal += c.Refusal
			a.logprobs = append(a.logprobs, c.LogProbs...)
		}
	case callItem:
		a.out.Call(llm.CallOf(i.CallID, i.Name, string(i.Arguments)))
	case reasoningItem:
		if t, ok := i.thinking(); ok {
			a.out.Think(t)
		}
	}
}

// thinking is the block of a reasoning item, false when it says nothing.
func (i *item) thinking() (llm.Thinking, bool) {
	text := joined(i.Summary)
	if text == "" {
		text = joined(i.Content)
	}
	if text == "" {
		return llm.Thinking{Type: llm.RedactedThinkingBlock, Data: i.Encrypted}, i.Encrypted != ""
	}
	return llm.Thinking{Type: llm.ThinkingBlock, Thinking: text, Signature: i.Encrypted}, true
}

func joined(parts []itemContent) string {
	texts := make([]string, len(parts))
	for i := range parts {
		texts[i] = parts[i].Text
	}
	return strings.Join(texts, paragraph)
}

// chatLogProbs puts log probabilities in the shape that chat answers have.
func chatLogProbs(tokens []json.Value) json.Value {
	if len(tokens) == 0 {
		return nil
	}
	out := []byte(`{"content":[`)
	for i, t := range tokens {
		out = append(comma(out, i), t...)
	}
	return append(out, "]}"...)
}
