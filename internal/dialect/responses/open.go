package responses

import (
	"cmp"
	"strconv"
	"strings"

	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
)

// openItem is the item that is being written.
type openItem struct {
	kind      string
	index     int // as in [piece]
	id        string
	refusal   bool // of a message: its text is one
	text      strings.Builder
	signature string
	data      string
	logprobs  []json.Value

	shown  bool // the item was added to the stream
	callID string
	name   string // as the model knows it
	origin origin
}

// prefixes of the ids of items.
var idPrefixes = map[string]string{messageItem: "msg_", reasoningItem: "rs_", callItem: "fc_", customItem: "ctc_", callOutputItem: "fco_", customOutputItem: "ctco_"}

// takes reports whether p belongs to the item.
func (o *openItem) takes(p *piece) bool {
	if o.kind == messageItem {
		return p.kind == messageItem && (o.refusal == p.refusal || p.text == "")
	}
	return o.kind == p.kind && o.index == p.index
}

// isWhole reports whether the item can end. A model may write several calls at once.
func (o *openItem) isWhole() bool {
	if o.kind != callItem {
		return true
	}
	arguments := []byte(o.text.String())
	return json.Kind(arguments) == '{' && json.Valid(arguments)
}

func (s *Events) begin(p *piece) {
	s.open = &openItem{kind: p.kind, index: p.index, refusal: p.refusal, id: s.nextID(p.kind)}
	s.refused = s.refused || p.refusal
	switch p.kind {
	case messageItem:
		s.show(s.messageItem(statusInProgress))
		s.part("response.content_part.added", "content_index", s.open.part())
	case reasoningItem:
		s.show(outputReasoning{ID: s.open.id, Type: reasoningItem, Summary: []saidSummary{}})
	}
}

// nextID is the id of the next item of the output.
func (s *Events) nextID(kind string) string {
	return idPrefixes[kind] + s.id + "_" + strconv.Itoa(len(s.response.Output))
}

func (s *Events) show(item any) {
	s.open.shown = true
	s.send("response.output_item.added", s.place(), value("item", item))
}

func (s *Events) place() field { return number("output_index", len(s.response.Output)) }

// extend adds p to the open item.
func (s *Events) extend(p *piece) {
	o := s.open
	first := o.text.Len() == 0
	o.text.WriteString(p.text)
	o.signature, o.data = o.signature+p.signature, o.data+p.data
	switch o.kind {
	case messageItem:
		o.logprobs = append(o.logprobs, clones(p.logprobs)...)
		switch {
		case o.refusal:
			s.delta("response.refusal.delta", p.text, number("content_index", 0))
		case p.text != "" || len(p.logprobs) > 0:
			s.delta("response.output_text.delta", p.text, number("content_index", 0), value("logprobs", listed(p.logprobs)))
		}
	case reasoningItem:
		if p.text == "" {
			return
		}
		if first {
			s.part("response.reasoning_summary_part.added", "summary_index", saidSummary{summaryText, ""})
		}
		s.delta("response.reasoning_summary_text.delta", p.text, number("summary_index", 0))
	case callItem:
		s.extendCall(p)
	}
}

func (s *Events) delta(kind, delta string, more ...field) {
	s.send(kind, append([]field{text("item_id", s.open.id), s.place(), text("delta", delta)}, more...)...)
}

// part emits an event about the one part of the open item.
func (s *Events) part(kind, index string, part any) {
	s.send(kind, text("item_id", s.open.id), s.place(), number(index, 0), value("part", part))
}

// extendCall shows a call as soon as its id and its name are known. The input of a custom tool is a text inside the arguments, and comes at the end.
func (s *Events) extendCall(p *piece) {
	o := s.open
	o.callID, o.name = cmp.Or(o.callID, p.id), cmp.Or(o.name, p.name)
	switch {
	case !o.shown && o.callID != "" && o.name != "":
		s.showCall()
	case o.shown && !o.origin.custom && p.text != "":
		s.delta("response.function_call_arguments.delta", p.text)
	}
}

