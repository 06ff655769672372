package openai

import (
	"cmp"
	"strings"

	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/provider/openai/usage"
)

// responsesStream decodes a streamed answer of the Responses endpoint. What it yields folds to what [decodeResponses] gives for the
// whole answer. Vendors leave out what is told again later: pieces of an item, or the item itself. So what each later event holds whole
// is compared with what was told before, and the rest is told then.
type responsesStream struct {
	in    responseEvent
	final *response
	told  told
}

// responseEvent is any event of the stream, or a whole answer.
type responseEvent struct {
	Type      string               `json:"type"`
	Object    string               `json:"object"`
	Place     *int                 `json:"output_index"`
	ItemID    string               `json:"item_id"`
	Summary   int                  `json:"summary_index"`
	Content   int                  `json:"content_index"`
	Delta     string               `json:"delta"`
	Text      json.Lenient[string] `json:"text"` // of a whole answer, an object
	Refusal   string               `json:"refusal"`
	Arguments arguments            `json:"arguments"`
	LogProbs  []json.Value         `json:"logprobs"`
	Part      itemContent          `json:"part"`
	Item      *item                `json:"item"`
	Response  *response            `json:"response"`
	Error     json.Value           `json:"error"`
}

// event implements [decoder].
func (d *responsesStream) event(data []byte, out []llm.Event) ([]llm.Event, bool, error) {
	if isDone(data) {
		return out, true, nil
	}
	d.in = responseEvent{}
	if err := json.UnmarshalPiece(data, &d.in); err != nil || failed(d.in.Error, true) || len(d.told.items) > maxItems {
		return out, false, errUnusable
	}
	d.told.events = out
	err := d.take(data)
	return d.told.events, d.final != nil, err
}

// take tells what the event says.
func (d *responsesStream) take(data []byte) error {
	in := &d.in
	switch in.Type {
	case "response.output_text.delta":
		d.part(messageItem, in.Content).add(in.Delta, in.LogProbs)
	case "response.output_text.done":
		d.part(messageItem, in.Content).whole(in.Text.V, in.LogProbs)
	case "response.refusal.delta":
		d.refusal(in.Content).add(in.Delta, nil)
	case "response.refusal.done":
		d.refusal(in.Content).whole(in.Refusal, nil)
	case "response.content_part.done":
		d.contentPart()
	case "response.reasoning_summary_text.delta":
		d.part(reasoningItem, in.Summary).add(in.Delta, nil)
	case "response.reasoning_summary_text.done":
		d.part(reasoningItem, in.Summary).whole(in.Text.V, nil)
	case "response.reasoning_summary_part.done":
		d.part(reasoningItem, in.Summary).whole(in.Part.Text, nil)
	case "response.reasoning_text.delta":
		d.part(reasoningItem, in.Content).add(in.Delta, nil)
	case "response.reasoning_text.done":
		d.part(reasoningItem, in.Content).whole(in.Text.V, nil)
	case "response.function_call_arguments.delta":
		d.part(callItem, 0).add(in.Delta, nil)
	case "response.function_call_arguments.done":
		d.part(callItem, 0).whole(string(in.Arguments), nil)
	case "response.output_item.added", "response.output_item.done":
		if in.Item != nil {
			d.told.item(d.key(in.Item.Type, in.Item.ID), in.Item, strings.HasSuffix(in.Type, "done"))
		}
	default:
		return d.lifecycle(data)
	}
	return nil
}

// contentPart takes a whole part of a message or of reasoning.
func (d *responsesStream) contentPart() {
	kind := messageItem
	if d.in.Part.Type == "reasoning_text" {
		kind = reasoningItem
	}
	if d.in.Part.Refusal != "" {
		d.refusal(d.in.Content).whole(d.in.Part.Refusal, nil)
		return
	}
	d.part(kind, d.in.Content).whole(d.in.Part.Text, d.in.Part.LogProbs)
}

// refusal is the part of a message that the event tells of, which refuses.
func (d *responsesStream) refusal(index int) toldPart {
	out := d.part(messageItem, index)
	d.told.refused, out.item.denies = true, true
	return out
}

// part is the part of an item that the event tells of.
func (d *responsesStream) part(kind string, index int) toldPart {
	return toldPart{&d.told, d.told.state(d.key(kind, d.in.ItemID)), index}
}

// key names an item by its place, which some vendors leave out; others make up another id with each event.
func (d *responsesStream) key(kind, id string) itemKey {
	d.told.block = 0
	if d.in.Place != nil {
		d.told.block = *d.in.Place + 1
		return itemKey{kind: kind, place: *d.in.Place}
	}
	key, nameless := itemKey{kind: kind, id: id}, itemKey{kind: kind}
	if s := d.told.items[nameless]; s != nil && d.told.items[key] == nil {
		delete(d.told.items, nameless) // its pieces did not name it
		d.told.items[key] = s
	}
	return key
}

// lifecycle takes the events that tell of the answer as a whole.
func (d *responsesStream) lifecycle(data []byte) error {
	switch d.in.Type {
	case "response.created", "response.in_progress":
		if d.in.Response != nil && d.in.Response.Model != d.told.model {
			d.told.model = d.in.Response.Model
			d.told.tell(llm.Event{Model: d.told.model})
		}
	case "response.completed", "response.incomplete", "response.done":
		return d.finish()
	case "response.failed", "error":
		return errUnusable
	case "":
		return d.whole(data)
	}
	return nil
}

// whole takes an answer that was not streamed, though a stream was asked for.
func (d *responsesStream) whole(data []byte) error {
	if d.in.Object != "response" {
		return nil
	}
	var r response
	if err := json.UnmarshalPiece(data, &r); err != nil {
		return errUnusable
	}
	d.in.Response = &r
	return d.finish()
}

// finish takes the whole answer that ends the stream. Its status may be in the event's own name, and left out.
func (d *responsesStream) finish() error {
	r := d.in.Response
	if r == nil || failed(r.Error, r.Output != nil) {
		return errUnusable
	}
	if name := strings.TrimPrefix(d.in.Type, "response."); name == "completed" || name == "incomplete" {
		r.Status = name
	}
	if r.Status != "completed" && r.Status != "incomplete" {
		return errUnusable
	}
	d.final = r
	d.told.answer(r)
	return nil
}

// last implements [decoder].
func (d *responsesStream) last() (llm.Event, error) {
	if d.final == nil {
		return llm.Event{}, errCut
	}
	called := len(d.told.calls) > 0
	out := llm.Event{
		Finish: d.final.finish(called, d.told.refused), Model: d.final.Model, Usage: usage.Of(d.final.Usage, d.final.Tier).Reported(),
	}
	if out.Finish == llm.FinishContentFilter && d.told.text.Len() == 0 && !d.told.refused && !called {
		return out, &blockedError{cmp.Or(d.final.Incomplete.Reason, blockedReason)}
	}
	return out, nil
}
