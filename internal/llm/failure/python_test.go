package failure

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/json"
)

func TestPythonValue(t *testing.T) {
	for text, want := range map[string]string{
		`{'error': {'message': "It's", 'code': None, 'ok': True, 'no': False}}`: `{"error":{"message":"It's","code":null,"ok":true,"no":false}}`,
		`{'a': ('b', 1, -2.5e3,), 'c': [], 'd': {}, 'e': b'f'} and more`:        `{"a":["b",1,-2.5e3],"c":[],"d":{},"e":"f"}`,
		`{'a': 'b\'c\n\x41\u00e9\\ \q'}`:                                        `{"a":"b'c\nAé\\ \\q"}`,
		`{'a': 'b`:                                                              "",
		`{'a' 1}`:                                                               "",
		`{1: 2}`:                                                                "",
		`{'a': x}`:                                                              "",
		`{'a': 01}`:                                                             "",
		``:                                                                      "",
	} {
		if d := cmp.Diff(want, pythonValue(text)); d != "" {
			t.Errorf("%s (-want +got):\n%s", text, d)
		}
	}
}

func FuzzPythonValue(f *testing.F) {
	f.Add(`{'error': {'message': "m", 'x': [None, (True, 1.5)], 'b': b'\xff\U0001F600'}}`)
	f.Fuzz(func(t *testing.T, text string) {
		if got := pythonValue(text); got != "" && !json.Valid([]byte(got)) {
			t.Fatalf("%q is no JSON", got)
		}
	})
}