func (s *Events) showCall() {
	o := s.open
	from, known := s.origins[o.name]
	if !known {
		from.name = o.name
	}
	o.origin = from
	if from.custom {
		o.id = s.nextID(customItem)
	}
	o.callID = cmp.Or(o.callID, o.id)
	s.show(s.callItem(statusInProgress, ""))
	if written := o.text.String(); written != "" && !from.custom {
		s.delta("response.function_call_arguments.delta", written)
	}
}

// close ends the open item, if there is one.
func (s *Events) close(status string) {
	if s.open == nil {
		return
	}
	switch s.open.kind {
	case messageItem:
		s.closeMessage(status)
	case reasoningItem:
		s.closeReasoning()
	case callItem:
		s.closeCall(status)
	}
}

// done ends the open item as it is now.
func (s *Events) done(item any) {
	s.send("response.output_item.done", s.place(), value("item", item))
	s.response.Output = append(s.response.Output, item)
	s.open = nil
}

func (s *Events) closeMessage(status string) {
	o := s.open
	id, index, part := text("item_id", o.id), number("content_index", 0), o.part()
	if o.refusal {
		s.send("response.refusal.done", id, s.place(), index, text("refusal", o.text.String()))
	} else {
		s.send("response.output_text.done", id, s.place(), index, text("text", o.text.String()), value("logprobs", listed(o.logprobs)))
	}
	s.part("response.content_part.done", "content_index", part)
	s.done(s.messageItem(status, part))
}

func (s *Events) messageItem(status string, content ...any) outputMessage {
	return outputMessage{ID: s.open.id, Type: messageItem, Status: status, Role: string(llm.Assistant), Content: append([]any{}, content...)}
}

// part is the one part of a message, as far as it has come.
func (o *openItem) part() any {
	if o.refusal {
		return saidRefusal{Type: refusalPart, Refusal: o.text.String()}
	}
	return saidText{Type: outputText, Text: o.text.String(), Annotations: []any{}, Logprobs: listed(o.logprobs)}
}

func (s *Events) closeReasoning() {
	o := s.open
	item := outputReasoning{ID: s.open.id, Type: reasoningItem, Summary: []saidSummary{}, Encrypted: encrypted(o.signature, o.data)}
	if thought := o.text.String(); thought != "" {
		part := saidSummary{summaryText, thought}
		item.Summary = append(item.Summary, part)
		s.send("response.reasoning_summary_text.done", text("item_id", item.ID), s.place(), number("summary_index", 0), text("text", thought))
		s.part("response.reasoning_summary_part.done", "summary_index", part)
	}
	s.done(item)
}

func (s *Events) closeCall(status string) {
	o := s.open
	if !o.shown {
		s.showCall()
	}
	id, arguments := text("item_id", s.open.id), (&llm.FunctionCall{Arguments: o.text.String()}).Text()
	if o.origin.custom {
		arguments = customText(arguments)
		if arguments != "" {
			s.delta("response.custom_tool_call_input.delta", arguments)
		}
		s.send("response.custom_tool_call_input.done", id, s.place(), text("input", arguments))
	} else {
		s.send("response.function_call_arguments.done", id, s.place(), text("name", o.origin.name), text("arguments", arguments))
	}
	s.done(s.callItem(status, arguments))
	if proof := seal(ofCall, o.signature); proof != "" {
		s.open = &openItem{kind: reasoningItem, id: s.nextID(reasoningItem)}
		item := outputReasoning{ID: s.open.id, Type: reasoningItem, Summary: []saidSummary{}, Encrypted: proof}
		s.show(item)
		s.done(item)
	}
}

func (s *Events) callItem(status, arguments string) any {
	o := s.open
	if o.origin.custom {
		return outputCustomCall{s.open.id, customItem, status, o.callID, o.origin.name, o.origin.namespace, arguments}
	}
	return outputCall{s.open.id, callItem, status, o.callID, o.origin.name, o.origin.namespace, arguments}
}

func listed(logprobs []json.Value) []json.Value {
	if logprobs == nil {
		return []json.Value{}
	}
	return logprobs
}

// clones are logprobs in memory of their own: those of a stream are valid for one event.
func clones(logprobs []json.Value) []json.Value {
	out := make([]json.Value, len(logprobs))
	for i := range logprobs {
		out[i] = logprobs[i].Clone()
	}
	return out
}
