package tmpl

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/openloop-server/openloop/internal/json"
)

func mustParse(t *testing.T, src string, lang Language) *Template {
	t.Helper()
	tm, err := Parse(src, lang)
	if err != nil {
		t.Fatalf("Parse(%q) = %v", src, err)
	}
	return tm
}

func decode(t *testing.T, raw string) Inputs {
	t.Helper()
	in, err := DecodeInputs(json.Value(raw))
	if err != nil {
		t.Fatal(err)
	}
	return in
}

func TestDefaultInserts(t *testing.T) {
	in := decode(t, `{"name": "Ada", "n": 5, "f": 1.50, "whole": 3.0, "big": 123456789012345678901, "yes": true, "no": false,
		"list": [1, "a", null, 2.0], "object": {"z": 1, "a": "it's"}, "empty": "", "user.name": "whole key", "user": {"name": "nested",
		"tags": ["x", {"y": "deep"}]}, "d[0]": "indexed key", "1": "one", "back": "{{ name }} \\1", "tool(name)": "given"}`)
	cases := map[string]string{
		"":                                      "",
		"no variable { } }} {":                  "no variable { } }} {",
		"Hi {{ name }}!":                        "Hi Ada!",
		"{{name}}{{ name}}{{name }}":            "AdaAdaAda",
		"{{\nname\t}} {{   name   }}":           "Ada Ada",
		"{{ n }} {{ f }} {{ whole }} {{ big }}": "5 1.5 3.0 123456789012345678901",
		"{{ yes }} {{ no }}":                    "True False",
		"{{ list }} {{ object }}":               `[1, 'a', None, 2.0] {'z': 1, 'a': "it's"}`,
		"[{{ empty }}]":                         "[]",
		"{{ user.name }} {{ user.tags[0] }} {{ user.tags[1].y }} {{ user.tags[1][y] }}": "whole key x deep deep",
		"{{ d[0] }} {{1}}":                      "indexed key one",
		"{{ back }}":                            `{{ name }} \1`,
		"{{{name}}} {{{{name}}}}":               "{Ada} {{Ada}}",
		"{{ a b }} {{ a-b }} {{ é }} {{}} {{ }": "{{ a b }} {{ a-b }} {{ é }} {{}} {{ }",
		"{{ name | upper }} {{ 'x' }} {{ f() }} {{ f('x') }} {{ a.b(name) }}": "{{ name | upper }} {{ 'x' }} {{ f() }} {{ f('x') }} {{ a.b(name) }}",
		"{{ tool(name) }}":         "given",
		"{{name":                   "{{name",
		"{{ f(name }} {{ f(\"x }}": "{{ f(name }} {{ f(\"x }}",
	}
	for src, want := range cases {
		for _, lang := range []Language{"", Default} {
			got, err := mustParse(t, src, lang).Render(t.Context(), in, Limits{})
			if err != nil || got != want {
				t.Errorf("Render(%q) = %q, %v; want %q", src, got, err, want)
			}
		}
	}
}

func TestVariables(t *testing.T) {
	cases := []struct {
		lang Language
		src  string
		want []string
	}{
		{Default, "plain", nil},
		{Default, "{{ b }} {{ a }} {{b}} {{ a.x[0] }}", []string{"b", "a", "a.x[0]"}},
		{Default, `{{ tool(q, "literal, x", 5, user.name) }} {{ q }}`, []string{"q", "user.name"}},
		{Jinja, "plain", nil},
		{Jinja, "{{ b.c }} {{ a }} {{ b }}", []string{"b", "a"}},
		{Jinja, "{% set x = 1 %}{{ x + y }}{% for m in ms %}{{ m }}{{ loop.index }}{{ z }}{% endfor %}{{ m }}", []string{"y", "ms", "z", "m"}},
		{Jinja, "{% macro f(a) %}{{ a }}{{ b }}{{ caller() }}{% endmacro %}{{ f(c) }}{{ range(3) }}", []string{"b", "c"}},
		{Jinja, "{{ x|default(y) }}{% if z is defined %}{% endif %}", []string{"x", "y", "z"}},
		{Jinja, "{% if a %}{% set b = 1 %}{% endif %}{{ b }}", []string{"a", "b"}},
		{Jinja, "{% if a %}{% set b = 1 %}{% endif %}", []string{"a"}},
	}
	for _, c := range cases {
		if d := cmp.Diff(c.want, mustParse(t, c.src, c.lang).Variables()); d != "" {
			t.Errorf("Variables of %q (-want +got):\n%s", c.src, d)
		}
	}
}

