package mock

import (
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
	text, since := lastUserText(r), sinceUser(r.Messages)
	if forcedTool(r) != "" && len(since) == 0 {
		return speak(r, text, 0)
	}
	steps, made := stepsIn(text, r.Tools), 0
	for i := range since {
		if len(since[i].ToolCalls) > 0 {
			made++
		}
	}
	if made < len(steps) && r.ToolChoice.Mode != llm.ToolsNone {
		return callAll(steps[made], len(r.Messages))
	}
	if results := resultsIn(since); results != nil {
		text = strings.Join(results, "\n")
	}
	return say(r, text, 0)
}

// sinceUser returns the messages after the last one of a user.
func sinceUser(messages []llm.Message) []llm.Message {
	for i := range slices.Backward(messages) {
		if messages[i].Role == llm.User {
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
	depth, quoted, start := 0, false, 0
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
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

// named returns arguments as the object that a tool takes: an object as it is, others under the names of the tool's parameters, in their order. What is
// no JSON is a text.
func named(t *llm.Tool, arguments []string) string {
	if len(arguments) == 1 && isObject(arguments[0]) {
		return strings.TrimSpace(arguments[0])
	}
	var schema struct {
		Properties json.Value `json:"properties"`
	}
	_ = json.UnmarshalForeign(t.Parameters, &schema) // of what is no schema there are no names
	names := json.Names(schema.Properties)
	out := []byte{'{'}
	for i, a := range arguments {
		name := "argument_" + strconv.Itoa(i+1)
		if i < len(names) {
			name = names[i]
		}
		if i > 0 {
			out = append(out, ',')
		}
		out = append(append(json.AppendString(out, name), ':'), valueOf(strings.TrimSpace(a))...)
	}
	return string(append(out, '}'))
}

func isObject(text string) bool {
	text = strings.TrimSpace(text)
	return json.Kind([]byte(text)) == '{' && json.Valid([]byte(text))
}

func valueOf(text string) []byte {
	if json.Valid([]byte(text)) {
		return []byte(text)
	}
	return json.AppendString(nil, text)
}
