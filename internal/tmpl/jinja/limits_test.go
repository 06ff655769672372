package jinja

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/openloop-server/openloop/internal/tmpl/pyval"
)

// hostile are templates that would take very long, or very much memory, without limits.
var hostile = map[string]string{
	"macro calls itself":            "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
	"macros call each other":        "{% macro a() %}{{ b() }}{% endmacro %}{% macro b() %}{{ a() }}{% endmacro %}{{ a() }}",
	"caller calls itself":           "{% macro m() %}{% call m() %}{{ caller() }}{% endcall %}{% endmacro %}{{ m() }}",
	"recursive loop":                "{% set l = [1] %}{% set _ = l.append(l) %}{% for x in l recursive %}{{ loop(l) }}{% endfor %}",
	"exponential macro":             "{% macro m(n) %}{% if n %}{{ m(n-1) }}{{ m(n-1) }}{% endif %}{% endmacro %}{{ m(60) }}",
	"long loop":                     "{% for x in range(10**9) %}{% endfor %}",
	"long filtered loop":            "{% for x in range(10**9) if x < 0 %}{% endfor %}",
	"list of a range":               "{{ range(10**9)|list }}",
	"sum of a range":                "{{ range(10**15)|sum }}",
	"membership":                    "{% for x in range(10**9) if 'a' in s %}{% endfor %}",
	"nested loops":                  "{% for a in range(999) %}{% for b in range(999) %}{% for c in range(999) %}{{ a }}{% endfor %}{% endfor %}{% endfor %}",
	"output":                        "{% for a in range(10000) %}{{ s }}{% endfor %}",
	"captured output":               "{% set x %}{% for a in range(10000) %}{{ s }}{% endfor %}{% endset %}",
	"repeated string":               "{{ 'a' * 10**9 }}",
	"repeated list":                 "{{ [1] * 10**9 }}",
	"repeated tuple":                "{{ (1, 2) * 10**18 }}",
	"doubling a string":             "{% set ns = namespace(s='abcdefgh') %}{% for i in range(100) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}",
	"doubling by format":            "{% set ns = namespace(s='abcdefgh') %}{% for i in range(100) %}{% set ns.s = '%s%s' % (ns.s, ns.s) %}{% endfor %}",
	"doubling by join":              "{% set ns = namespace(s='abcdefgh') %}{% for i in range(100) %}{% set ns.s = [ns.s, ns.s]|join %}{% endfor %}",
	"doubling a list":               "{% set ns = namespace(l=[1]) %}{% for i in range(100) %}{% set ns.l = ns.l + ns.l %}{% endfor %}",
	"extending a list by itself":    "{% set l = [1] %}{% for i in range(100) %}{% set _ = l.extend(l) %}{% endfor %}",
	"a tree of shared lists":        "{% set ns = namespace(l=[1, 1]) %}{% for i in range(60) %}{% set ns.l = [ns.l, ns.l] %}{% endfor %}{{ ns.l }}",
	"comparing shared lists":        "{% set ns = namespace(l=[1], k=[1]) %}{% for i in range(60) %}{% set ns.l = [ns.l, ns.l] %}{% set ns.k = [ns.k, ns.k] %}{% endfor %}{{ ns.l == ns.k }}",
	"JSON of shared lists":          "{% set ns = namespace(l=[1]) %}{% for i in range(60) %}{% set ns.l = [ns.l, ns.l] %}{% endfor %}{{ ns.l|tojson }}",
	"key of shared tuples":          "{% set ns = namespace(l=(1,)) %}{% for i in range(60) %}{% set ns.l = (ns.l, ns.l) %}{% endfor %}{{ {ns.l: 1} }}",
	"a list in itself":              "{% set l = [] %}{% set _ = l.append(l) %}{{ l }}",
	"comparing lists in themselves": "{% set l = [] %}{% set k = [] %}{% set _ = l.append(k) %}{% set _ = k.append(l) %}{{ [l] == [k] }}",
	"JSON of a list in itself":      "{% set l = [] %}{% set _ = l.append(l) %}{{ l|tojson }}",
	"namespace in itself":           "{% set ns = namespace() %}{% set ns.x = [ns] %}{{ ns }}",
	"deep list":                     "{% set ns = namespace(l=[]) %}{% for i in range(1000) %}{% set ns.l = [ns.l] %}{% endfor %}{{ ns.l }}",
	"power":                         "{{ 10 ** (10 ** 10) }}",
	"negative base":                 "{{ (-3) ** 1000000 }}",
	"growing integer":               "{% set ns = namespace(x=3) %}{% for i in range(100) %}{% set ns.x = ns.x * ns.x %}{% endfor %}",
	"integer literal":               "{{ " + strings.Repeat("9", 100000) + " }}",
	"parentheses":                   "{{ " + strings.Repeat("(", 10000) + "1" + strings.Repeat(")", 10000) + " }}",
	"brackets":                      "{{ " + strings.Repeat("[", 10000) + strings.Repeat("]", 10000) + " }}",
	"braces":                        "{{ " + strings.Repeat("{1:", 10000) + "1" + strings.Repeat("}", 10000) + " }}",
	"subscripts":                    "{{ a" + strings.Repeat("[a", 10000) + strings.Repeat("]", 10000) + " }}",
	"not":                           "{{ " + strings.Repeat("not ", 100000) + "1 }}",
	"minus":                         "{{ " + strings.Repeat("- ", 100000) + "1 }}",
	"conditions":                    "{{ " + strings.Repeat("1 if 1 else ", 10000) + "1 }}",
	"chain of sums":                 "{{ 1" + strings.Repeat("+1", 50000) + " }}",
	"chain of attributes":           "{{ a" + strings.Repeat(".a", 50000) + " }}",
	"chain of filters":              "{{ a" + strings.Repeat("|e", 50000) + " }}",
	"chain of calls":                "{{ a" + strings.Repeat("()", 50000) + " }}",
	"chain of ands":                 "{{ 1" + strings.Repeat(" and 1", 50000) + " }}",
	"nested blocks":                 strings.Repeat("{% if 1 %}", 10000) + strings.Repeat("{% endif %}", 10000),
	"nested targets":                "{% for " + strings.Repeat("(", 10000) + "a" + strings.Repeat(")", 10000) + " in b %}{% endfor %}",
	"many tokens":                   "{{ [" + strings.Repeat("1,", 1000000) + "] }}",
	"many parameters":               "{% macro m(" + strings.Repeat("a,", 60000) + "a) %}{% endmacro %}",
	"many keywords":                 "{% macro m(a, b, c) %}{{ kwargs }}{% endmacro %}{% set d = dict(range(100000)|map('string')|batch(2)) %}{% for i in range(10**9) %}{% set _ = m(**d) %}{% endfor %}",
	"long source":                   strings.Repeat("x", 5<<20),
	"printf width":                  "{{ '%999999999d' % 1 }}",
	"printf star":                   "{{ '%*d' % (10**12, 1) }}",
	"printf precision":              "{{ '%.999999999f' % 1 }}",
	"printf many":                   "{{ ('%1000s' * 100000) % ((1,) * 100000) }}",
	"format width":                  "{{ '{:999999999}'.format(1) }}",
	"format precision":              "{{ '{:.999999999f}'.format(1.5) }}",
	"format huge width":             "{{ '{:99999999999999999999}'.format(1) }}",
	"format nested":                 "{{ '{:{}}'.format(1, 10**9) }}",
	"center":                        "{{ 'a'|center(10**9) }}",
	"ljust":                         "{{ 'a'.ljust(10**12) }}",
	"zfill":                         "{{ 'a'.zfill(10**9) }}",
	"expandtabs":                    "{{ 'a\\tb'.expandtabs(10**9) }}",
	"indent width":                  "{{ 'a'|indent(10**9, true) }}",
	"indent many lines":             "{{ ('a\\n' * 100000)|indent(10000) }}",
	"replace":                       "{{ ('a' * 100000).replace('a', 'b' * 100000) }}",
	"join":                          "{{ (('a',) * 100000)|join('b' * 100000) }}",
	"batch fill":                    "{{ [1]|batch(10**9, 'x')|list }}",
	"slice count":                   "{{ [1]|slice(10**9)|list }}",
	"tojson indent":                 "{{ [1]|tojson(10**9) }}",
	"round":                         "{% for i in range(10**9) %}{% set x = 1.5|round(-300) %}{% endfor %}",
	"many quick searches":           "{% set s = 'a' * 500000 %}{% for i in range(900000) %}{% if 'b' in s %}{% endif %}{% endfor %}",
	"many quick comparisons":        "{% set a = 'a' * 500000 %}{% set b = 'a' * 500000 %}{% for i in range(900000) %}{% if a == b %}{% endif %}{% endfor %}",
	"many quick lengths":            "{% set s = 'a' * 500000 %}{% for i in range(900000) %}{% if s|length %}{% endif %}{% endfor %}",
	"many quick indexes":            "{% set s = 'é' * 500000 %}{% for i in range(900000) %}{% if s[400000] %}{% endif %}{% endfor %}",
	"many quick finds":              "{% set s = 'a' * 500000 %}{% for i in range(900000) %}{% if s.find('b') %}{% endif %}{% endfor %}",
	"many quick tests":              "{% set s = 'a' * 500000 %}{% for i in range(900000) %}{% if s is upper %}{% endif %}{% endfor %}",
	"many quick sorts":              "{% set l = range(1000)|list %}{% for i in range(900000) %}{% if l|sort %}{% endif %}{% endfor %}",
	"many startswith":               "{% set s = 'é' * 500000 %}{% for i in range(900000) %}{% if s.startswith('b', 400000) %}{% endif %}{% endfor %}",
	"many float keys":               "{% set d = {} %}{% for i in range(900000) %}{% set _ = d.update({i: i}) %}{% endfor %}",
	"many popped keys":              "{% set d = dict(range(20000)|batch(2)) %}{% for i in range(900000) %}{% set _ = d.pop(i, 0) %}{% endfor %}",
	"many inserts":                  "{% set l = [] %}{% for i in range(900000) %}{% set _ = l.insert(0, i) %}{% endfor %}",
	"wordwrap":                      "{{ ('a' * 900000)|wordwrap(1) }}",
	"title":                         "{% for i in range(900000) %}{% set x = s|title %}{% endfor %}",
	"urlencode":                     "{% for i in range(900000) %}{% set x = s|urlencode %}{% endfor %}",
	"striptags":                     "{% for i in range(10**9) %}{% set x = ('<!--' * 900)|striptags %}{% endfor %}",
	"arguments":                     "{% macro m() %}{{ varargs }}{% endmacro %}{% for i in range(1000000) %}{{ m(*range(1000)) }}{% endfor %}",
	"splits":                        "{% for i in range(900000) %}{% set x = s.split('a') %}{% endfor %}",
	"partition":                     "{% for i in range(900000) %}{% set x = s.partition('b') %}{% endfor %}",
	"reverse":                       "{% for i in range(900000) %}{% set x = s|reverse %}{% endfor %}",
	"cycling":                       "{% for i in range(10**9) %}{{ loop.cycle('', '') }}{% endfor %}",
}