func TestMissing(t *testing.T) {
	cases := []struct {
		lang Language
		src  string
		want []string
	}{
		{Default, "{{ z }} {{ a }} {{ given }} {{ z }}", []string{"a", "z"}},
		{Default, "{{ null }} {{ object.x }} {{ object.nope }}", []string{"null", "object.nope"}},
		{Default, "{{ tool(given, q) }}", []string{"q"}},
		{Jinja, "{{ z }} {{ a.b }} {{ given }} {{ null }} {{ object.nope }}", []string{"a", "z"}},
		{Jinja, "{% for m in ms %}{{ m }}{% endfor %}{{ x == 1 }}{{ f(y) }}", []string{"f", "ms", "x", "y"}},
		// guards
		{Jinja, "{% if x is defined %}{{ x }}{% endif %}", nil},
		{Jinja, "{% if x is defined %}{% else %}{{ x }}{% endif %}", []string{"x"}},
		{Jinja, "{% if x is not defined %}none{% else %}{{ x.y }}{% endif %}", nil},
		{Jinja, "{% if x is undefined or x.y %}a{% endif %}{% if x is defined and x.y %}a{% endif %}", nil},
		{Jinja, "{% if x %}{{ x }}{% endif %}{{ x if x }}{{ x or 'd' }}{{ x and x.y }}{% if not x %}{% else %}{{ x }}{% endif %}", nil},
		{Jinja, "{% if x %}{{ x }}{% endif %}{{ x }}", []string{"x"}},
		{Jinja, "{{ 'd' or x }}{{ y or x }}", []string{"x"}},
		{Jinja, "{{ x|default('a') }}{{ x|d('a')|upper }}", nil},
		{Jinja, "{{ x.y|default('a') }}{{ z|default(w) }}", []string{"w", "x"}},
		{Jinja, "{% if a %}{{ x }}{% elif b is defined %}{{ b }}{% else %}{{ b }}{% endif %}", []string{"b", "x"}},
		{Jinja, "{% if x is not defined %}{% set x = 'd' %}{% endif %}{{ x }}{% for i in [1] %}{{ x }}{% endfor %}{% macro m() %}{{ x }}{% endmacro %}", nil},
		{Jinja, "{% if a %}{% set x = 1 %}{% else %}{% set x = 2 %}{% endif %}{{ x }}", nil},
		{Jinja, "{% if a %}{% set x = 1 %}{% endif %}{{ x }}", []string{"x"}},
		{Jinja, "{% set x = x|default(5) %}{{ x }}{% set y %}b{% endset %}{{ y }}", nil},
		{Jinja, "{% for i in [] %}{% set x = 1 %}{{ x }}{% endfor %}{{ x }}", []string{"x"}},
		{Jinja, "{% if x is string %}{{ x }}{% elif x is mapping and x.y %}{{ x.z }}{% endif %}", nil},
		{Jinja, "{% if x is none %}{% endif %}{% if y|length %}{% endif %}", []string{"x", "y"}},
		{Jinja, "{% with x = y %}{{ x }}{% endwith %}{% filter replace(a, b) %}{% endfilter %}", []string{"a", "b", "y"}},
		{Jinja, "{% for k in given if k and q %}{{ q }}{% endfor %}{{ range(n) }}", []string{"n"}},
	}
	in := decode(t, `{"given": "g", "null": null, "object": {"x": 1}}`)
	for _, c := range cases {
		tm := mustParse(t, c.src, c.lang)
		if d := cmp.Diff(c.want, tm.Missing(in)); d != "" {
			t.Errorf("Missing of %q (-want +got):\n%s", c.src, d)
		}
		if c.want == nil {
			continue
		}
		_, err := tm.Render(t.Context(), in, Limits{})
		if d := cmp.Diff(error(&MissingError{c.want}), err, cmp.Comparer(func(a, b error) bool { return a.Error() == b.Error() })); d != "" {
			t.Errorf("Render of %q (-want +got):\n%s", c.src, d)
		}
	}
}

