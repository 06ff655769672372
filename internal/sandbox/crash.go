package sandbox

import (
	"errors"
	"strings"

	"github.com/tetratelabs/wazero/sys"

	"github.com/openloop-server/openloop/internal/errs"
)

// crashed classifies the error of an interpreter that did not end by itself. Nothing else can make one end: its own memory is all that it can break.
func (p *Pool) crashed(err error) error {
	if exit, ok := errors.AsType[*sys.ExitError](err); ok {
		return errs.New(errs.CodeFailed, "The code ended the interpreter with exit code %d.", exit.ExitCode())
	}
	if errors.Is(err, errNoAnswer) {
		return noAnswer()
	}
	for _, deep := range []string{"stack overflow", "out of bounds memory access"} {
		if strings.Contains(err.Error(), deep) {
			return errs.New(errs.CodeFailed, "RecursionError: the interpreter has no stack left. The code calls itself too deeply.")
		}
	}
	if strings.Contains(err.Error(), "wasm error") {
		return errs.New(errs.CodeFailed, "The code crashed the interpreter.")
	}
	return (&errs.Error{Reason: errs.RuntimeUnavailable, Op: "sandbox.Run", Err: err}).With(func(e *errs.Error) {
		e.Message = "The Python interpreter of the server did not start."
	})
}
