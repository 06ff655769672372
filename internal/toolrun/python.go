package toolrun

import (
	"context"
	"time"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/sandbox"
)

// pythonTimeout is how long the code of a Tool may run.
const pythonTimeout = 30 * time.Second

// python calls the function that is named as the Tool's, or else the last one, with the inputs as keyword arguments.
func (t *task) python(ctx context.Context) (outcome, error) {
	variables, err := t.variables(ctx)
	if err != nil {
		return outcome{}, err
	}
	j := sandbox.Job{Runtime: sandbox.Asked(t.tool.Attributes), Code: t.tool.SourceCode, Args: t.inputs, Env: variables, Fetch: t.fetch, Timeout: pythonTimeout}
	if t.tool.Function != nil {
		j.Entry = t.tool.Function.Name
	}
	result, err := t.o.Python.Run(ctx, j)
	out := outcome{stdout: result.Stdout, line: result.Line}
	if err != nil {
		return out, ofCode(err)
	}
	text := returned(result.Value)
	out.output = &text
	return out, nil
}

// ofCode is err for a Tool: code that does not parse has failed, too.
func ofCode(err error) error {
	if !errs.Is(err, errs.EvaluatorInvalid) {
		return err
	}
	return errs.From(err).With(func(e *errs.Error) { e.Reason = errs.CodeFailed })
}

// returned is the text of what a function returned: a text as it is, else JSON.
func returned(value json.Value) string {
	var text string
	if json.Kind(value) == '"' && json.Unmarshal(value, &text) == nil {
		return text
	}
	return string(value)
}
