package json_test

import (
	"testing"

	"github.com/openloop-server/openloop/internal/json"
)

// Fault B3: what stands in the place of an error and says nothing is none.
func TestBlank(t *testing.T) {
	for _, in := range []string{
		``, `null`, `false`, `""`, `" "`, `0`, `0.0`, `{}`, `[]`, `[{}]`, `{"message":"","type":"","code":null}`, `{"message":null}`,
		`{"a":{"b":[null,"",0,false,{}]}}`, `"None"`, `"null"`, ` {} `,
	} {
		if !json.Blank(json.Value(in)) {
			t.Errorf("%s says something", in)
		}
	}
	for _, in := range []string{`true`, `"x"`, `1`, `{"message":"x"}`, `{"code":429}`, `["x"]`, `{"a":{"b":[0,true]}}`, `{"a"`, `x`, `{} x`} {
		if json.Blank(json.Value(in)) {
			t.Errorf("%s says nothing", in)
		}
	}
}

func TestLenientKeepsWhatItCannotRead(t *testing.T) {
	type inner struct {
		A int `json:"a"`
		B int `json:"b"`
	}
	var v struct {
		In  json.Lenient[inner] `json:"in"`
		Out int                 `json:"out"`
	}
	for _, in := range []string{`{"in":{"a":1,"b":2}}`, `{"in":{"a":3},"out":1}`, `{"in":[],"out":2}`, `{"in":null}`, `{"in":"x"}`} {
		if err := json.UnmarshalForeign([]byte(in), &v); err != nil {
			t.Fatal(err)
		}
	}
	if v.In.V != (inner{A: 3, B: 2}) || v.Out != 2 {
		t.Errorf("got %+v", v)
	}
}