// TestHostileTemplatesEnd renders each template with limits like the default ones. It must fail soon and without much memory. The time
// limit allows for a busy machine with the race detector.
func TestHostileTemplatesEnd(t *testing.T) {
	lookup := func(name string) (any, bool) { return strings.Repeat("a ", 5000), name == "s" }
	limits := Limits{Output: 1 << 20, Steps: 300_000, Memory: 32 << 20, Depth: 100}
	for name, src := range hostile {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			start := time.Now()
			_, err := render(t.Context(), src, lookup, limits)
			took := time.Since(start)
			runtime.ReadMemStats(&after)
			e, ok := errors.AsType[*Error](err)
			if !ok || e.Kind != pyval.Limit {
				t.Errorf("%.100q ended with %v, want a limit", src, err)
			}
			if took > 20*time.Second {
				t.Errorf("took %v", took)
			}
			if mb := (after.TotalAlloc - before.TotalAlloc) >> 20; mb > 150 {
				t.Errorf("allocated %d MiB", mb)
			}
		})
	}
}

// TestLargeButHarmless renders a template that looks hostile but is not.
func TestLargeButHarmless(t *testing.T) {
	cases := map[string]string{
		"{{ range(10**9)|length }} {{ 5 in range(10**9) }} {{ range(10**9)[-1] }}": "1000000000 True 999999999",
		"{{ (10 ** 1000)|string|length }}":                                         "1001",
		"{{ ('a ' * 50000)|wordwrap(10)|length }}":                                 "99999",
		"{{ ('<' * 100000)|striptags|length }}":                                    "100000",
		"{{ 1|round(-10**9) }} {{ 1.5|round(10**9) }}":                             "0 1.5",
		"{{ 1 ** 10 ** 12 }} {{ (-1) ** (10 ** 12 + 1) }} {{ 0 ** 10 ** 12 }}":     "1 -1 0",
	}
	for src, want := range cases {
		got, err := render(t.Context(), src, func(string) (any, bool) { return nil, false }, testLimits)
		if err != nil || got != want {
			t.Errorf("render(%q) = %q, %v; want %q", src, got, err, want)
		}
	}
}

// TestDeadline states that a template ends with its context.
func TestDeadline(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := render(ctx, "{% for x in range(10**9) %}{% endfor %}", func(string) (any, bool) { return nil, false }, testLimits)
	e, ok := errors.AsType[*Error](err)
	if !ok || e.Kind != pyval.Limit || e.Msg != "the template takes too long" {
		t.Errorf("got %v", err)
	}
}