// TestGivenNullInJinja states that null is the value None in Jinja.
func TestGivenNullInJinja(t *testing.T) {
	got, err := mustParse(t, "{{ x }} {{ x is none }} {{ x or 'd' }}", Jinja).Render(t.Context(), Inputs{"x": nil}, Limits{})
	if err != nil || got != "None True d" {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestErrorsHaveTheirPlace(t *testing.T) {
	cases := []struct {
		lang Language
		src  string
		want Error
	}{
		{"mustache", "{{ x }}", Error{Unsupported, 0, 0, "unknown template language"}},
		{Default, "a\né {{ tool(\"x\") }}", Error{Unsupported, 2, 3, "no Tools are called here, so inputs must give the value of the call"}},
		{Jinja, "a\n{% if %}", Error{Syntax, 2, 7, "expected an expression, got '%}'"}},
		{Jinja, "é {{ 1 + }}", Error{Syntax, 1, 10, "unexpected '}}'"}},
		{Jinja, "{% for x in y %}", Error{Syntax, 1, 17, "unexpected end of template; looking for 'endfor' or 'else'"}},
		{Jinja, "{% if x %}{% endfor %}", Error{Syntax, 1, 14, "unknown tag 'endfor'; looking for 'elif' or 'else' or 'endif'"}},
		{Jinja, "{% include 'x' %}", Error{Unsupported, 1, 4, "{% include %} is not available: a template stands alone"}},
		{Jinja, "{{ x|random }}", Error{Unsupported, 1, 6, "the filter 'random' is not available"}},
		{Jinja, "{{ 'x'|nope }}", Error{Syntax, 1, 8, "no filter named 'nope'"}},
		{Jinja, "\n\n  {{ 1 + 'a' }}", Error{Evaluation, 3, 6, "unsupported operand type(s) for +: 'int' and 'str'"}},
		{Jinja, "{{ {}.a.b }}", Error{Evaluation, 1, 8, "'dict object' has no attribute 'a'"}},
		{Jinja, "{{ ''.__class__ }}", Error{Unsupported, 1, 6, "access to attribute '__class__' is not allowed"}},
		{Jinja, "{{ ''['__class__'] }}", Error{Unsupported, 1, 6, "access to attribute '__class__' is not allowed"}},
		{Jinja, "{{ ''|attr('__class__') }}", Error{Unsupported, 1, 7, "access to attribute '__class__' is not allowed"}},
		{Jinja, "{{ '{0.__class__}'.format('') }}", Error{Evaluation, 1, 26, "'str' object has no attribute '__class__'"}},
		{Jinja, "{{ [1]|map('upper') }}", Error{Evaluation, 1, 1, "an iterator has no text; make a list of it (|list) or join it (|join)"}},
		{Jinja, "{{ ''.upper }}", Error{Evaluation, 1, 1, "a method has no text; was a call () forgotten?"}},
		{Jinja, "{% for i in range(10**7) %}{% endfor %}", Error{Limit, 1, 4, "the template takes too many steps"}},
		{Jinja, "{{ 'x' * 10**7 * 10**7 }}", Error{Limit, 1, 4, "the template needs too much memory"}},
		{Jinja, "{{ 'x' * 2000000 }}", Error{Limit, 1, 1, "the output is longer than 1048576 bytes"}},
	}
	for _, c := range cases {
		tm, err := Parse(c.src, c.lang)
		if err == nil {
			_, err = tm.Render(t.Context(), Inputs{"x": "x"}, Limits{})
		}
		got, ok := errors.AsType[*Error](err)
		if !ok {
			t.Errorf("%q: error is %v", c.src, err)
			continue
		}
		if d := cmp.Diff(c.want, *got); d != "" {
			t.Errorf("%q (-want +got):\n%s", c.src, d)
		}
	}
}

func TestOutputIsBounded(t *testing.T) {
	long := strings.Repeat("x", 100)
	for _, lang := range []Language{Default, Jinja} {
		for _, src := range []string{long, "{{ a }}", "{{ a }}{{ a }}{{ l }}"} {
			_, err := mustParse(t, src, lang).Render(t.Context(), Inputs{"a": long, "l": []any{long}}, Limits{MaxOutput: 99})
			if e, ok := errors.AsType[*Error](err); !ok || e.Kind != Limit {
				t.Errorf("%s: Render(%.20q) = %v, want a limit", lang, src, err)
			}
		}
	}
}

func TestContextEndsRendering(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := mustParse(t, "{% for i in range(100000) %}{% endfor %}", Jinja).Render(ctx, nil, Limits{})
	if e, ok := errors.AsType[*Error](err); !ok || e.Kind != Limit {
		t.Errorf("got %v, want a limit", err)
	}
}

// TestInputsAreKept states that a template that changes a list changes a copy.
func TestInputsAreKept(t *testing.T) {
	in := Inputs{"l": []any{"a", map[string]any{"k": "v"}}}
	src := "{% set _ = l.append('b') %}{% set _ = l[1].update(k='w') %}{{ l }}"
	for range 2 {
		got, err := mustParse(t, src, Jinja).Render(t.Context(), in, Limits{})
		if want := "['a', {'k': 'w'}, 'b']"; err != nil || got != want {
			t.Errorf("got %q, %v; want %q", got, err, want)
		}
	}
	if d := cmp.Diff(Inputs{"l": []any{"a", map[string]any{"k": "v"}}}, in); d != "" {
		t.Errorf("inputs changed (-want +got):\n%s", d)
	}
}

// TestPlainGoInputs states that inputs from an ordinary decoder work too, with sorted members.
func TestPlainGoInputs(t *testing.T) {
	in := Inputs{
		"m": map[string]any{"b": 1.0, "a": 2.5, "c": []any{nil, true}}, "n": 3.0, "i": 7, "s": []string{"x"},
		"mm": map[string]string{"k": "v"}, "raw": json.Value(`{"z":1,"a":[1.0]}`),
	}
	src := "{{ m }} {{ n }} {{ i }} {{ s }} {{ mm }} {{ raw }}"
	want := "{'a': 2.5, 'b': 1, 'c': [None, True]} 3 7 ['x'] {'k': 'v'} {'z': 1, 'a': [1.0]}"
	for _, lang := range []Language{Default, Jinja} {
		got, err := mustParse(t, src, lang).Render(t.Context(), in, Limits{})
		if err != nil || got != want {
			t.Errorf("%s: got %q, %v; want %q", lang, got, err, want)
		}
	}
	got, err := mustParse(t, "{{ m.c[1] }} {{ s[0] }} {{ mm.k }} {{ raw.a[0] }}", Default).Render(t.Context(), in, Limits{})
	if want := "True x v 1.0"; err != nil || got != want {
		t.Errorf("got %q, %v; want %q", got, err, want)
	}
	_, err = mustParse(t, "{{ x }}", Default).Render(t.Context(), Inputs{"x": struct{}{}}, Limits{})
	if _, ok := errors.AsType[*Error](err); !ok {
		t.Errorf("a struct: got %v", err)
	}
}

func TestDecodeInputs(t *testing.T) {
	for _, raw := range []string{"", "null"} {
		if in, err := DecodeInputs(json.Value(raw)); err != nil || in != nil {
			t.Errorf("%q: got %v, %v", raw, in, err)
		}
	}
	for _, raw := range []string{" ", "[]", "1", `"x"`, "{", `{"a":}`} {
		if in, err := DecodeInputs(json.Value(raw)); err == nil {
			t.Errorf("%s: got %v, want an error", raw, in)
		}
	}
	got := decode(t, ` {"a" : [ 1.0 , -2e3, "\u00e9\n", {} , [ ] ], "b":{"z":null,"y":true,"z":false} } `)
	want := Inputs{
		"a": []any{Number("1.0"), Number("-2e3"), "é\n", Object{}, []any{}},
		"b": Object{{Name: "z"}, {Name: "y", Value: true}, {Name: "z", Value: false}},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

// TestConcurrentRenders shares one template between goroutines.
func TestConcurrentRenders(t *testing.T) {
	tm := mustParse(t, "{% set l = [] %}{% for i in items %}{% set _ = l.append(i) %}{% endfor %}{{ l|join }}{% macro m() %}{{ items|length }}{% endmacro %}{{ m() }}", Jinja)
	in := Inputs{"items": []any{"a", "b"}}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 100 {
				if got, err := tm.Render(context.Background(), in, Limits{}); err != nil || got != "ab2" {
					t.Errorf("got %q, %v", got, err)
				}
			}
		})
	}
	wg.Wait()
}

// TestDefaultKeepsText states that a rendered template is its text with values in place of the variables, whatever both contain.
func TestDefaultKeepsText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		texts := rapid.SliceOfN(rapid.StringMatching(`([^{}]|\} |\{ ){0,8}`), 1, 6).Draw(t, "texts")
		values := rapid.SliceOfN(rapid.String(), len(texts)-1, len(texts)-1).Draw(t, "values")
		in := Inputs{}
		src, want := texts[0], texts[0]
		for i, v := range values {
			name := "v" + string(rune('a'+i))
			in[name] = v
			src += "{{ " + name + " }}" + texts[i+1]
			want += v + texts[i+1]
		}
		tm, err := Parse(src, Default)
		if err != nil {
			t.Fatal(err)
		}
		got, err := tm.Render(context.Background(), in, Limits{})
		if err != nil || got != want {
			t.Fatalf("Render(%q) = %q, %v; want %q", src, got, err, want)
		}
	})
}

func TestPathIsTheStepsOfAName(t *testing.T) {
	for name, want := range map[string][]string{
		"a": {"a"}, "a.b": {"a", "b"}, "a[0].b": {"a", "0", "b"}, "a..b": {"a..b"}, "a[": {"a["},
	} {
		if d := cmp.Diff(want, Path(name)); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
	}
}
