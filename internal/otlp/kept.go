package otlp

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/otlp/wire"
)

// kept is the set of texts, numbers and words in a Log. An attribute that was read is left out of the metadata only if everything in it is in
// the set. So nothing is lost that no field of a Log has a place for.
type kept map[string]struct{}

// keptIn is the set of the Log and the version of e.
func keptIn(e *SpanLog) kept {
	k := kept{}
	for _, v := range []any{&e.Log, e.Content, &e.Usage} {
		if raw, err := json.Marshal(v); err == nil {
			k.add(wire.Raw(raw), 0)
		}
	}
	k.add(wire.Text(e.Path), 0)
	for name := range strings.SplitSeq(e.Path, "/") {
		k.add(wire.Text(name), 0)
	}
	return k
}

// add adds the text of v, and the texts in the document that it holds.
func (k kept) add(v wire.Value, depth int) {
	text := v.Text()
	k[leafKey(text)] = struct{}{}
	if media, data, ok := strings.Cut(text, ","); ok && strings.HasPrefix(media, "data:") {
		kind, _, _ := strings.Cut(media[len("data:"):], ";")
		k[data], k[kind] = struct{}{}, struct{}{}
	}
	members, items, _ := parts(v, depth)
	for _, item := range items {
		k.add(item, depth+1)
	}
	for _, raw := range members {
		k.add(wire.Raw(raw), depth+1)
	}
}

// holds reports whether everything in v is in the set. name is that of the attribute or member with the value v.
func (k kept) holds(name string, v wire.Value, depth int) bool {
	text := v.Text()
	if _, found := k[leafKey(text)]; found || text == "" {
		return true
	}
	members, items, ok := parts(v, depth)
	if texts := joined(name, text); !ok && len(texts) > 1 {
		items, ok = texts, true
	}
	if !ok {
		return understood(name, text)
	}
	for _, item := range items {
		if !k.holds(name, item, depth+1) {
			return false
		}
	}
	for member, raw := range members {
		if !k.holds(member, wire.Raw(raw), depth+1) {
			return false
		}
	}
	return true
}

// parts are the members or items of v, which is an object or a list, or holds one as text. ok is false for other values and for those nested
// too deep.
func parts(v wire.Value, depth int) (members map[string]json.Value, items []wire.Value, ok bool) {
	if depth > maxDepth {
		return nil, nil, false
	}
	doc := v.Document()
	switch json.Kind(doc) {
	case '{':
		ok = json.UnmarshalForeign(doc, &members) == nil
	case '[':
		items, ok = wire.Raw(doc).Items()
	default:
		if items, ok = v.Items(); !ok { // as Python prints a list
			unquoted := v.Unquoted()
			items, ok = []wire.Value{unquoted}, unquoted.Text() != v.Text()
		}
	}
	return members, items, ok
}

// joined splits a text that was joined: by commas when JavaScript prints a list of a schema, by a blank in the AI SDK's operation.name.
func joined(name, text string) (texts []wire.Value) {
	separator := " "
	if slices.Contains(schemaLists, lastName(name)) {
		separator = ","
	} else if name != "operation.name" {
		return nil
	}
	for text := range strings.SplitSeq(text, separator) {
		texts = append(texts, wire.Text(text))
	}
	return texts
}

// leafKey is equal for texts and numbers that mean the same: "1.0", "1" and 1.
func leafKey(leaf string) string {
	leaf = strings.TrimSpace(leaf)
	if isTrue(leaf) {
		return "true"
	}
	if len(leaf) > maxNumber || leaf == "" || leaf[0] > '9' {
		return leaf
	}
	if n, ok := wire.Text(leaf).Int(); ok {
		return strconv.FormatInt(n, 10)
	}
	if f, ok := wire.Text(leaf).Float(); ok {
		return strconv.FormatFloat(f, 'g', -1, 64)
	}
	return leaf
}

const maxNumber = 32 // bytes of a number's text

// understood reports whether word is one that a Log says in its own way: the kind of the span, or the role "human". name is that of the
// attribute or of the member of a message.
func understood(name, word string) bool {
	lower := strings.ToLower(word)
	if lower == "false" {
		return true // says only that something is not so
	}
	switch name {
	case "ai.operationId", "openinference.span.kind", "traceloop.span.kind", "gen_ai.operation.name", "llm.request.type", "operation.name":
		_, known := operations[lower]
		return known || lower == "complete"
	case "input.mime_type", "output.mime_type":
		return lower == "application/json" || lower == "text/plain"
	}
	if slices.Contains(providerNames, name) {
		return providerOf(word) != word
	}
	switch lastName(name) {
	case "role":
		return roleOf(word) != llm.Role(word)
	case "type", "modality":
		return partWords[lower]
	case "finish_reason", "finish_reasons", "finishReason":
		return string(llm.FinishOf(word)) != word
	}
	return false
}

// lastName is the last part of a flattened name: role of gen_ai.prompt.0.role.
func lastName(name string) string { return name[strings.LastIndexByte(name, '.')+1:] }

// partWords are the types of the message parts that are understood.
var partWords = map[string]bool{
	"text": true, "tool_call": true, "tool-call": true, "tool_use": true, "function_call": true, "function": true, "tool": true, "tool_call_response": true,
	"tool_result": true, "tool-result": true, "function_call_output": true, "reasoning": true, "thinking": true, "image": true, "image_url": true,
	"input_image": true, "uri": true, "blob": true, "file": true, "json": true,
}

// documentLike matches texts that begin like a JSON document or one that Python printed, and not like prose.
var documentLike = regexp.MustCompile(`^\s*[\[{(]\s*["'{\[(]`)

// documents are the attributes that are JSON by their convention.
var documents = map[string]bool{
	"gen_ai.input.messages": true, "gen_ai.output.messages": true, "gen_ai.tool.definitions": true, "gen_ai.tool.call.arguments": true,
	"ai.prompt.messages": true, "ai.prompt.tools": true, "ai.prompt.toolChoice": true, "ai.response.toolCalls": true, "ai.response.object": true,
	"ai.toolCall.args": true, "llm.input_messages": true, "llm.output_messages": true, "llm.tools": true, "llm.invocation_parameters": true,
	"embedding.invocation_parameters": true, "metadata": true, "tool.parameters": true, "tool.json_schema": true, "humanloop.log.inputs": true,
	"humanloop.log.messages": true, "humanloop.log.output_message": true, "humanloop.log.metadata": true,
}

// broken reports whether an attribute should be JSON and is not: the exporter cut it, or something printed it in another way. Such a text
// always stays in the metadata.
func broken(name string, v wire.Value) bool {
	text := v.Text()
	if v.Raw() != nil || text == "" || json.Valid([]byte(text)) {
		return false
	}
	if documents[name] {
		return true
	}
	_, printed := v.Items()
	return !printed && documentLike.MatchString(text)
}
