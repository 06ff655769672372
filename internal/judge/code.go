package judge

import (
	"context"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/relay"
	"github.com/openloop-server/openloop/internal/sandbox"
)

// run lets the code of the Evaluator judge.
func (c *judging) run(ctx context.Context) error {
	if file.PoolOf(c.evaluator) == file.NativePool {
		return c.returned(ctx, measured(c.evaluator.Code, c.log))
	}
	args, err := c.arguments(ctx)
	if err != nil {
		return err
	}
	result, err := c.o.Python.Run(ctx, sandbox.Job{Runtime: sandbox.Asked(c.evaluator.Attributes), Code: c.evaluator.Code, Args: args})
	if result.Stdout != "" {
		c.out.Payload.Stdout = &result.Stdout
	}
	if err == nil {
		return c.returned(ctx, result.Value)
	}
	if err = errs.Cause(ctx, err); relay.Cancelled(err) || errs.Is(err, errs.ShuttingDown) {
		return err
	}
	c.tell(ctx, errs.From(err)) // also what only the operator can mend: the code would meet it each time
	c.out.Detail.Line = result.Line
	return nil
}

// returned concludes with what the function returned.
func (c *judging) returned(ctx context.Context, value json.Value) error {
	g, err := read(ctx, c.evaluator, value)
	if err != nil {
		return err
	}
	c.conclude(g)
	return nil
}

// arguments are what the function is called with: the Log and the datapoint.
func (c *judging) arguments(ctx context.Context) (json.Value, error) {
	testcase, err := c.datapoint()
	if err != nil {
		return nil, err
	}
	log, err := c.o.Shows.Subject(ctx, c.log, sandbox.MaxInput-len(testcase)-len("[,]"))
	if err != nil {
		return nil, err
	}
	out := append(append(json.Value("["), log...), ',')
	return append(append(out, testcase...), ']'), nil
}

// testcase is a datapoint as Evaluators get it.
type testcase struct {
	ID       string            `json:"id"`
	Inputs   map[string]string `json:"inputs"`
	Messages []llm.Message     `json:"messages"`
	Target   json.Value        `json:"target"`
}

// datapoint is the JSON of the datapoint, null if there is none.
func (c *judging) datapoint() (json.Value, error) {
	d := c.testcase
	if d == nil {
		return json.Value("null"), nil
	}
	raw, err := json.Marshal(testcase{ID: d.ID, Inputs: d.Inputs, Messages: d.Messages, Target: d.Target})
	return raw, errs.Wrap("judge.datapoint", err)
}
