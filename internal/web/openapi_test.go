package web_test

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/web"
	"github.com/openloop-server/openloop/internal/web/openapi"
)

var testInfo = openapi.Info{Title: "Things & co", Version: "1.2.3", Description: "All about <things>.", Tags: map[string]string{"Notes": "What to remember."}}

func document(t *testing.T) []byte {
	t.Helper()
	doc, err := newHarness(t).OpenAPI(testInfo)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func TestOpenAPIIsValid(t *testing.T) {
	doc, err := openapi3.NewLoader().LoadFromData(document(t))
	if err != nil {
		t.Fatal(err)
	}
	if err := doc.Validate(t.Context(), openapi3.EnableExamplesValidation()); err != nil {
		t.Error(err)
	}
}

func TestOpenAPIIsDeterministic(t *testing.T) {
	first := document(t)
	for range 20 {
		if d := cmp.Diff(string(first), string(document(t))); d != "" {
			t.Fatalf("documents differ:\n%s", d)
		}
	}
}

// Every reference leads somewhere, and every component is referred to.
func TestOpenAPIReferences(t *testing.T) {
	doc := document(t)
	var whole struct {
		Components map[string]map[string]json.Value `json:"components"`
	}
	if err := json.Unmarshal(doc, &whole); err != nil {
		t.Fatal(err)
	}
	var have, used []string
	for _, kind := range []string{"schemas", "responses", "headers"} {
		for name := range whole.Components[kind] {
			have = append(have, "#/components/"+kind+"/"+name)
		}
	}
	for _, m := range regexp.MustCompile(`"(#/[^"]+)"`).FindAllStringSubmatch(string(doc), -1) {
		used = append(used, m[1])
	}
	slices.Sort(have)
	slices.Sort(used)
	if d := cmp.Diff(have, slices.Compact(used)); d != "" {
		t.Errorf("components (-there +referred to):\n%s", d)
	}
}

func TestOpenAPIOfAnOperation(t *testing.T) {
	var doc struct {
		Paths map[string]map[string]json.Value `json:"paths"`
	}
	if err := json.Unmarshal(document(t), &doc); err != nil {
		t.Fatal(err)
	}
	want := `{
  "operationId": "prompts.list",
  "x-name": "prompts.list",
  "summary": "List Prompts",
  "tags": ["Prompts"],
  "x-role": "member",
  "parameters": [
    {"name": "file_id", "in": "query", "required": true, "schema": {"type": "string"}},
    {"name": "page", "in": "query", "schema": {"type": "integer", "minimum": 1, "default": 1}},
    {"name": "size", "in": "query", "schema": {"type": "integer", "minimum": 0, "default": 10}},
    {"name": "id", "in": "query", "schema": {"type": "array", "items": {"type": "string"}}},
    {"name": "in_trace_filter", "in": "query", "schema": {"type": "array", "items": {"type": "boolean"}}},
    {"name": "start_date", "in": "query", "schema": {"anyOf": [{"type": "string", "format": "date-time"}, {"type": "string", "format": "date"}]}},
    {"name": "sort_by", "in": "query", "schema": {"type": "string", "enum": ["created_at", "name"], "default": "created_at"}},
    {"name": "sample", "in": "query", "schema": {"type": "integer"}},
    {"name": "search", "in": "query", "schema": {"type": "string"}},
    {"name": "ratio", "in": "query", "schema": {"type": "number", "maximum": 1}},
    {"name": "include_parent", "in": "query", "schema": {"type": "boolean"}},
    {"name": "X-Trace", "in": "header", "schema": {"type": "string"}}
  ],
  "responses": {
    "200": {"description": "OK", "headers": {"X-Request-Id": {"$ref": "#/components/headers/X-Request-Id"}}, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/PageFile"}}}},
    "400": {"$ref": "#/components/responses/BadRequest"},
    "401": {"$ref": "#/components/responses/Unauthorized"},
    "404": {"$ref": "#/components/responses/NotFound"},
    "409": {"$ref": "#/components/responses/Conflict"},
    "422": {"$ref": "#/components/responses/UnprocessableEntity"},
    "429": {"$ref": "#/components/responses/TooManyRequests"},
    "500": {"$ref": "#/components/responses/InternalServerError"},
    "503": {"$ref": "#/components/responses/ServiceUnavailable"}
  }
}`
	if d := cmp.Diff(canonical(t, want), canonical(t, string(doc.Paths["/v5/prompts"]["get"]))); d != "" {
		t.Errorf("operation (-want +got):\n%s", d)
	}
}

type pair struct {
	A string `json:"a" required:"true"`
	B string `json:"b"`
	C *int   `json:"c"`
}

type holder struct {
	Pair  pair    `json:"pair" required:"true" doc:"Two of them."`
	Pairs []*pair `json:"pairs,omitempty" maxlen:"3"`
	Same  same    `json:"same,omitzero"`
}

type same struct {
	Next   *same              `json:"next,omitzero"`
	Raw    json.Value         `json:"raw,omitzero" object:"true"`
	Any    map[string]float64 `json:"any,omitempty"`
	Unset  json.Opt[string]   `json:"unset,omitzero"`
	Opaque []byte             `json:"opaque,omitempty"`
	Kind   string             `json:"kind,omitempty" enum:"x,y"`
	Rest   json.Value         `json:",embed"`
}

// A type whose required members differ between requests and answers is described twice, and so is what holds it.
func TestOpenAPIOfTypesUsedOnBothSides(t *testing.T) {
	s, err := web.New([]web.Route{{Method: "POST", Path: "/a", ID: "a", Op: web.JSON(func(context.Context, *struct {
		Body holder `body:"json"`
	}) (*holder, error) {
		return nil, nil
	})}}, web.Options{})
	if err != nil {
		t.Fatal(err)
	}
	raw, err := s.OpenAPI(testInfo)
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Components struct {
			Schemas map[string]json.Value `json:"schemas"`
		} `json:"components"`
	}
	if err := json.Unmarshal(raw, &doc); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"Pair": `{"type": "object", "required": ["a", "b", "c"], "properties": {"a": {"type": "string"}, "b": {"type": "string"},
			"c": {"anyOf": [{"type": "integer"}, {"type": "null"}]}}}`,
		"PairInput": `{"type": "object", "required": ["a"], "properties": {"a": {"type": "string"}, "b": {"type": "string"}, "c": {"type": "integer"}}}`,
		"Holder": `{"type": "object", "required": ["pair"], "properties": {
			"pair": {"$ref": "#/components/schemas/Pair", "description": "Two of them."},
			"pairs": {"type": "array", "maxItems": 3, "items": {"$ref": "#/components/schemas/Pair"}}, "same": {"$ref": "#/components/schemas/Same"}}}`,
		"HolderInput": `{"type": "object", "required": ["pair"], "properties": {
			"pair": {"$ref": "#/components/schemas/PairInput", "description": "Two of them."},
			"pairs": {"type": "array", "maxItems": 3, "items": {"$ref": "#/components/schemas/PairInput"}}, "same": {"$ref": "#/components/schemas/Same"}}}`,
		"Same": `{"type": "object", "additionalProperties": true, "properties": {"next": {"$ref": "#/components/schemas/Same"}, "raw": {"type": "object", "additionalProperties": true},
			"any": {"type": "object", "additionalProperties": {"type": "number"}}, "unset": {"type": ["string", "null"]},
			"opaque": {"type": "string", "format": "byte"}, "kind": {"type": "string", "enum": ["x", "y"]}}}`,
	} {
		if d := cmp.Diff(canonical(t, want), canonical(t, string(doc.Components.Schemas[name]))); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
	}
	if got := doc.Components.Schemas["SameInput"]; got != nil {
		t.Errorf("SameInput is the same as Same: %s", got)
	}
}

