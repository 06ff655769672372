package mock_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/provider/mock"
)

func after(schema string) *llm.Request {
	r := ask("json", "What is it?")
	r.ResponseFormat = &llm.ResponseFormat{Type: "json_schema", JSONSchema: json.Value(`{"name": "answer", "schema": ` + schema + `}`)}
	return r
}

func TestJSONFitsTheSchema(t *testing.T) {
	for schema, want := range map[string]string{
		`{"type": "string"}`:                                   `"text"`,
		`{"type": "boolean"}`:                                  `true`,
		`{"type": "null"}`:                                     `null`,
		`{"type": "integer"}`:                                  `0`,
		`{"type": "integer", "minimum": 2.5}`:                  `3`,
		`{"type": "number", "minimum": 2.5}`:                   `2.5`,
		`{"type": "number", "minimum": -3}`:                    `0`,
		`{"type": "integer", "exclusiveMinimum": 0}`:           `1`,
		`{"type": ["integer", "null"]}`:                        `0`,
		`{"minimum": 7}`:                                       `7`,
		`{"const": null}`:                                      `null`,
		`{"const": {"a": [1]}}`:                                `{"a": [1]}`,
		`{"enum": ["b", "a"]}`:                                 `"b"`,
		`{"type": "array"}`:                                    `["text"]`,
		`{"type": "array", "items": true}`:                     `["text"]`,
		`{"type": "array", "items": false}`:                    `[]`,
		`{"items": {"type": "boolean"}, "minItems": 2}`:        `[true, true]`,
		`{"anyOf": [{"$ref": "#/none"}, {"type": "boolean"}]}`: `true`,
		`{"oneOf": [{"type": "integer"}, {"type": "string"}]}`: `0`,
		`{}`:                 `"text"`,
		`{"type": "object"}`: `{}`,
		`{"type": "object", "properties": {"zebra": {"type": "string"}, "ant": {"type": "integer"}}, "required": ["zebra", "bee"]}`: `{"zebra": "zebra", "ant": 0, "bee": "bee"}`,
		`{"properties": {"a": {"properties": {"b": {"type": "array", "items": {"type": "string"}}}}}}`:                              `{"a": {"b": ["b"]}}`,
		`{"properties": {"a": {"$ref": "#/$defs/x~1y"}, "b": {"$ref": "#/properties/a"}}, "$defs": {"x/y": {"enum": [5]}}}`:         `{"a": 5, "b": 5}`,
		`{"properties": {"a": {"anyOf": [false, {"const": 1}]}, "b": {"$ref": "#/properties/a/anyOf/1"}}}`:                          `{"a": 1, "b": 1}`,
		// What refers to itself ends as soon as it can.
		`{"$ref": "#/$defs/n", "$defs": {"n": {"type": "object", "properties": {"v": {"type": "integer"}, "next": {"$ref": "#/$defs/n"}}, "required": ["v"]}}}`:                                  `{"v": 0}`,
		`{"$ref": "#/$defs/n", "$defs": {"n": {"type": "object", "properties": {"next": {"anyOf": [{"$ref": "#/$defs/n"}, {"type": "null"}]}}, "required": ["next"]}}}`:                          `{"next": null}`,
		`{"type": "object", "properties": {"name": {"type": "string"}, "children": {"type": "array", "items": {"$ref": "#"}}}, "required": ["name", "children"], "additionalProperties": false}`: `{"name": "name", "children": [{"name": "name", "children": []}]}`,
	} {
		got, err := new(mock.Driver).Generate(t.Context(), after(schema))
		if err != nil {
			t.Errorf("%s: %v", schema, err)
			continue
		}
		if d := cmp.Diff(want, got.Message.Content.String()); d != "" {
			t.Errorf("%s (-want +got):\n%s", schema, d)
		}
		fits(t, schema, got.Message.Content.String())
	}
}

// fits fails the test if value does not fit schema.
func fits(t *testing.T, schema, value string) {
	t.Helper()
	document, err := jsonschema.UnmarshalJSON(strings.NewReader(schema))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("schema", document); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("schema")
	if err != nil {
		if !strings.Contains(schema, "#/none") {
			t.Errorf("%s: %v", schema, err)
		}
		return
	}
	instance, err := jsonschema.UnmarshalJSON(strings.NewReader(value))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Validate(instance); err != nil {
		t.Errorf("%s does not fit %s: %v", value, schema, err)
	}
}

