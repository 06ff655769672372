package json_test

import (
	"bytes"
	"fmt"
	"maps"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/json"
)

func TestEdit(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"nothing", ` { "x" : 1.10 } `, ` { "x" : 1.10 } `},
		{"set", "{\n  \"a\": \"old\",\n  \"x\": 1e2\n}", "{\n  \"a\": \"new\",\n  \"x\": 1e2\n}"},
		{"new", `{"x":1}`, `{"x":1,"a":"new"}`},
		{"new in an empty object", `{ }`, `{"a":"new" }`},
		{"escaped name", `{"\u0061":1}`, `{"\u0061":"new"}`},
		{"several", `{"a":1,"x":{"a":2},"a":[3],"y":0}`, `{"x":{"a":2},"a":"new","y":0}`},
		{"removed first", `{"r":1, "a":2}`, `{"a":"new"}`},
		{"removed last", `{"a":2 , "r":[{"}":"\""}] }`, `{"a":"new" }`},
		{"removed all", `{"r":1,"r":2}`, `{"a":"new"}`},
		{"removed between", `{"x":1 , "r":{} , "y":"\\" , "a":0}`, `{"x":1 , "y":"\\" , "a":"new"}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			e, ok := json.NewEdit(json.Value(c.in))
			if !ok {
				t.Fatal("not an object")
			}
			if c.name != "nothing" {
				e.SetText("a", "new")
				e.Remove("r")
			}
			if d := cmp.Diff(c.want, string(e.Value())); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}

func TestEditOfWhatIsNoObject(t *testing.T) {
	for _, in := range []string{``, ` `, `null`, `[]`, `"{}"`, `{`, `{"a"`, `{"a":`, `{"a":1`, `{"a":1,`, `{1:2}`, `{"a" 1}`, `{"`} {
		if _, ok := json.NewEdit(json.Value(in)); ok {
			t.Errorf("%q is taken for an object", in)
		}
	}
}

func TestElements(t *testing.T) {
	got, ok := json.Elements(json.Value(` [ 1 , "a,]" ,[2,[]], {"x":"]"},null ] `))
	want := []json.Value{json.Value(`1`), json.Value(`"a,]"`), json.Value(`[2,[]]`), json.Value(`{"x":"]"}`), json.Value(`null`)}
	if d := cmp.Diff(want, got); d != "" || !ok {
		t.Errorf("%v (-want +got):\n%s", ok, d)
	}
	if none, ok := json.Elements(json.Value(`[]`)); none != nil || !ok {
		t.Errorf("an empty list has %q, %v", none, ok)
	}
	if _, ok := json.Elements(json.Value(`{}`)); ok {
		t.Error("an object is taken for a list")
	}
}

// FuzzEdit checks that an edit of the text is the edit of the decoded object, and that all else is in it byte for byte.
func FuzzEdit(f *testing.F) {
	for seed := range uint64(20) {
		f.Add(seed, []byte(`{"a":1,"b":[1,{"c":"\"}"}],"a":{"x":"\\"}, "d" : -1.5e+3}`))
	}
	f.Fuzz(func(t *testing.T, seed uint64, data []byte) {
		checkEdit(t, rand.New(rand.NewPCG(seed, 0)), data)
		made := randomObject(rand.New(rand.NewPCG(seed, 1)), 0)
		checkEdit(t, rand.New(rand.NewPCG(seed, 2)), []byte(made))
	})
}

func checkEdit(t *testing.T, r *rand.Rand, data []byte) {
	t.Helper()
	before := bytes.Clone(data)
	e, ok := json.NewEdit(data)
	if !json.Valid(data) || json.Kind(data) != '{' {
		return // whatever it is taken for, nothing breaks
	}
	if !ok {
		t.Fatalf("%s is not taken for an object", data)
	}
	want := map[string]json.Value{}
	if err := json.UnmarshalForeign(data, &want); err != nil {
		t.Fatal(err)
	}
	for name, v := range want {
		if d := cmp.Diff(string(v), string(e.Get(name))); d != "" {
			t.Errorf("%q of %s (-want +got):\n%s", name, data, d)
		}
	}
	kept := maps.Clone(want)
	for range r.IntN(4) {
		name := fmt.Sprint(string(rune('a' + r.IntN(5))))
		delete(kept, name)
		if r.IntN(3) == 0 {
			e.Remove(name)
			delete(want, name)
			continue
		}
		want[name] = json.Value(randomValue(r, 2))
		e.Set(name, want[name][:1], want[name][1:])
	}
	got := e.Value()
	var decoded map[string]json.Value
	if err := json.UnmarshalForeign(got, &decoded); err != nil {
		t.Fatalf("%s became %s: %v", data, got, err)
	}
	if d := cmp.Diff(texts(want), texts(decoded)); d != "" {
		t.Errorf("%s (-want +got):\n%s", data, d)
	}
	again, _ := json.NewEdit(got)
	for name, v := range kept {
		if !bytes.Equal(v, again.Get(name)) {
			t.Errorf("%q of %s changed to %s", name, data, again.Get(name))
		}
	}
	if !bytes.Equal(before, data) {
		t.Errorf("the text changed to %s", data)
	}
}

func texts(members map[string]json.Value) map[string]string {
	out := map[string]string{}
	for name, v := range members {
		out[name] = string(v)
	}
	return out
}

// randomObject is an object with white space, escapes and names that occur several times.
func randomObject(r *rand.Rand, depth int) string {
	members := make([]string, r.IntN(5))
	for i := range members {
		name := string(rune('a' + r.IntN(5)))
		if r.IntN(4) == 0 {
			name = fmt.Sprintf(`\u%04x`, name[0])
		}
		members[i] = blanks(r) + `"` + name + `"` + blanks(r) + ":" + blanks(r) + randomValue(r, depth+1) + blanks(r)
	}
	return "{" + blanks(r) + strings.Join(members, ",") + "}"
}

func randomValue(r *rand.Rand, depth int) string {
	switch n := r.IntN(8); {
	case n == 0 && depth < 4:
		return randomObject(r, depth)
	case n == 1 && depth < 4:
		items := make([]string, r.IntN(4))
		for i := range items {
			items[i] = blanks(r) + randomValue(r, depth+1)
		}
		return "[" + strings.Join(items, ",") + blanks(r) + "]"
	case n == 2:
		return "1.50e+07"
	case n == 3:
		return "null"
	case n == 4:
		return "-0"
	}
	return []string{`""`, `"\\"`, `"a\"}]\\\""`, `"ü😀\ud83d"`, `"\u0000{["`}[r.IntN(5)]
}

func blanks(r *rand.Rand) string { return strings.Repeat(" \n\t", r.IntN(2)) }
