package prompt_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/prompt"
)

func TestUses(t *testing.T) {
	c, err := compile(t, `{"model": "m", "template": [
		{"role": "system", "content": "{{b}} {{a}}"}, {"role": "user", "content": [{"type": "text", "text": "x\n{{a}}"}, {"type": "image_url", "image_url": {"url": "{{look(a)}}"}}]}]}`)
	if err != nil {
		t.Fatal(err)
	}
	first, text, image := []any{"template", 0, "content"}, []any{"template", 1, "content", 0, "text"}, []any{"template", 1, "content", 1, "image_url", "url"}
	at := func(template []any, line, column int) prompt.Position {
		return prompt.Position{Template: template, Line: line, Column: column}
	}
	want := []prompt.Use{
		{Name: "b", Positions: []prompt.Position{at(first, 1, 3)}},
		{Name: "a", Positions: []prompt.Position{at(first, 1, 9), at(text, 2, 3), at(image, 1, 3)}},
		{Name: "look(a)", Call: true, Positions: []prompt.Position{at(image, 1, 3)}},
	}
	if d := cmp.Diff(want, c.Uses()); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

// TestPlacesOfFaults looks at the violations of a template that cannot be read, and of one that cannot be filled.
func TestPlacesOfFaults(t *testing.T) {
	_, unread := compile(t, `{"model": "m", "template_language": "jinja", "template": [{"role": "user", "content": "a\n{% if %}"}]}`)
	c, err := compile(t, `{"model": "m", "template_language": "jinja", "template": "a\n  {{ n / 0 }}"}`)
	if err != nil {
		t.Fatal(err)
	}
	_, unfilled := c.Render(t.Context(), inputs(t, `{"n": 1}`))
	for what, test := range map[string]struct {
		err  error
		want errs.Violation
	}{
		"unread": {unread, errs.Violation{
			Loc: []any{"template", 0, "content"}, Param: "template.0.content", Message: "line 2, column 7: expected an expression, got '%}'",
			Type: "template_invalid", Line: 2, Column: 7,
		}},
		"unfilled": {unfilled, errs.Violation{Loc: []any{"template"}, Param: "template", Message: "line 2, column 6: division by zero", Type: "template_invalid", Line: 2, Column: 6}},
	} {
		if d := cmp.Diff([]errs.Violation{test.want}, errs.From(test.err).Violations); d != "" {
			t.Errorf("%s (-want +got):\n%s", what, d)
		}
	}
}
