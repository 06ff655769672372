package promptfile

import (
	"fmt"

	"openloop/internal/errs"
)

// faultAt is an error at a line and a column.
func faultAt(reason errs.Reason, line, column int, format string, args ...any) *errs.Error {
	return fault(reason, "The prompt file is wrong at line %d, column %d: %s.", line, column, fmt.Sprintf(format, args...))
}

func fault(reason errs.Reason, format string, args ...any) *errs.Error {
	e := errs.New(reason, format, args...)
	e.Param = "prompt"
	return e
}
