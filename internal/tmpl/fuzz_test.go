package tmpl

import (
	"errors"
	"strings"
	"testing"
)

var fuzzSeeds = []string{
	"", "plain", "{{ name }}", "{{name}} {{ a.b[0].c }}", "{{ tool(name, \"a literal\") }}", "{{{name}}}", "{{ {{name}} }}", "{{ a-b }}",
	"{{name", "{{ ] }}", "{{ a[ }}", "{{ f( }}", "{{ f(\" }}", "{{ f(\"{{name}}\") }}", "{{ }}", "{{\nname\n}}", "{{ ١ }}", "\xff{{ name }}\xff",
}

// FuzzParse states that in the default language every text is a template, which keeps all text that it does not replace.
func FuzzParse(f *testing.F) {
	for _, s := range fuzzSeeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, src string) {
		tm, err := Parse(src, Default)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range tm.Variables() {
			if name == "" || !strings.Contains(src, name) {
				t.Fatalf("variable %q", name)
			}
		}
		kept := 0
		for _, p := range tm.parts {
			kept += len(p.text)
		}
		if kept > len(src) {
			t.Fatalf("%d bytes of text from %d", kept, len(src))
		}
	})
}

// FuzzRender states that rendering fails only with the two kinds of errors, and that no input is missing if all are given.
func FuzzRender(f *testing.F) {
	for _, s := range fuzzSeeds {
		f.Add(s, `{"name": "{{ a }}", "a": {"b": [{"c": 1.0}]}}`)
	}
	f.Add("{{ a }}", `{"a": [1, "x", null, true, {"b": 1e999}]}`)
	f.Fuzz(func(t *testing.T, src, inputs string) {
		in, err := DecodeInputs([]byte(inputs))
		if err != nil {
			return
		}
		for _, lang := range []Language{Default, Jinja} {
			tm, err := Parse(src, lang)
			if err != nil {
				continue
			}
			lim := Limits{MaxOutput: 1 << 16, MaxSteps: 20_000, MaxMemory: 1 << 22}
			out, err := tm.Render(t.Context(), in, lim)
			if len(out) > lim.MaxOutput {
				t.Fatalf("%d bytes of output", len(out))
			}
			missing, isMissing := errors.AsType[*MissingError](err)
			_, isError := errors.AsType[*Error](err)
			if err != nil && !isMissing && !isError {
				t.Fatalf("error is a %T", err)
			}
			if isMissing && len(missing.Names) == 0 {
				t.Fatal("nothing is missing")
			}
		}
	})
}
