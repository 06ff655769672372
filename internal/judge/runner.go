package judge

import (
	"context"

	"github.com/openloop-server/openloop/internal/json"
)

// Runner runs the Python code of Evaluators.
type Runner interface {
	Run(ctx context.Context, j Job) (*Result, error)
}

type Job struct {
	Code  string
	Entry string
	Args  json.Value
	Env   map[string]string
}

type Result struct {
	Value  json.Value
	Stdout string
	Line   int
}

const maxInput = 8 << 20
