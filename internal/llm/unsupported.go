package llm

import "github.com/openloop-server/openloop/internal/errs"

// Unsupported is the error of a part of a request that a vendor cannot take, raised before anything is sent. param names it as a
// Prompt does: "seed". The message is made like [fmt.Sprintf]'s.
func Unsupported(param, format string, args ...any) *errs.Error {
	e := errs.New(errs.UnsupportedParameter, format, args...)
	e.Param = param
	return e
}

// Invalid is the error of a part of a request that no vendor could be sent, raised before anything is; cause may be nil. param names it as a
// Prompt does.
func Invalid(param, message string, cause error) *errs.Error {
	return &errs.Error{Reason: errs.InvalidRequest, Param: param, Message: message, Err: cause}
}

// Unless is v, but nil for the value that changes nothing.
func Unless(v *float64, neutral float64) *float64 {
	if v == nil || *v == neutral {
		return nil
	}
	return v
}

// checkToolChoice refuses a tool choice that cannot be met: one of no known mode, or one that demands a call where there are no tools.
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

// Silent is the error of a chat in which nobody says anything, for the wires that refuse one.
func Silent() *errs.Error {
	return Invalid("messages", "No message of the user or the assistant says anything. Messages that are empty or white space are left out.", nil)
}
