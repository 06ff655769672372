package otlp

import (
	"slices"
	"strings"

	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/otlp/wire"
	"github.com/openloop-server/openloop/internal/trace"
)

// tool reads a call of a tool.
func (r *reader) tool(e *SpanLog) {
	e.Content = r.toolKernel()
	r.inputs(&e.Log, argumentsNames...)
	r.output(&e.Log, resultNames...)
}

// flow reads any other work.
func (r *reader) flow(e *SpanLog) {
	kernel := r.tree("humanloop.file")
	attributes := kernel.at("attributes").object()
	if attributes == nil {
		attributes = kernel.at("flow", "attributes").object()
	}
	e.Content = &file.Flow{Attributes: attributes}
	r.inputs(&e.Log, workInputNames...)
	r.output(&e.Log, workOutputNames...)
	for _, name := range []string{"gen_ai.input.messages", "gen_ai.output.messages"} {
		if r.all[name].Given() {
			r.exchange(&e.Log)
		}
	}
}

// inputs sets the inputs from the first given attribute. An object is the inputs; any other value is the input named "input".
func (r *reader) inputs(l *trace.Log, names ...string) {
	if v := r.get(names...); v.Given() {
		l.Payload.Inputs = inputsOf(v)
	}
}

func inputsOf(v wire.Value) json.Value {
	if doc := objectOf(v); doc != nil {
		return doc
	}
	return wire.Object(wire.Attributes{"input": wire.Raw(v.Unquoted().DocumentOrText())}).Raw()
}

func (r *reader) output(l *trace.Log, names ...string) {
	if v := r.get(names...); v.Given() && l.Payload.Output == nil {
		l.Payload.Output = new(v.Unquoted().Text())
	}
}

// toolKernel is the Tool that was called.
func (r *reader) toolKernel() *file.Tool {
	kernel := r.tree("humanloop.file")
	if old := kernel.at("tool"); old != nil && len(old.kids) > 0 {
		kernel = old // SDKs before 2025
	}
	tool := &file.Tool{
		SourceCode: kernel.at("source_code").text(), SetupValues: kernel.at("setup_values").object(), Attributes: kernel.at("attributes").object(),
	}
	if function := kernel.at("function"); function != nil {
		tool.Function = &llm.Tool{
			Name: function.at("name").text(), Description: function.at("description").text(),
			Strict: isTrue(function.at("strict").text()), Parameters: schemaOf(function.at("parameters")),
		}
		return tool
	}
	tool.Function = &llm.Tool{
		Name:        r.toolName(),
		Description: r.text("gen_ai.tool.description", "tool.description"),
		Parameters:  objectOf(r.get("tool.parameters", "tool.json_schema")),
	}
	return tool
}

func (r *reader) toolName() string {
	if name := r.text(toolNameNames...); name != "" {
		return name
	}
	return strings.TrimPrefix(strings.TrimPrefix(r.span.Name, "execute_tool "), "retrieval ")
}

// isTrue reads a boolean as JavaScript or Python prints it.
func isTrue(text string) bool { return text == "true" || text == "True" }

// schemaOf restores a JSON Schema. The SDKs send all of its values as texts and leave out empty ones.
func schemaOf(n *node) json.Value {
	if n == nil {
		return nil
	}
	n.restore()
	if n.at("type").text() == "object" {
		if n.at("properties") == nil {
			n.member("properties").leaf = wire.Raw([]byte("{}"))
		}
		if n.at("required") == nil {
			n.member("required").leaf = wire.Raw([]byte("[]"))
		}
	}
	return n.object()
}

// restore gives the values of keywords of JSON Schema the only type that they can have.
func (n *node) restore() {
	for name, kid := range n.kids {
		switch {
		case len(kid.kids) > 0:
			kid.restore()
		case slices.Contains(schemaFlags, name) && (isTrue(kid.leaf.Text()) || strings.EqualFold(kid.leaf.Text(), "false")):
			kid.leaf = wire.Boolean(isTrue(kid.leaf.Text()))
		case slices.Contains(schemaNumbers, name):
			kid.leaf = numeric(kid.leaf)
		case slices.Contains(schemaLists, name):
			kid.leaf = printedList(name, kid.leaf)
		}
	}
}

// The keywords of JSON Schema, by the type of their values.
var (
	schemaFlags = []string{"additionalProperties", "uniqueItems", "nullable", "deprecated", "readOnly", "writeOnly"}
	schemaLists = []string{"required", "enum", "type"}

	schemaNumbers = []string{
		"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minLength", "maxLength", "minItems", "maxItems",
		"minProperties", "maxProperties",
	}
)

// printedList parses a printed list of texts: a tuple of Python, or a list that JavaScript joined by commas.
func printedList(keyword string, v wire.Value) wire.Value {
	items, ok := v.Items()
	if !ok {
		texts := strings.Split(v.Text(), ",")
		if keyword == "type" && len(texts) == 1 {
			return v
		}
		for _, text := range texts {
			items = append(items, wire.Text(text))
		}
	}
	return wire.List(items)
}

// reported sets the fields of the Log that an SDK reports by name. They override what was read from the span.
func (r *reader) reported(l *trace.Log) {
	log := r.tree("humanloop.log")
	if log == nil {
		return
	}
	p := &l.Payload
	for name, dst := range map[string]*string{
		"id": &l.ID, "trace_parent_id": &l.TraceParentID, "source_datapoint_id": &l.DatapointID, "run_id": &l.RunID,
		"sourceDatapointId": &l.DatapointID, "runId": &l.RunID, // of the TypeScript SDK, for a File that is evaluated by its id
		"session_id": &l.SessionID, "user": &l.User, "source": &l.Source, "environment": &l.Environment, "finish_reason": &l.FinishReason,
	} {
		if text := log.at(name).text(); text != "" {
			*dst = text
		}
	}
	for name, dst := range map[string]**string{"output": &p.Output, "error": &l.Error, "stdout": &p.Stdout} {
		if v := log.at(name).value(); v.Given() {
			*dst = new(v.Text())
		}
	}
	if inputs := log.at("inputs").whole((*node).object); inputs.Given() {
		p.Inputs = inputsOf(inputs)
	}
	if messages := messagesOf(log.at("messages").whole((*node).list).DocumentOrText(), llm.User); len(messages) > 0 {
		p.Messages = messages
	}
	if messages := messagesOf(log.at("output_message").whole((*node).object).DocumentOrText(), llm.Assistant); len(messages) > 0 {
		p.OutputMessage = &messages[0]
	}
	var labels map[string]json.Value
	if json.UnmarshalForeign(objectOf(log.at("metadata").whole((*node).object)), &labels) == nil {
		for name, raw := range labels {
			r.notes[name] = wire.Raw(raw)
		}
	}
	if l.Status != "" && log.at("log_status").text() == string(trace.Incomplete) {
		l.Status = trace.Incomplete
	}
}
