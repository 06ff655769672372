package mock

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
)

// toolsScript calls the tools that the last user message spells out, as in `weather("Rome") time(UTC)`. Each line that has calls is a step: the first
// answer makes the calls of the first such line, the answer to their results those of the next. After the last step it answers with what the tools gave,
// a line each, or, if there was nothing to call, with the text of the message.
func toolsScript(r *llm.Request) script {
	text, turn := lastUserText(r), since(r.Messages, llm.User)
	steps, made := stepsIn(text, callable(r)), 0
	if forcedTool(r) != "" && len(turn) == 0 && len(steps) == 0 {
		return speak(r, text, 0)
	}
	for i := range turn {
		if len(turn[i].ToolCalls) > 0 {
			made++
		}
	}
	if made < len(steps) {
		return callAll(steps[made], len(r.Messages))
	}
	results := resultsIn(turn)
	if len(steps) == 0 && results == nil { // clients may add a message of the user to the results
		results = resultsIn(since(r.Messages, llm.Assistant))
	}
	if results != nil {
		text = strings.Join(results, "\n")
	}
	return say(r, text, 0)
}

// callable returns the tools that the request lets the model call.
func callable(r *llm.Request) (tools []llm.Tool) {
	switch r.ToolChoice.Mode {
	case llm.ToolsNone:
		return nil
	case llm.ToolsFunction:
		return slices.DeleteFunc(slices.Clone(r.Tools), func(t llm.Tool) bool { return t.Name != r.ToolChoice.Function })
	default:
		return r.Tools
	}
}

// since returns the messages after the last one of role.
func since(messages []llm.Message, role llm.Role) []llm.Message {
	for i := range slices.Backward(messages) {
		if messages[i].Role == role {
			return messages[i+1:]
		}
	}
	return messages
}

func resultsIn(messages []llm.Message) (texts []string) {
	for i := range messages {
		if messages[i].Role == llm.ToolRole {
			texts = append(texts, messages[i].Content.String())
		}
	}
	return texts
}

// callAll answers with calls. Their ids are unique in a conversation of messages.
func callAll(calls []llm.FunctionCall, messages int) script {
	events := make([]llm.Event, len(calls))
	for i, c := range calls {
		events[i].ToolCall = &llm.ToolCallDelta{Index: i, ID: fmt.Sprintf("call_%d_%d", messages, i+1), Name: c.Name, Arguments: c.Arguments}
	}
	return script{events: slices.Values(events), finish: llm.FinishToolCalls, words: len(calls)}
}

// stepsIn returns the calls of each line of text that has any.
func stepsIn(text string, tools []llm.Tool) (steps [][]llm.FunctionCall) {
	for line := range strings.SplitSeq(text, "\n") {
		if calls := callsIn(line, tools); calls != nil {
			steps = append(steps, calls)
		}
	}
	return steps
}

var callStart = regexp.MustCompile(`[A-Za-z0-9_-]{1,64}\(`)

// callsIn returns the calls of tools in a line. What is no call of one of them is passed over.
func callsIn(line string, tools []llm.Tool) (calls []llm.FunctionCall) {
	for {
		at := callStart.FindStringIndex(line)
		if at == nil {
			return calls
		}
		name := line[at[0] : at[1]-1]
		line = line[at[1]:]
		i := slices.IndexFunc(tools, func(t llm.Tool) bool { return t.Name == name })
		given, length := splitArguments(line)
		if i < 0 || length < 0 {
			continue
		}
		calls = append(calls, llm.FunctionCall{Name: name, Arguments: named(&tools[i], given)})
		line = line[length:]
	}
}

// splitArguments splits what comes before the closing parenthesis of a call at its commas, and returns where text goes on. The length is -1 if nothing
// closes the call. Quotes and brackets keep together what they enclose.
func splitArguments(text string) (arguments []string, length int) {
	depth, start := 0, 0
	var quote byte
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quote != 0 && c == '\\':
			i++
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"', c == '\'' && beginsValue(text[start:i]):
			quote = c
		case strings.IndexByte("([{", c) >= 0:
			depth++
		case c == ',' && depth == 0:
			arguments, start = append(arguments, text[start:i]), i+1
		case c == ')' && depth == 0:
			if last := text[start:i]; start > 0 || strings.TrimSpace(last) != "" {
				arguments = append(arguments, last)
			}
			return arguments, i + 1
		case strings.IndexByte(")]}", c) >= 0:
			depth--
		}
	}
	return nil, -1
}

// beginsValue reports whether a value follows the start of an argument. An apostrophe is a quote only there.
func beginsValue(start string) bool {
	start = strings.TrimSpace(start)
	return start == "" || strings.HasSuffix(start, "=")
}

// named returns arguments as the object that a tool takes. An object stays as it is. Others go to the parameters that they name, as in days=3, and the rest
// to the other parameters in their order.
func named(t *llm.Tool, arguments []string) string {
	if len(arguments) == 1 && isObject(arguments[0]) {
		return strings.TrimSpace(arguments[0])
	}
	properties, order := propertiesOf(t.Parameters)
	names := make([]string, len(arguments))
	for i, a := range arguments {
		name, value, _ := strings.Cut(a, "=")
		if at := slices.Index(order, strings.TrimSpace(name)); at >= 0 && len(name) < len(a) {
			names[i], arguments[i] = order[at], value
			order = slices.Delete(order, at, at+1)
		}
	}
	out := []byte{'{'}
	for i, a := range arguments {
		name := names[i]
		if name == "" && len(order) > 0 {
			name, order = order[0], order[1:]
		}
		name = cmp.Or(name, "argument_"+strconv.Itoa(i+1))
		if i > 0 {
			out = append(out, ',')
		}
		out = append(append(json.AppendString(out, name), ':'), valueOf(strings.TrimSpace(a), properties[name])...)
	}
	return string(append(out, '}'))
}

// propertiesOf returns the properties of a schema with their names in order. What is no schema has none.
func propertiesOf(s json.Value) (properties map[string]json.Value, order []string) {
	var object struct {
		Properties json.Value `json:"properties"`
	}
	if json.UnmarshalForeign(s, &object) != nil || json.UnmarshalForeign(object.Properties, &properties) != nil {
		return nil, nil
	}
	return properties, json.Names(object.Properties)
}

func isObject(text string) bool {
	text = strings.TrimSpace(text)
	return json.Kind([]byte(text)) == '{' && json.Valid([]byte(text))
}

// valueOf returns an argument as JSON. What is no JSON is a text, and so is a bare number or word where the schema wants one.
func valueOf(text string, schema json.Value) []byte {
	if n := len(text); n > 1 && text[0] == '\'' && text[n-1] == '\'' {
		return json.AppendString(nil, strings.NewReplacer(`\'`, `'`, `\\`, `\`).Replace(text[1:n-1]))
	}
	bare := strings.IndexByte(`"[{`, json.Kind([]byte(text))) < 0
	if !json.Valid([]byte(text)) || bare && isText(schema) {
		return json.AppendString(nil, text)
	}
	return []byte(text)
}

// isText reports whether schema wants a string.
func isText(schema json.Value) bool {
	var s struct {
		Type string `json:"type"`
	}
	return json.UnmarshalForeign(schema, &s) == nil && s.Type == "string"
}
