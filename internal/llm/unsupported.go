package llm

import "openloop/internal/errs"

// Unsupported is the error of a part of a request that a vendor cannot take, raised before anything is sent. param names it as a
// Prompt does: "seed". The message is made like [fmt.Sprintf]'s.
func Unsupported(param, format string, args ...any) *errs.Error {
	e := errs.New(errs.UnsupportedParameter, format, args...)
	e.Param = param
	return e
}
