package json_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/json"
)

// A toolchain with its own, older copy of this library drops embedded members without an error; this test notices.
func TestUnknownMembersSurvive(t *testing.T) {
	var v struct {
		A    int        `json:"a"`
		Rest json.Value `json:",embed"`
	}
	in := `{"a":1,"big":12345678901234567890,"dec":1.10}`
	if err := json.Unmarshal([]byte(in), &v); err != nil {
		t.Fatal(err)
	}
	out, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(in, string(out)); d != "" {
		t.Errorf("round trip (-want +got):\n%s", d)
	}
}

func TestDescribe(t *testing.T) {
	cases := []struct {
		name, in string
		want     json.Fault
	}{
		{"empty", ``, json.Fault{Syntax: true, Line: 1, Column: 1, Reason: "the text ends too early"}},
		{"cut", "{\n  \"a\": [1,", json.Fault{Syntax: true, Pointer: "/a", Line: 2, Column: 11, Reason: "the text ends too early"}},
		{"wrong type", `{"a": "x"}`, json.Fault{Pointer: "/a", Line: 1, Column: 7, Reason: "the value has the wrong type"}},
		{"not UTF-8", "{\"a\": \"\xff\"}", json.Fault{Syntax: true, UTF8: true, Pointer: "/a", Line: 1, Column: 8, Reason: "invalid UTF-8"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var v struct {
				A json.Value `json:"a"`
				B int        `json:"b"`
			}
			var w struct {
				A []int `json:"a"`
			}
			err := json.Unmarshal([]byte(c.in), &v)
			if err == nil {
				err = json.Unmarshal([]byte(c.in), &w)
			}
			if err == nil {
				t.Fatal("no error")
			}
			if d := cmp.Diff(c.want, json.Describe([]byte(c.in), err)); d != "" {
				t.Errorf("Describe (-want +got):\n%s", d)
			}
		})
	}
}

func TestOptTellsAbsentFromNull(t *testing.T) {
	type doc struct {
		A json.Opt[string] `json:"a,omitzero"`
	}
	for in, want := range map[string]json.Opt[string]{
		`{}`:         {},
		`{"a":null}`: {Set: true, Null: true},
		`{"a":"x"}`:  json.Some("x"),
	} {
		var d doc
		if err := json.Unmarshal([]byte(in), &d); err != nil {
			t.Fatal(err)
		}
		if d.A != want {
			t.Errorf("%s: got %+v, want %+v", in, d.A, want)
		}
		out, err := json.Marshal(d)
		if err != nil || string(out) != in {
			t.Errorf("%s: marshalled as %s, %v", in, out, err)
		}
	}
}

func TestCanonicalIgnoresOrderAndSpace(t *testing.T) {
	a, err := json.Canonical(json.Value(`{ "b": 1.0, "a": [1, 2] }`))
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(`{"a":[1,2],"b":1}`, string(a)); d != "" {
		t.Errorf("Canonical (-want +got):\n%s", d)
	}
}

func FuzzAppendStringEqualsMarshal(f *testing.F) {
	for _, s := range []string{"", "plain text of more than eight bytes", "\"", "12345678\\", "\x7f\x7f\x7f\x7f\x7f\x7f\x7f\x7f", "é", "\xff", "a\nb", "\x1f2345678"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		want, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		if got := string(json.AppendString(nil, s)); got != string(want) {
			t.Errorf("AppendString(%q) = %s, want %s", s, got, want)
		}
	})
}

func TestCanonicalExactKeepsDigits(t *testing.T) {
	got, err := json.CanonicalExact(json.Value(`{"b": 9007199254740993, "a": [1.0, 1e2, -0]}`))
	if d := cmp.Diff(`{"a":[1,100,0],"b":9007199254740993}`, string(got)); d != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, d)
	}
}
