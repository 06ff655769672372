package llm

import "github.com/openloop-server/openloop/internal/errs"

// Unsupported returns the error for a part of a request that a vendor cannot take. Drivers return it before they send anything. param names
// the part as a Prompt does, such as "seed". format and args make the message, as in [fmt.Sprintf].
func Unsupported(param, format string, args ...any) *errs.Error {
	e := errs.New(errs.UnsupportedParameter, format, args...)
	e.Param = param
	return e
}

// Invalid returns the error for a part of a request that no vendor could take. Drivers return it before they send anything. param names the
// part as a Prompt does. cause may be nil.
func Invalid(param, message string, cause error) *errs.Error {
	return &errs.Error{Reason: errs.InvalidRequest, Param: param, Message: message, Err: cause}
}

// Unless returns v, or nil if v is the neutral value, which changes nothing.
func Unless(v *float64, neutral float64) *float64 {
	if v == nil || *v == neutral {
		return nil
	}
	return v
}

// checkToolChoice refuses a tool choice that cannot be met: an unknown mode, or a demand for a call when there are no tools.
func checkToolChoice(r *Request) *errs.Error {
	switch r.ToolChoice.Mode {
	case "", ToolsNone, ToolsAuto:
		return nil
	case ToolsRequired, ToolsFunction:
		if len(r.Tools) == 0 {
			return Unsupported("tool_choice", "The tool choice demands a tool call, but there are no tools.")
		}
		return nil
	default:
		return Unsupported("tool_choice", "The tool choice is none, auto, required or a named function.")
	}
}

// Silent returns the error for a chat in which nobody says anything, on wires that refuse one.
func Silent() *errs.Error {
	return Invalid("messages", "No message of the user or the assistant says anything. Messages that are empty or white space are left out.", nil)
}
