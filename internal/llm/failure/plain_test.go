package failure_test

import (
	"testing"

	"github.com/openloop-server/openloop/internal/llm/failure"
)

// Fault B2: an event that is not JSON is a failure if it says so, and nothing otherwise.
func TestPlain(t *testing.T) {
	for data, want := range map[string]bool{
		"ping": false, ": ping": false, "keep-alive": false, `"ping"`: false, "OPENROUTER PROCESSING": false, "42": false, "[ping]": false, "oops": false, " ": false,
		"upstream connect error or disconnect/reset before headers": true, "Rate limit exceeded, please try again in 20s": true,
		"Internal Server Error": true, `"The model is overloaded."`: true, "<html><title>502 Bad Gateway</title></html>": true,
	} {
		if e := (failure.Call{}).Plain(nil, []byte(data)); (e != nil) != want {
			t.Errorf("%s: got %+v", data, e)
		}
	}
}
