package prompt

import (
	"slices"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/tmpl"
)

// Calls returns the calls of Tools in the templates that have no value in the inputs yet, each once. Errors: missing_inputs as of [Compiled.Render].
func (c *Compiled) Calls(inputs tmpl.Inputs) ([]tmpl.ToolCall, error) {
	if !c.calls {
		return nil, nil
	}
	if missing := c.Missing(inputs); len(missing) > 0 {
		return nil, missingInputs(missing)
	}
	var all []tmpl.ToolCall
	for _, t := range c.templates {
		calls, err := t.Calls(inputs)
		if err != nil {
			return nil, errs.Wrap("prompt.Calls", err)
		}
		for i := range calls {
			if !slices.ContainsFunc(all, func(other tmpl.ToolCall) bool { return other.Text == calls[i].Text }) {
				all = append(all, calls[i])
			}
		}
	}
	return all, nil
}
