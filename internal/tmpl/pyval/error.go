package pyval

import "fmt"

// ErrorKind is the kind of failure of an [Error].
type ErrorKind uint8

// The kinds of [Error].
const (
	TypeError   ErrorKind = iota + 1 // an operation on values of the wrong type, or a wrong call
	ValueError                       // a value of the right type that the operation cannot take
	Undefined                        // use of an undefined value
	Limit                            // a limit of the [Meter] was reached
	Unsupported                      // valid in Python or Jinja2, but not offered here
	Syntax                           // text that is not in the template language
)

// Error is a failed operation. Msg is one sentence that holds no content of inputs, so it may be shown to a caller.
type Error struct {
	Kind ErrorKind
	Msg  string
}

// Error returns Msg.
func (e *Error) Error() string { return e.Msg }

// Errorf returns an [*Error] with a message formatted as by [fmt.Sprintf].
func Errorf(kind ErrorKind, format string, args ...any) error {
	return &Error{Kind: kind, Msg: fmt.Sprintf(format, args...)}
}

func typeErrorf(format string, args ...any) error  { return Errorf(TypeError, format, args...) }
func valueErrorf(format string, args ...any) error { return Errorf(ValueError, format, args...) }

var errNested = &Error{Kind: Limit, Msg: "a value is nested too deeply"}
