package json_test

import (
	"testing"

	"github.com/openloop-server/openloop/internal/json"
)

func TestMerge(t *testing.T) {
	for _, c := range []struct{ name, base, over, want string }{
		{"absent over", `{"b":1, "a":2}`, ``, `{"b":1, "a":2}`},
		{"null over", `{"b":1}`, `null`, `{"b":1}`},
		{"over wins", `{"b":1,"a":{"x":1}}`, `{"a":[2],"c":null}`, `{"a":[2],"b":1,"c":null}`},
		{"escaped names are the same name", `{"a":1}`, `{"\u0061":2}`, `{"a":2}`},
		{"empty", `{}`, `{}`, `{}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := json.Merge(json.Value(c.base), json.Value(c.over))
			if err != nil || string(got) != c.want {
				t.Errorf("Merge(%s, %s) = %s, %v, want %s", c.base, c.over, got, err, c.want)
			}
		})
	}
	for _, over := range []string{`[]`, `"x"`, `{"a":`} {
		if got, err := json.Merge(json.Value(`{}`), json.Value(over)); err == nil {
			t.Errorf("Merge({}, %s) = %s, want an error", over, got)
		}
	}
}
