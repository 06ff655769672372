package toolrun

import (
	"context"
	"strings"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/json"
)

// mock returns the setup value `output`, or else the inputs.
func (t *task) mock(context.Context) (outcome, error) {
	var fixed map[string]json.Value
	if err := t.setup(&fixed); err != nil {
		return outcome{}, err
	}
	if value, ok := fixed["output"]; ok {
		return output(returned(value)), nil
	}
	return output(string(t.inputs)), nil
}

// snippet returns the text that the setup values have for the input `key`.
func (t *task) snippet(context.Context) (outcome, error) {
	var texts map[string]json.Value
	if err := t.setup(&texts); err != nil {
		return outcome{}, err
	}
	var in struct {
		Key string `json:"key"`
	}
	if err := json.UnmarshalForeign(t.inputs, &in); err != nil {
		return outcome{}, failed("The input `key` of a snippet is a text.")
	}
	if text, ok := texts[in.Key]; ok {
		return output(returned(text)), nil
	}
	return outcome{}, failed("The snippet has no key %q. Its keys: %s.", in.Key, strings.Join(json.Names(t.tool.SetupValues), ", "))
}

// setup decodes the setup values.
func (t *task) setup(v any) error {
	if len(t.tool.SetupValues) == 0 {
		return nil
	}
	if err := json.UnmarshalForeign(t.tool.SetupValues, v); err != nil {
		return &errs.Error{Reason: errs.ToolFailed, Message: "The setup values of the Tool are not what its type needs.", Err: err}
	}
	return nil
}
