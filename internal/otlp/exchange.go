package otlp

import (
	"cmp"
	"strings"

	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/otlp/wire"
	"github.com/openloop-server/openloop/internal/trace"
)

// exchange sets the messages that a model got and its answer, from any of the conventions.
func (r *reader) exchange(l *trace.Log) {
	l.Payload.Messages = r.asked()
	answers, finish := r.answers()
	if len(answers) > 0 {
		answer := answers[0]
		l.Payload.OutputMessage = &answer
		l.Payload.Output = new(answer.Content.String())
	}
	if len(answers) > 1 {
		others, _ := json.Marshal(answers[1:])
		r.notes["further_outputs"] = wire.Raw(others)
	}
	l.FinishReason = string(llm.FinishOf(finish))
}

// asked are the messages that went to the model.
func (r *reader) asked() []llm.Message {
	messages := r.conversation(llm.User, []string{"gen_ai.input.messages", "gen_ai.prompt", "llm.input_messages", "ai.prompt.messages"}, func() []llm.Message {
		if messages := r.said(false); len(messages) > 0 {
			return messages
		}
		return r.texts("gen_ai.prompt", "ai.values", "ai.prompt")
	})
	for _, n := range r.tree("embedding.embeddings").items() {
		if text := n.at("embedding", "text").text(); text != "" && len(messages) == 0 {
			messages = append(messages, llm.Message{Role: llm.User, Content: llm.Text(text)})
		}
	}
	if input := r.all["input.value"]; len(messages) == 0 && input.Given() && objectOf(input) == nil {
		messages = r.texts("input.value")
	}
	return joinSystem(wire.Raw(r.get("gen_ai.system_instructions").JSON()).DocumentOrText(), messages)
}

// conversation reads messages from the first of these attributes that has some: as a list, as a JSON text, or flattened into attributes below
// its name. Without such an attribute it takes the messages of otherwise. Last, it takes the text of an attribute that should be JSON and is
// not, since the exporter cut it or Python printed it.
func (r *reader) conversation(role llm.Role, names []string, otherwise func() []llm.Message) (messages []llm.Message) {
	var text wire.Value
	for _, name := range names {
		v := r.all[name]
		doc := v.Document()
		if doc != nil {
			r.used[name] = true
		} else if documents[name] && !text.Given() {
			text = r.get(name)
		}
		for _, list := range []json.Value{doc, r.tree(name).list()} {
			if len(messages) == 0 {
				messages = messagesOf(list, role)
			}
		}
	}
	if len(messages) == 0 {
		messages = otherwise()
	}
	if len(messages) == 0 && text.Given() {
		messages = messagesOf(text.JSON(), role)
	}
	return messages
}

// texts makes messages from the first given attribute, which may be a plain text.
func (r *reader) texts(names ...string) []llm.Message {
	v := r.get(names...)
	if !v.Given() {
		return nil
	}
	return messagesOf(v.DocumentOrText(), llm.User)
}

// answers are the messages of the model and its finish reason.
func (r *reader) answers() (messages []llm.Message, finish string) {
	finish = r.text("ai.response.finishReason", "llm.finish_reason")
	if reasons := r.get("gen_ai.response.finish_reasons").Texts(); finish == "" && len(reasons) > 0 {
		finish = reasons[0]
	}
	for _, list := range []json.Value{r.all["gen_ai.output.messages"].Document(), r.tree("gen_ai.completion").list(), r.tree("llm.output_messages").list()} {
		finish = cmp.Or(finish, finishOf(list))
	}
	messages = r.conversation(llm.Assistant, []string{"gen_ai.output.messages", "gen_ai.completion", "llm.output_messages"}, func() []llm.Message {
		if m, ok := r.vercelAnswer(); ok {
			return []llm.Message{m}
		}
		if messages := r.said(true); len(messages) > 0 {
			return messages
		}
		return messagesOf(r.get("gen_ai.completion").DocumentOrText(), llm.Assistant)
	})
	if out := r.all["output.value"]; len(messages) == 0 && out.Given() && objectOf(out) == nil {
		messages = messagesOf(r.get("output.value").DocumentOrText(), llm.Assistant)
	}
	return messages, finish
}

// finishOf is the finish reason of the first choice.
func finishOf(list json.Value) string {
	var choices []json.Value
	var choice struct {
		Reason json.Value `json:"finish_reason"`
	}
	if json.UnmarshalForeign(list, &choices) != nil || len(choices) == 0 || json.UnmarshalForeign(choices[0], &choice) != nil {
		return ""
	}
	return first(choice.Reason)
}

// vercelAnswer is the answer from the Vercel AI SDK, which writes text, reasoning and tool calls into separate attributes.
func (r *reader) vercelAnswer() (llm.Message, bool) {
	b := builder{message: llm.Message{Role: llm.Assistant}}
	if text := r.get("ai.response.text", "ai.response.object"); text.Given() {
		b.text(text.Text())
	}
	if reasoning := r.text("ai.response.reasoning"); reasoning != "" {
		b.message.Thinking = []llm.Thinking{{Type: llm.ThinkingBlock, Thinking: reasoning}}
	}
	b.toolCalls(r.get("ai.response.toolCalls").JSON())
	m := b.messages()[0]
	return m, len(b.parts) > 0 || len(m.ToolCalls) > 0 || len(m.Thinking) > 0
}

// said are the messages in the events of the span, where the conventions had them before 2025: the answers, or the messages before them.
func (r *reader) said(answers bool) []llm.Message {
	var out []llm.Message
	for i := range r.span.Events {
		e := &r.span.Events[i]
		role, isMessage := eventRole(e.Name)
		if !isMessage || (e.Name == "gen_ai.choice") != answers {
			continue
		}
		if content := e.Attributes["gen_ai.event.content"]; content.Given() { // of Azure's SDKs: the message as one text
			out = append(out, readMessage(content.DocumentOrText(), role)...)
			continue
		}
		whole := unflattenAll(e.Attributes)
		if id := e.Attributes["id"]; role == llm.ToolRole && id.Given() {
			whole["tool_call_id"] = id
		}
		for name, v := range whole {
			if doc := v.Document(); doc != nil && name != "content" {
				whole[name] = wire.Raw(doc)
			}
		}
		out = append(out, readMessage(wire.Object(whole).Raw(), role)...)
	}
	return out
}

// unflattenAll unflattens the attributes of an event.
func unflattenAll(a wire.Attributes) wire.Attributes {
	below := make(wire.Attributes, len(a))
	for name, v := range a {
		below["event."+name] = v
	}
	out := wire.Attributes{}
	if root := unflatten(below, "event"); root != nil {
		for name, kid := range root.kids {
			out[name] = kid.value()
		}
	}
	return out
}

// eventRole is the role in the name of an event such as gen_ai.user.message.
func eventRole(name string) (llm.Role, bool) {
	if name == "gen_ai.choice" {
		return llm.Assistant, true
	}
	middle, ok := strings.CutPrefix(name, "gen_ai.")
	if !ok {
		return "", false
	}
	role, ok := strings.CutSuffix(middle, ".message")
	return llm.Role(role), ok
}
