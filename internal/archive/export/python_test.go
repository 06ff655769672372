package export

import (
	"testing"

	"github.com/openloop-server/openloop/internal/json"
)

// TestNumbersAreAsPythonWritesThem has what json.dumps(json.loads(text)) gives.
func TestNumbersAreAsPythonWritesThem(t *testing.T) {
	for text, want := range map[string]string{
		`{"a":[1,2.0,1e-7,1E21,-0,-0.0,0.0001,0.00001,1e16,123456789012345678901234567890,1e15,1.5]}`: `{"a": [1, 2.0, 1e-07, 1e+21, 0, -0.0, 0.0001, 1e-05, 1e+16, 123456789012345678901234567890, 1000000000000000.0, 1.5]}`,
		`"ä\u2028😀\/\u0007\u007f\"\\\n"`: `"\u00e4\u2028\ud83d\ude00/\u0007\u007f\"\\\n"`,
		`{ "a" : [ ] , "b" : { } }`:      `{"a": [], "b": {}}`,
	} {
		got, err := pythonJSON(json.Value(text))
		if string(got) != want || err != nil {
			t.Errorf("%s is %s, %v, want %s", text, got, err, want)
		}
	}
}