func canonical(t *testing.T, text string) string {
	t.Helper()
	out, err := json.Canonical(json.Value(text))
	if err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	if err := out.Indent(); err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func TestReference(t *testing.T) {
	handler, err := newHarness(t).Reference(testInfo)
	if err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), "GET", "/docs", nil))
	page := w.Body.String()
	for _, want := range []string{
		"<title>Things &amp; co · API reference</title>", "All about &lt;things&gt;.", "What to remember.", `id="prompts.call"`,
		`<a href="#type-CallBody">CallBody</a>`, `id="type-CallBody"`, "one of chat, complete", "default created_at", `href="/docs/errors/rate_limited"`,
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	for _, unwanted := range []string{"/ui/", "http://", "https://", "ZgotmplZ"} {
		if strings.Contains(page, unwanted) {
			t.Errorf("the page holds %s", unwanted)
		}
	}
	_, script, _ := strings.Cut(page, "<script>")
	script, _, _ = strings.Cut(script, "</script>")
	sum := sha256.Sum256([]byte(script))
	if policy := w.Header().Get("Content-Security-Policy"); !strings.Contains(policy, base64.StdEncoding.EncodeToString(sum[:])) {
		t.Errorf("the policy %s forbids the script of the page", policy)
	}
	if w.Code != http.StatusOK || w.Header().Get("Content-Type") != "text/html; charset=utf-8" {
		t.Errorf("%d %v", w.Code, w.Header())
	}
}

// Every link within the page has its target.
func TestReferenceLinks(t *testing.T) {
	handler, err := newHarness(t).Reference(testInfo)
	if err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), "GET", "/docs", nil))
	for _, m := range regexp.MustCompile(`href="#([^"]+)"`).FindAllStringSubmatch(w.Body.String(), -1) {
		if !strings.Contains(w.Body.String(), `id="`+m[1]+`"`) {
			t.Errorf("there is no %s", m[1])
		}
	}
}
