package llm

import (
	"strings"

	"github.com/openloop-server/openloop/internal/json"
)

// noArguments is what a call without arguments carries. Providers demand an object there.
const noArguments = "{}"

// ArgumentsOf returns the arguments of a tool call as compact JSON text. Input is either the JSON itself or a string that holds it;
// providers send both. Absent, null and blank arguments give "{}".
func ArgumentsOf(input json.Value) string {
	switch json.Kind(input) {
	case 0, 'n':
		return noArguments
	case '"':
		var text string
		_ = json.UnmarshalPiece(input, &text) // cannot fail: Kind says that it is a string
		if strings.TrimSpace(text) == "" {
			return noArguments
		}
		return text
	default:
		_ = input.Compact() // invalid JSON stays as it is
		return string(input)
	}
}
