package responses

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
)

// An answer that is kept is its messages, and the parameters that it was asked for with. It can be shown again, and gone on from.

// stored reports whether the caller may come back to the answer.
func (r *ResponseParams) stored() bool { return r.Store == nil || *r.Store }

// kept returns the parameters without what is elsewhere on a Log: the input and the values of variables. It is nil if nothing is kept.
func (r *ResponseParams) kept() json.Value {
	if !r.stored() {
		return nil
	}
	k := *r
	k.Input, k.Inputs, k.Stream, k.StreamOptions = Input{}, nil, false, nil
	if r.Prompt != nil {
		k.Prompt = &PromptUse{ID: r.Prompt.ID, Version: r.Prompt.Version}
	}
	return json.AppendValue(nil, &k)
}

// Kept reads the parameters of an answer that was kept.
func Kept(parameters json.Value) (*ResponseParams, error) {
	r := new(ResponseParams)
	if err := json.UnmarshalForeign(parameters, r); err != nil {
		return nil, errs.Wrap("responses.Kept", err)
	}
	return r, nil
}

// leading is how many messages stand before the input: those of the instructions.
func (r *ResponseParams) leading() int {
	if r.Instructions == "" {
		return 0
	}
	return 1
}

// After returns messages that a call was made with, without those of the instructions.
func (r *ResponseParams) After(messages []llm.Message) []llm.Message {
	return messages[min(r.leading(), len(messages)):]
}

// Failed returns an answer that failed. A nil d means that its caller left.
func Failed(r *ResponseParams, id string, created time.Time, model string, a *Answered, d *errs.Detail) *Response {
	s := NewEvents(r, id, created, model)
	s.message(a.Message, a.LogProbs)
	s.endHeld()
	s.close(statusIncomplete)
	s.response.Status = statusCancelled
	if d != nil {
		s.response.Status, s.response.Error = statusFailed, failed(d)
	}
	return s.response
}

type (
	inputMessage struct {
		ID      string `json:"id"`
		Type    string `json:"type"`
		Status  string `json:"status"`
		Role    string `json:"role"`
		Content []any  `json:"content"`
	}
	givenText struct {
		Type string `json:"type"`
		Text string `json:"text"`
	}
	givenImage struct {
		Type     string `json:"type"`
		ImageURL string `json:"image_url"`
		Detail   string `json:"detail"`
	}
	givenFile struct {
		Type     string `json:"type"`
		Filename string `json:"filename,omitempty"`
		FileData string `json:"file_data,omitempty"`
		FileURL  string `json:"file_url,omitempty"`
	}
	givenAudio struct {
		Type       string     `json:"type"`
		InputAudio *llm.Audio `json:"input_audio"`
	}
	callOutput struct {
		ID     string `json:"id"`
		Type   string `json:"type"`
		Status string `json:"status"`
		CallID string `json:"call_id"`
		Output any    `json:"output"` // a text, or parts
	}
)

// InputItems returns the items that an answer was asked with: those of earlier answers too, if it went on from one. Their ids are the same each time.
func InputItems(r *ResponseParams, id string, input []llm.Message) []any {
	s, outputs := NewEvents(r, id+inputMark, time.Time{}, ""), map[string]string{}
	for i := range input {
		m := &input[i]
		switch m.Role {
		case llm.Assistant:
			for j := range m.ToolCalls {
				if c := &m.ToolCalls[j]; s.origins[c.Function.Name].custom {
					outputs[c.ID] = customOutputItem
				}
			}
			s.message(m, nil)
			s.endHeld()
			s.close(statusCompleted)
		case llm.ToolRole:
			kind := cmp.Or(outputs[m.ToolCallID], callOutputItem)
			s.given(outputOf(m, kind, s.nextID(kind)))
		case llm.User, llm.System, llm.Developer:
			s.given(inputMessage{s.nextID(messageItem), messageItem, statusCompleted, string(m.Role), givenParts(m.Content)})
		}
	}
	return s.response.Output
}

// inputMark tells the ids of the items of an input from those of the output.
const inputMark = "_in"

// given adds an item that is none of the model's.
func (s *Events) given(item any) { s.response.Output = append(s.response.Output, item) }

func outputOf(m *llm.Message, kind, id string) callOutput {
	out := callOutput{id, kind, statusCompleted, m.ToolCallID, m.Content.Text}
	if m.Content.Parts != nil {
		out.Output = givenParts(m.Content)
	}
	return out
}

func givenParts(c llm.Content) []any {
	out := []any{}
	if c.Parts == nil {
		return append(out, givenText{inputText, c.Text})
	}
	for i := range c.Parts {
		switch p := &c.Parts[i]; {
		case p.ImageURL != nil:
			out = append(out, givenImage{inputImage, p.ImageURL.URL, cmp.Or(p.ImageURL.Detail, "auto")})
		case p.File != nil:
			out = append(out, givenFile{inputFile, p.File.Name, p.File.Data, p.File.URL})
		case p.Audio != nil:
			out = append(out, givenAudio{inputAudio, p.Audio})
		default:
			out = append(out, givenText{inputText, p.Text})
		}
	}
	return out
}

// IDOf returns the id of an item that was given or made here.
func IDOf(item any) string {
	switch item := item.(type) {
	case inputMessage:
		return item.ID
	case callOutput:
		return item.ID
	case outputMessage:
		return item.ID
	case outputCall:
		return item.ID
	case outputCustomCall:
		return item.ID
	case outputReasoning:
		return item.ID
	}
	return ""
}

// References returns the places of items in the input that stand for items of earlier answers.
func (r *ResponseParams) References() []int {
	var out []int
	for i := range r.Input.Items {
		if t := &r.Input.Items[i]; t.Type == referenceItem || t.Type == "" && t.Role == "" && t.ID != "" {
			t.Type = referenceItem
			out = append(out, i)
		}
	}
	return out
}

// AnswerOf returns the id of the answer that an item is of the output of, without the prefix of answers; "" for an id that no item of ours has.
func AnswerOf(item string) string {
	end := strings.LastIndexByte(item, '_')
	for _, prefix := range idPrefixes {
		if strings.HasPrefix(item, prefix) && end >= len(prefix) {
			return strings.TrimSuffix(item[len(prefix):end], inputMark)
		}
	}
	return ""
}

// ItemWithID returns the item of a list, as an input has it.
func ItemWithID(list []any, id string) (Item, bool) {
	i := slices.IndexFunc(list, func(item any) bool { return IDOf(item) == id })
	if i < 0 {
		return Item{}, false
	}
	var out Item
	err := json.UnmarshalForeign(json.AppendValue(nil, list[i]), &out)
	return out, err == nil
}