// TestJSONRefusesSchemasWithoutInstances has schemas that only endless or very large values would fit, too.
func TestJSONRefusesSchemasWithoutInstances(t *testing.T) {
	var doubling strings.Builder
	for i := range 60 {
		fmt.Fprintf(&doubling, `"d%d": {"properties": {"a": {"$ref": "#/$defs/d%d"}, "b": {"$ref": "#/$defs/d%d"}}, "required": ["a", "b"]}, `, i, i+1, i+1)
	}
	for _, schema := range []string{
		`{"type": "text"}`, `{"type": 3}`, `{"type": "array", "minItems": "2"}`, `{"type": "array", "items": false, "minItems": 1}`, `{"properties": 1}`,
		`{"properties": {"a": false}, "required": ["a"]}`, `{"anyOf": [false]}`,
		`{"$ref": "#"}`, `{"$ref": "#/$defs/x"}`, `{"$ref": "other.json"}`, `{"$ref": "#/anyOf/1", "anyOf": [true]}`,
		`{"$ref": "#/$defs/n", "$defs": {"n": {"properties": {"next": {"$ref": "#/$defs/n"}}, "required": ["next"]}}}`,
		`{"type": "array", "minItems": 1000000000}`,
		`{"$ref": "#/$defs/d0", "$defs": {` + doubling.String() + `"d60": {}}}`,
	} {
		_, err := new(mock.Driver).Generate(t.Context(), after(schema))
		if e := errs.From(err); err == nil || e.Reason != errs.InvalidRequest || e.Param != "response_format" || e.Origin != mock.Display {
			t.Errorf("%.80s: %+v", schema, e)
		}
	}
}

func TestJSONWithoutASchemaIsAnObject(t *testing.T) {
	for said, want := range map[string]string{"What?": `{"input":"What?"}`, `{"a": 1}`: `{"a": 1}`} {
		for _, format := range []*llm.ResponseFormat{nil, {Type: "json_object"}} {
			r := ask("json", said)
			r.ResponseFormat = format
			got, err := new(mock.Driver).Generate(t.Context(), r)
			if err != nil || got.Message.Content.String() != want || got.Finish != llm.FinishStop {
				t.Errorf("%s: %+v, %v", said, got, err)
			}
		}
	}
}

func TestJSONFillsTheParametersOfAForcedTool(t *testing.T) {
	r := ask("json", "A joke?")
	r.Tools = []llm.Tool{{Name: "other"}, {Name: "joke", Parameters: json.Value(`{"type": "object", "properties": {"setup": {"type": "string"}, "stars": {"minimum": 1}}}`)}}
	r.ToolChoice = llm.ToolChoice{Mode: llm.ToolsFunction, Function: "joke"}
	got, err := new(mock.Driver).Generate(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	want := llm.Message{Role: llm.Assistant, ToolCalls: []llm.ToolCall{llm.CallOf("call_mock", "joke", `{"setup": "setup", "stars": 1}`)}}
	if d := cmp.Diff(want, got.Message); d != "" {
		t.Errorf("message (-want +got):\n%s", d)
	}
	r.Tools[1].Parameters = json.Value(`{"$ref": "#"}`)
	if _, err = new(mock.Driver).Generate(t.Context(), r); errs.From(err).Param != "tools" {
		t.Errorf("an endless schema: %v", err)
	}
}

func FuzzJSONOfAnySchema(f *testing.F) {
	f.Add(`{"type": "object", "properties": {"a": {"$ref": "#/$defs/a"}}, "$defs": {"a": {"anyOf": [{"$ref": "#"}, {"minItems": 2, "items": true}]}}}`)
	f.Fuzz(func(t *testing.T, schema string) {
		r := ask("json", "x")
		r.ResponseFormat = &llm.ResponseFormat{Type: "json_schema", JSONSchema: json.Value(schema)}
		got, err := new(mock.Driver).Generate(t.Context(), r)
		if err != nil && !errs.Is(err, errs.InvalidRequest) {
			t.Error(err)
		}
		if err == nil && !json.Valid([]byte(got.Message.Content.String())) {
			t.Errorf("it is no JSON: %q", got.Message.Content.String())
		}
	})
}
