package jinja

import (
	"context"
	"errors"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/tmpl/pyval"
)

// testLimits are generous.
var testLimits = Limits{Output: 1 << 20, Steps: 1 << 20, Memory: 1 << 25, Depth: 100}

// goldens is the format that testdata/gen.py writes.
type goldens struct {
	Inputs json.Value `json:"inputs"`
	Cases  []golden   `json:"cases"`
}

type golden struct {
	Template string     `json:"template"`
	Inputs   json.Value `json:"inputs"`
	Output   string     `json:"output"`
	Error    string     `json:"error"` // "syntax", "undefined" or "error"; "" for none
}

func readGoldens(t testing.TB) goldens {
	t.Helper()
	raw, err := os.ReadFile("testdata/goldens.json")
	if err != nil {
		t.Fatal(err)
	}
	var g goldens
	if err := json.Unmarshal(raw, &g); err != nil {
		t.Fatal(err)
	}
	return g
}

// lookupIn returns a lookup of the members of a JSON object.
func lookupIn(t testing.TB, raw json.Value) func(string) (any, bool) {
	t.Helper()
	v, err := pyval.DecodeJSON(raw)
	if err != nil {
		t.Fatal(err)
	}
	members := map[string]any{}
	for _, m := range v.(pyval.OrderedObject) {
		members[m.Name] = m.Value
	}
	return func(name string) (any, bool) {
		v, ok := members[name]
		return v, ok
	}
}

func render(ctx context.Context, src string, lookup func(string) (any, bool), lim Limits) (string, error) {
	t, err := Parse(src)
	if err != nil {
		return "", err
	}
	return t.Render(ctx, lookup, lim)
}

// sort returns the sort of failure in the words of the goldens.
func sort(err error) string {
	if err == nil {
		return ""
	}
	e, ok := errors.AsType[*Error](err)
	switch {
	case !ok:
		return "not an Error"
	case e.Kind == pyval.Undefined:
		return "undefined"
	}
	return "error"
}

// TestGoldens compares each rendering with that of Jinja2 itself for the same template and inputs.
func TestGoldens(t *testing.T) {
	g := readGoldens(t)
	all := lookupIn(t, g.Inputs)
	for _, c := range g.Cases {
		lookup := all
		if len(c.Inputs) > 0 {
			lookup = lookupIn(t, c.Inputs)
		}
		tm, err := Parse(c.Template)
		if syntax := c.Error == "syntax"; (err != nil) != syntax {
			t.Errorf("Parse(%q) = %v, Jinja2 says %q", c.Template, err, c.Error)
			continue
		}
		if err != nil {
			continue
		}
		got, err := tm.Render(t.Context(), lookup, testLimits)
		if sort(err) != c.Error {
			t.Errorf("Render(%q) = %q, %v; Jinja2 says %q", c.Template, got, err, c.Error)
			continue
		}
		if d := cmp.Diff(c.Output, got); d != "" {
			t.Errorf("Render(%q) (-Jinja2 +got):\n%s", c.Template, d)
		}
	}
}
