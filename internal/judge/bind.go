package judge

import (
	"context"
	"strconv"
	"strings"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/judge/verdict"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/prompt"
	"github.com/openloop-server/openloop/internal/sandbox"
	"github.com/openloop-server/openloop/internal/tmpl"
	"github.com/openloop-server/openloop/internal/trace"
)

// The variables of an Evaluator's template. The first two are objects, of which a template can name any part.
const (
	logVariable      = "log"
	testcaseVariable = "testcase"
	promptVariable   = "log_prompt"
)

// maxSubject is the most bytes of a Log that a template can name the parts of.
const maxSubject = sandbox.MaxInput

// bind returns the inputs of the Evaluator's template. Templates in Jinja get the objects themselves. In the default language each variable
// gets the text at its path. A path that leads nowhere is left out, so that the template misses it.
func (c *judging) bind(ctx context.Context, t *prompt.Compiled) (tmpl.Inputs, error) {
	log, err := c.o.Shows.Subject(ctx, c.log, maxSubject)
	if err != nil {
		return nil, err
	}
	testcase, err := c.datapoint()
	if err != nil {
		return nil, err
	}
	spoken := asked(c.log)
	if tmpl.Language(t.Content.TemplateLanguage) == tmpl.Jinja {
		return tmpl.Inputs{logVariable: log, testcaseVariable: testcase, promptVariable: spoken}, nil
	}
	roots := map[string]json.Value{logVariable: log, testcaseVariable: testcase, promptVariable: quoted(spoken)}
	inputs := tmpl.Inputs{}
	for _, name := range t.Variables() {
		path := tmpl.Path(name)
		value, ok := at(roots[path[0]], path[1:])
		if !ok {
			continue
		}
		if inputs[name], err = textOf(value); err != nil {
			return nil, err
		}
	}
	return inputs, nil
}

// at returns the value at a path of members and indexes.
func at(value json.Value, path []string) (json.Value, bool) {
	for _, step := range path {
		switch json.Kind(value) {
		case '{':
			var members map[string]json.Value
			if json.UnmarshalForeign(value, &members) != nil {
				return nil, false
			}
			value = members[step]
		case '[':
			var items []json.Value
			i, err := strconv.Atoi(step)
			if err != nil || json.UnmarshalForeign(value, &items) != nil || i < 0 || i >= len(items) {
				return nil, false
			}
			value = items[i]
		default:
			return nil, false
		}
	}
	return value, len(value) > 0
}

// textOf is a value in a template: a text as it is, nothing for null, and all else as indented JSON.
func textOf(value json.Value) (string, error) {
	switch json.Kind(value) {
	case 'n':
		return "", nil
	case '"':
		var text string
		err := json.UnmarshalForeign(value, &text)
		return text, errs.Wrap("judge.textOf", err)
	}
	raw, err := json.Indent(value)
	return string(raw), errs.Wrap("judge.textOf", err)
}

// asked is what the model of a Log was asked: its messages, or the text of a completion.
func asked(l *trace.Log) string {
	if len(l.Payload.Messages) > 0 {
		return transcript(l.Payload.Messages)
	}
	text, ok := at(l.Payload.ProviderRequest, []string{"prompt"})
	if !ok || json.Kind(text) != '"' {
		return ""
	}
	var out string
	if json.UnmarshalForeign(text, &out) != nil {
		return ""
	}
	return out
}

// transcript is what was said, a block for each message: "user: Hello".
func transcript(messages []llm.Message) string {
	blocks := make([]string, len(messages))
	for i := range messages {
		blocks[i] = string(messages[i].Role) + ": " + verdict.Said(&messages[i])
	}
	return strings.Join(blocks, "\n\n")
}
