package jinja

import (
	"errors"
	"testing"
	"time"

	"github.com/openloop-server/openloop/internal/tmpl/pyval"
)

// seed adds all golden and hostile templates.
func seed(f *testing.F) {
	for _, c := range readGoldens(f).Cases {
		f.Add(c.Template)
	}
	for _, src := range hostile {
		if len(src) < 1000 {
			f.Add(src)
		}
	}
}

// FuzzParse states that parsing never panics, is quick, and fails only with an Error that has a place.
func FuzzParse(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, src string) {
		start := time.Now()
		tm, err := Parse(src)
		if took := time.Since(start); took > 20*time.Second {
			t.Fatalf("took %v", took)
		}
		if err != nil {
			e, ok := errors.AsType[*Error](err)
			if !ok || e.Msg == "" || e.Line < 1 && e.Kind != pyval.Limit {
				t.Fatalf("error %#v", err)
			}
			return
		}
		read := map[string]bool{}
		for _, id := range tm.Variables() {
			if read[id] {
				t.Fatalf("variable %q twice", id)
			}
			read[id] = true
		}
		for _, id := range tm.Required() {
			if !read[id] {
				t.Fatalf("required %q is no variable", id)
			}
		}
	})
}

// FuzzRender states that rendering never panics, stays within its limits, and gives the same result each time.
func FuzzRender(f *testing.F) {
	seed(f)
	lookup := lookupIn(f, readGoldens(f).Inputs)
	limits := Limits{Output: 1 << 16, Steps: 50_000, Memory: 1 << 22, Depth: 20}
	f.Fuzz(func(t *testing.T, src string) {
		tm, err := Parse(src)
		if err != nil {
			return
		}
		start := time.Now()
		out, err := tm.Render(t.Context(), lookup, limits)
		if took := time.Since(start); took > 20*time.Second {
			t.Fatalf("took %v", took)
		}
		if len(out) > limits.Output {
			t.Fatalf("%d bytes of output", len(out))
		}
		if _, ok := errors.AsType[*Error](err); err != nil && !ok {
			t.Fatalf("error is a %T", err)
		}
		again, err2 := tm.Render(t.Context(), lookup, limits)
		if out != again || (err == nil) != (err2 == nil) {
			t.Fatalf("rendered %q, %v and then %q, %v", out, err, again, err2)
		}
	})
}
