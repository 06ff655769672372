package responses

import (
	"cmp"
	"strconv"

	"github.com/openloop-server/openloop/internal/dialect"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
)

// View returns what the portable model can tell of a body, which need not be a [ResponseParams].
func View(body json.Value) *dialect.Call {
	e, _ := json.NewEdit(body)
	r := ResponseParams{Model: dialect.Word(e.Get("model")), Instructions: dialect.Word(e.Get("instructions"))}
	var used PromptUse
	if prompt := e.Get("prompt"); json.Kind(prompt) == '{' && json.UnmarshalForeign(prompt, &used) == nil && used.ID != "" {
		r.Prompt = &used
	}
	c := &dialect.Call{
		Name: r.name(), Inputs: json.Object(e.Get("inputs")), Metadata: json.Object(e.Get("metadata")), Conversation: dialect.Word(e.Get("prompt_cache_key")),
	}
	if r.Prompt != nil && r.Prompt.Variables != nil {
		if given, err := variables(r.Prompt.Variables); err == nil {
			c.Inputs = given
		}
	}
	c.Request.User = cmp.Or(dialect.Word(e.Get("user")), dialect.Word(e.Get("safety_identifier")))
	c.Request.Messages = r.view(e.Get("input"))
	return c
}

// view returns the conversation, in which an item that cannot be read is a text.
func (r *ResponseParams) view(input json.Value) []llm.Message {
	r.Input = Input{Text: dialect.Word(input), Set: true}
	list, _ := json.Elements(input)
	for _, v := range list {
		var i Item
		if json.UnmarshalForeign(v, &i) != nil || new(conversation).item(&i) != nil {
			role := llm.Role(i.Role)
			if role == "" {
				role = llm.Assistant // whose tools are what is not known here
			}
			i = Item{Type: messageItem, Role: string(role), Content: ItemContent{Text: dialect.Opaque(v).Text, Set: true}}
		}
		r.Input.Items = append(r.Input.Items, i)
	}
	out, err := r.messages()
	if err != nil {
		return nil
	}
	return out
}

// Passed is what is known of a provider's stream, so that a failure can end it.
type Passed struct {
	response json.Value
	number   int // of the next event
}

// Note looks at an event of the stream.
func (n *Passed) Note(data json.Value) {
	n.number++
	if n.response != nil {
		return
	}
	if e, ok := json.NewEdit(data); ok {
		n.response = json.Object(e.Get("response")).Clone()
	}
}

// AppendFailure appends the data of the event that ends the stream. It reports false if no event was noted that tells whose it is.
func (n *Passed) AppendFailure(dst []byte, d *errs.Detail) ([]byte, bool) {
	e, ok := json.NewEdit(n.response)
	if !ok {
		return dst, false
	}
	e.SetText("status", statusFailed)
	e.Set("error", json.AppendValue(nil, failed(d)))
	dst = append(json.AppendString(append(dst, `{"type":`...), EventFailed), `,"sequence_number":`...)
	dst = append(strconv.AppendInt(dst, int64(n.number), 10), `,"response":`...)
	return append(append(dst, e.Value()...), '}'), true
}
