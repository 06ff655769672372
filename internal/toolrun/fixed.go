package toolrun

import (
	"context"
	"strings"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/json"
)

// mock returns the setup value `output`, or else the inputs.
func (t *task) mock(context.Context) (outcome, error) {
	fixed, err := t.setup()
	if err != nil {
		return outcome{}, err
	}
	if value, ok := fixed["output"]; ok {
		return output(returned(value)), nil
	}
	return output(string(t.inputs)), nil
}

// snippet returns the text that the setup values have for the input `key`.
func (t *task) snippet(context.Context) (outcome, error) {
	texts, err := t.setup()
	if err != nil {
		return outcome{}, err
	}
	var in struct {
		Key string `json:"key"`
	}
	if err := json.UnmarshalForeign(t.inputs, &in); err != nil {
		return outcome{}, errs.New(errs.ToolFailed, "The input `key` of a snippet is a text.")
	}
	if text, ok := texts[in.Key]; ok {
		return output(returned(text)), nil
	}
	return outcome{}, errs.New(errs.ToolFailed, "The snippet has no key %q. Its keys: %s.", in.Key, strings.Join(json.Names(t.tool.SetupValues), ", "))
}

// setup returns the setup values by name.
func (t *task) setup() (map[string]json.Value, error) {
	values := map[string]json.Value{}
	if len(t.tool.SetupValues) == 0 {
		return values, nil
	}
	err := json.UnmarshalForeign(t.tool.SetupValues, &values)
	return values, errs.Wrap("toolrun.setup", err)
}
