package toolrun_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
)

// TestInputsFitTheParameters states every violation of inputs, by its member.
func TestInputsFitTheParameters(t *testing.T) {
	w := start(t)
	const trip = `{"type": "object", "required": ["city", "days"], "properties": {
		"city": {"type": "string", "minLength": 2, "pattern": "^(?!x)"}, "days": {"type": "integer", "maximum": 9}, "unit": {"enum": ["C", "F", null]},
		"who": {"type": "array", "items": {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]}},
		"at": {"anyOf": [{"type": "string"}, {"type": "null"}]}, "same": {"$ref": "#/properties/city"}, "n": {"type": ["number", "null"]}}}`
	for name, c := range map[string]struct {
		parameters string
		strict     bool
		inputs     string
		want       []string
	}{
		"good":           {trip, false, `{"city": "Rome", "days": 3, "unit": "C", "who": [{"name": "A"}], "at": null, "n": null, "more": 1}`, nil},
		"a whole number": {trip, false, `{"city": "Rome", "days": 3.0}`, nil},
		"missing":        {trip, false, ``, []string{"inputs.city: is required (missing)", "inputs.days: is required (missing)"}},
		"all at once": {trip, false, `{"city": 1, "days": "3", "unit": "K", "who": [{}, {"name": 2}], "at": 5}`, []string{
			"inputs.at: fits none of the alternatives, or too many (union)", "inputs.city: must be a string, not number (value_error)",
			"inputs.days: must be an integer, not string (value_error)", `inputs.unit: must be one of "C", "F", null (enum)`,
			"inputs.who.0.name: is required (missing)", "inputs.who.1.name: must be a string, not number (value_error)",
		}},
		"a reference": {trip, false, `{"city": "Rome", "days": 3, "same": 1, "n": "x"}`, []string{
			"inputs.n: must be null or a number, not string (value_error)", "inputs.same: must be a string, not number (value_error)"}},
		"bounds":                {trip, false, `{"city": "R", "days": 10}`, []string{"inputs.city: minLength: got 1, want 2 (value_error)", "inputs.days: maximum: got 10, want 9 (value_error)"}},
		"strict":                {trip, true, `{"city": "Rome", "days": 3, "more": 1, "who": [{"name": "A", "x": 1}]}`, []string{"inputs.more: is not known (extra_forbidden)", "inputs.who.0.x: is not known (extra_forbidden)"}},
		"closed without strict": {`{"type": "object", "properties": {}, "additionalProperties": false}`, false, `{"a": 1}`, []string{"inputs.a: is not known (extra_forbidden)"}},
		"no parameters":         {``, true, `{"a": 1}`, nil},
	} {
		t.Run(name, func(t *testing.T) {
			tool := &file.Tool{Type: file.MockTool, Function: &llm.Tool{Name: "f", Strict: c.strict, Parameters: json.Value(c.parameters)}}
			_, err := w.run(t, tool, c.inputs)
			var got []string
			if err != nil {
				for _, v := range errs.From(err).Violations {
					got = append(got, v.Param+": "+v.Message+" ("+v.Type+")")
				}
			}
			if d := cmp.Diff(c.want, got); d != "" {
				t.Errorf("%v (-want +got):\n%s", err, d)
			}
		})
	}
}

// TestASchemaReadsNothingElse refuses parameters that name another document, and those that are no schema.
func TestASchemaReadsNothingElse(t *testing.T) {
	w := start(t)
	for _, parameters := range []string{`{"$ref": "file:///etc/passwd"}`, `{"$ref": "http://127.0.0.1/schema"}`, `{"$schema": "https://example.com/draft"}`, `{"type": "text"}`} {
		_, err := w.run(t, &file.Tool{Type: file.MockTool, Function: &llm.Tool{Name: "f", Parameters: json.Value(parameters)}}, `{}`)
		const want = "The parameters of the Tool's function are not a JSON Schema that can be used, so no inputs can be checked."
		if e := errs.From(err); !errs.Is(err, errs.ValidationFailed) || e.Message != want {
			t.Errorf("%s: %v", parameters, err)
		}
	}
}
