package tmpl_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/tmpl"
)

func TestReads(t *testing.T) {
	for name, c := range map[string]struct {
		text     string
		language tmpl.Language
		want     []string // name, line:column; calls with an exclamation mark
	}{
		"nothing":            {"a { b }", "", nil},
		"variables":          {"{{a}} é {{ b.c[0] }}\n\n {{a}}", "", []string{"a 1:3", "b.c[0] 1:12", "a 3:4"}},
		"a call":             {"x\n{{ look(a, \"b\") }} {{a}}", "", []string{`look(a, "b")! 2:4`, "a 2:4", "a 2:22"}},
		"jinja":              {"{% if a %}\n{{ b|default('x') }} {{ a }}{% endif %}", tmpl.Jinja, []string{"a 1:7", "b 2:4", "a 2:25"}},
		"jinja's own":        {"{% set x = 1 %}{{ x }}{% for y in ys %}{{ y }}{{ loop.index }}{% endfor %}{{ range(n) }}", tmpl.Jinja, []string{"ys 1:35", "n 1:84"}},
		"jinja, other lines": {"a\r\n{{ b }}\r\n{{ c }}", tmpl.Jinja, []string{"b 2:4", "c 3:4"}},
	} {
		t.Run(name, func(t *testing.T) {
			parsed, err := tmpl.Parse(c.text, c.language)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, r := range parsed.Reads() {
				mark := ""
				if r.Call {
					mark = "!"
				}
				got = append(got, fmt.Sprintf("%s%s %d:%d", r.Name, mark, r.Line, r.Column))
			}
			if d := cmp.Diff(c.want, got); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}
