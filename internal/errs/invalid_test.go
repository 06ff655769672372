package errs_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/errs"
)

func TestWithinPutsAPlaceInFront(t *testing.T) {
	single := errs.Invalid("is no color", "color")
	many := &errs.Error{Reason: errs.MissingInputs, Message: "m", Violations: []errs.Violation{
		{Loc: []any{"a"}, Param: "a", Message: "m"}, {Loc: []any{"b"}, Param: "b", Message: "m"},
	}}
	for name, c := range map[string]struct {
		err   error
		place []any
		want  *errs.Error
	}{
		"a member": {single, []any{"shapes", 2}, &errs.Error{
			Reason: errs.ValidationFailed, Message: "is no color", Param: "shapes.2.color",
			Violations: []errs.Violation{{Loc: []any{"shapes", 2, "color"}, Param: "shapes.2.color", Message: "is no color", Type: "value_error"}},
		}},
		"the value itself": {errs.Invalid("is empty"), []any{"shapes"}, &errs.Error{
			Reason: errs.ValidationFailed, Message: "is empty", Param: "shapes",
			Violations: []errs.Violation{{Loc: []any{"shapes"}, Param: "shapes", Message: "is empty", Type: "value_error"}},
		}},
		"no single member": {many, []any{"inputs"}, &errs.Error{Reason: errs.MissingInputs, Message: "m", Violations: []errs.Violation{
			{Loc: []any{"inputs", "a"}, Param: "inputs.a", Message: "m"}, {Loc: []any{"inputs", "b"}, Param: "inputs.b", Message: "m"},
		}}},
		"what does not exist":    {errs.New(errs.ToolNotFound, "m"), []any{"tools", 0}, &errs.Error{Reason: errs.ToolNotFound, Message: "m", Param: "tools.0"}},
		"a parameter":            {errs.New(errs.VersionNotFound, "m").At("version_id"), []any{"dataset"}, &errs.Error{Reason: errs.VersionNotFound, Message: "m", Param: "dataset.version_id"}},
		"no fault of a caller's": {errs.New(errs.Internal, "m"), []any{"tools"}, errs.New(errs.Internal, "m")},
		"no place":               {single, nil, single},
	} {
		got := errs.From(errs.Within(c.err, c.place...))
		if d := cmp.Diff(c.want, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
	}
	if errs.Within(nil, "a") != nil {
		t.Error("nil is an error")
	}
	if single.Param != "color" || single.Violations[0].Param != "color" {
		t.Errorf("the error itself was changed: %+v", single)
	}
}
