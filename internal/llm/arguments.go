package llm

import (
	"strings"

	"github.com/openloop-server/openloop/internal/json"
)

// noArguments are the arguments of a call that has none: an object, as its function's parameters are.
const noArguments = "{}"

// ArgumentsOf is the text of arguments that a provider sends as JSON, without white space. Some send that text as a string.
func ArgumentsOf(input json.Value) string {
	switch json.Kind(input) {
	case 0, 'n':
		return noArguments
	case '"':
		var text string
		_ = json.UnmarshalPiece(input, &text) // it is a string
		if strings.TrimSpace(text) == "" {
			return noArguments
		}
		return text
	default:
		_ = input.Compact() // what cannot be compacted stays as it is
		return string(input)
	}
}
