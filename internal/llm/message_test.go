package llm_test

import (
	"testing"

	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
)

// Fault B5: a call without arguments goes back to its vendor with the empty object.
func TestArgumentsThatGoBack(t *testing.T) {
	for in, want := range map[string]struct{ object, text string }{
		"": {"{}", "{}"}, " ": {"{}", "{}"}, "null": {"{}", "{}"}, "{}": {"{}", "{}"}, `{"a":1}`: {`{"a":1}`, `{"a":1}`},
		`{"a"`: {`{"INVALID_JSON":"{\"a\""}`, `{"a"`}, `[1]`: {`{"INVALID_JSON":"[1]"}`, `[1]`},
	} {
		f := llm.FunctionCall{Arguments: in}
		if object, text := string(f.Object()), f.Text(); object != want.object || text != want.text {
			t.Errorf("%q: got %s and %s", in, object, text)
		}
	}
}

// Fault B5: arguments become text, whether they come as JSON or as a string that holds JSON.
func TestArgumentsOf(t *testing.T) {
	for in, want := range map[string]string{
		"": "{}", "null": "{}", `""`: "{}", `" "`: "{}", "{ }": "{}", `{ "a": 1 }`: `{"a":1}`, `"{\"a\":1}"`: `{"a":1}`, "[1]": "[1]",
	} {
		if got := llm.ArgumentsOf(json.Value(in)); got != want {
			t.Errorf("%s: got %s, want %s", in, got, want)
		}
	}
}
