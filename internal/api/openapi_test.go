package api_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/openloop-server/openloop/internal/json"
)

// The tests of this file hold the whole document to rules that make generated clients complete.

// ruled is what the rules are about.
type ruled struct {
	Tags  []struct{ Name, Description string }
	Paths map[string]map[string]struct {
		ID         string `json:"operationId"`
		Name       string `json:"x-name"`
		Summary    string
		Tags       []string
		Parameters []struct{ Name, Description string }
		Body       *struct {
			Required bool
			Content  map[string]struct{ Schema map[string]any }
		} `json:"requestBody"`
		Responses map[string]struct {
			Ref     string `json:"$ref"`
			Headers map[string]any
			Content map[string]struct{ Schema map[string]any }
		}
	}
	Components struct{ Schemas map[string]map[string]any }
}

func readRuled(t *testing.T) *ruled {
	t.Helper()
	_, raw := readDocument(t)
	d := new(ruled)
	if err := json.Unmarshal(raw, d); err != nil {
		t.Fatal(err)
	}
	return d
}

func TestOperationsAreDescribed(t *testing.T) {
	d := readRuled(t)
	ids, names, tags := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, tag := range d.Tags {
		if tags[tag.Name] = true; tag.Description == "" {
			t.Errorf("the tag %s has no description", tag.Name)
		}
	}
	for path, item := range d.Paths {
		for method, o := range item {
			if o.ID == "" || ids[o.ID] || o.Name == "" || names[o.Name] || o.Summary == "" || len(o.Tags) != 1 || !tags[o.Tags[0]] {
				t.Errorf("%s %s (%s, %s) needs an id and a name of its own, a summary, and one tag", method, path, o.ID, o.Name)
			}
			ids[o.ID], names[o.Name] = true, true
			for _, p := range o.Parameters {
				if p.Description == "" {
					t.Errorf("%s: the parameter %s has no description", o.ID, p.Name)
				}
			}
		}
	}
}

func TestAnswersHaveSchemas(t *testing.T) {
	for _, item := range readRuled(t).Paths {
		for _, o := range item {
			for status, r := range o.Responses {
				if r.Ref != "" {
					continue
				}
				if r.Headers["X-Request-Id"] == nil {
					t.Errorf("%s: the answer %s has no X-Request-Id", o.ID, status)
				}
				if len(r.Content) == 0 && status != "204" {
					t.Errorf("%s: the answer %s has no content", o.ID, status)
				}
				for media, c := range r.Content {
					if len(c.Schema) == 0 {
						t.Errorf("%s: the answer %s %s has no schema", o.ID, status, media)
					}
				}
			}
		}
	}
}

// A body is required if nothing can be asked for without one.
func TestBodiesAreRequired(t *testing.T) {
	d := readRuled(t)
	for _, item := range d.Paths {
		for _, o := range item {
			if o.Body == nil {
				continue
			}
			for media, c := range o.Body.Content {
				if len(c.Schema) == 0 {
					t.Errorf("%s: the body %s has no schema", o.ID, media)
				}
				if d.demands(c.Schema) && !o.Body.Required {
					t.Errorf("%s: the body is not required", o.ID)
				}
			}
		}
	}
}

// demands reports whether an empty object is not of the schema.
func (d *ruled) demands(s map[string]any) bool {
	if ref, ok := s["$ref"].(string); ok {
		s = d.Components.Schemas[strings.TrimPrefix(ref, "#/components/schemas/")]
	}
	if all, ok := s["allOf"].([]any); ok {
		return slices.ContainsFunc(all, func(one any) bool { return d.demands(one.(map[string]any)) })
	}
	if some, ok := s["anyOf"].([]any); ok {
		return !slices.ContainsFunc(some, func(one any) bool { return !d.demands(one.(map[string]any)) })
	}
	return s["required"] != nil || s["type"] == "array"
}

// A generator takes an object that says nothing of its members for one without any.
func TestObjectsSayWhatTheyHold(t *testing.T) {
	_, raw := readDocument(t)
	var doc any
	if err := json.Unmarshal(raw, &doc); err != nil {
		t.Fatal(err)
	}
	var walk func(place string, v any)
	walk = func(place string, v any) {
		switch v := v.(type) {
		case map[string]any:
			if v["type"] == "object" && v["properties"] == nil && v["additionalProperties"] == nil {
				t.Errorf("%s is an object of nothing", place)
			}
			for name, member := range v {
				walk(place+"/"+name, member)
			}
		case []any:
			for _, item := range v {
				walk(place+"/*", item)
			}
		}
	}
	walk("#", doc)
}

// The examples are requests of the schemas that they are for.
func TestExamplesAreValid(t *testing.T) {
	_, raw := readDocument(t)
	doc, err := openapi3.NewLoader().LoadFromData(raw)
	if err != nil {
		t.Fatal(err)
	}
	examples := 0
	for _, item := range doc.Paths.Map() {
		for _, o := range item.Operations() {
			if o.RequestBody == nil {
				continue
			}
			for _, c := range o.RequestBody.Value.Content {
				if c.Example == nil {
					continue
				}
				examples++
				if err := c.Schema.Value.VisitJSON(c.Example); err != nil {
					t.Errorf("%s: %v", o.OperationID, err)
				}
			}
		}
	}
	if examples < 10 {
		t.Errorf("there are %d examples", examples)
	}
}
