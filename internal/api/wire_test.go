package api_test

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/openloop-server/openloop/internal/json"
)

// unserved says why a member that the contract has is not in our schemas. Its keys are "Schema.member", or "*.member" for all schemas.
func unserved() map[string]string {
	return map[string]string{}
}

// unservedOperations are those of the contract that are not served, and why. A group ends with a point.
func unservedOperations() map[string]string {
	return map[string]string{}
}

// uncompared are the schemas of the contract that no served operation reads or writes as they are, and why.
func uncompared() map[string]string {
	const errors = "failures are described by our own contract, which says more"
	return map[string]string{
		"HttpValidationError": errors, "ValidationError": errors,
		"ProviderApiKeys": "we take a map of any provider",
	}
}

// document is our OpenAPI document.
type document struct {
	Paths      map[string]map[string]described `json:"paths"`
	Components struct {
		Schemas map[string]jsonSchema `json:"schemas"`
	} `json:"components"`
}

type described struct {
	ID         string `json:"operationId"`
	Parameters []struct {
		Name     string     `json:"name"`
		In       string     `json:"in"`
		Required bool       `json:"required"`
		Schema   jsonSchema `json:"schema"`
	} `json:"parameters"`
	RequestBody struct {
		Content media `json:"content"`
	} `json:"requestBody"`
	Responses map[string]struct {
		Content media `json:"content"`
	} `json:"responses"`
}

type media map[string]struct {
	Schema jsonSchema `json:"schema"`
}

type jsonSchema struct {
	Ref        string                `json:"$ref"`
	Types      json.Value            `json:"type"`
	Format     string                `json:"format"`
	Enum       []string              `json:"enum"`
	Items      *jsonSchema           `json:"items"`
	AnyOf      []jsonSchema          `json:"anyOf"`
	OneOf      []jsonSchema          `json:"oneOf"`
	Properties map[string]jsonSchema `json:"properties"`
	Required   []string              `json:"required"`
}

// kind is the type of s beside null.
func (s *jsonSchema) kind() string {
	for _, kind := range []string{"array", "object", "string", "boolean", "integer", "number"} {
		if strings.Contains(string(s.Types), `"`+kind+`"`) {
			return kind
		}
	}
	return ""
}

func readDocument(t *testing.T) (*document, []byte) {
	t.Helper()
	raw := []byte(start(t, nil).call(t, http.MethodGet, "/openapi.json", "").body)
	d := new(document)
	if err := json.Unmarshal(raw, d); err != nil {
		t.Fatal(err)
	}
	return d, raw
}

// TestOurSchemasHoldTheContract compares each served operation of the contract with our OpenAPI document, which is made of the types
// that decode and encode: parameters, members of the body, members of the answer, and their types.
func TestOurSchemasHoldTheContract(t *testing.T) {
	c, s := readContract(t), start(t, nil)
	doc, _ := readDocument(t)
	w := &comparison{contract: c, doc: doc, unserved: unserved(), used: map[string]bool{}}
	served := c.served(s.web.Routes())
	var ids, missing []string
	for i := range served {
		ids = append(ids, served[i].ID)
		w.operation(t, &served[i])
	}
	excused := unservedOperations()
	for _, o := range c.Operations {
		group, _, _ := strings.Cut(o.ID, ".")
		if !slices.Contains(ids, o.ID) && excused[o.ID] == "" && excused[group+"."] == "" {
			missing = append(missing, o.ID)
		}
	}
	if len(missing) > 0 {
		t.Errorf("not served: %q", missing)
	}
	for id := range excused {
		if slices.ContainsFunc(ids, func(served string) bool {
			return served == id || strings.HasSuffix(id, ".") && strings.HasPrefix(served, id)
		}) {
			t.Errorf("%s is excused and served", id)
		}
	}
	for key := range w.unserved {
		if !w.used[key] {
			t.Errorf("%s is excused and needs no excuse", key)
		}
	}
	w.schemas(t)
}

// schemas checks that no schema of the contract was left out. Fault D5: every member of every schema is declared.
func (w *comparison) schemas(t *testing.T) {
	t.Helper()
	excused := uncompared()
	for name, s := range w.contract.Schemas {
		compared, why := w.used["seen "+name] || s.Union != "", excused[name]
		switch {
		case !compared && why == "":
			t.Errorf("the schema %s was not compared", name)
		case compared && why != "":
			t.Errorf("the schema %s is excused and was compared", name)
		}
	}
}

type comparison struct {
	contract *contract
	doc      *document
	unserved map[string]string
	used     map[string]bool
}

func (w *comparison) operation(t *testing.T, o *operation) {
	t.Helper()
	ours := w.doc.Paths["/v5"+o.Path][strings.ToLower(o.Method)]
	for _, q := range o.Query {
		at := o.ID + "?" + q.Name
		found := false
		for _, p := range ours.Parameters {
			if p.Name == q.Name && p.In == "query" {
				found = true
				w.compare(t, at, q.Type, p.Schema)
				if p.Required != q.Required {
					t.Errorf("%s: required is %v, in the contract %v", at, p.Required, q.Required)
				}
			}
		}
		if !found {
			t.Errorf("%s is not known", at)
		}
	}
	if o.Body != nil {
		body := ours.RequestBody.Content[cmp.Or(o.Body.ContentType, "application/json")].Schema
		if o.Body.Schema != "" {
			w.compare(t, o.ID, o.Body.Schema, body)
		}
		w.members(t, o.ID, o.Body.Fields, body, true)
	}
	for status, typ := range o.Responses {
		if status[0] != '2' || typ == "" {
			continue
		}
		kind := "application/json"
		switch {
		case o.Stream:
			kind = "text/event-stream"
		case typ == "string": // a text as it is
			kind = "text/plain"
		}
		answer, ok := ours.Responses[status].Content[kind]
		if !ok {
			t.Errorf("%s: there is no answer %s %s", o.ID, status, kind)
		}
		if typ == "string" {
			continue
		}
		w.compare(t, o.ID, typ, answer.Schema)
	}
}

// compare holds our schema to a type of the contract.
func (w *comparison) compare(t *testing.T, at, typ string, ours jsonSchema) {
	t.Helper()
	if !w.takes(t, at, typ, ours) {
		t.Errorf("%s: the contract has %s, we have %+v", at, typ, ours)
	}
}

// takes reports whether our schema is one for the contract's type.
func (w *comparison) takes(t *testing.T, at, typ string, ours jsonSchema) bool {
	t.Helper()
	if name := strings.TrimPrefix(ours.Ref, "#/components/schemas/"); ours.Ref != "" {
		ours = w.doc.Components.Schemas[name]
	}
	if alternatives := splitUnion(typ); len(alternatives) > 1 {
		return w.union(t, at, alternatives, ours)
	}
	for _, alternative := range slices.Concat(ours.AnyOf, ours.OneOf) {
		name := strings.TrimPrefix(alternative.Ref, "#/components/schemas/")
		if _, other := w.contract.Schemas[name]; other && name != typ {
			continue // the contract has it under this name
		}
		if w.takes(t, at, typ, alternative) {
			return true
		}
	}
	if item, ok := inner(typ, "array<"); ok {
		return ours.kind() == "array" && ours.Items != nil && w.takes(t, at+"[]", item, *ours.Items)
	}
	return w.single(t, at, typ, ours)
}

// single is takes for a type that is neither a union nor a list.
func (w *comparison) single(t *testing.T, at, typ string, ours jsonSchema) bool {
	t.Helper()
	if strings.HasPrefix(typ, "map<") {
		return ours.kind() == "object"
	}
	if strings.HasPrefix(typ, `"`) {
		return slices.Contains(ours.Enum, strings.Trim(typ, `"`))
	}
	if enum, ok := w.contract.Enums[typ]; ok {
		return ours.kind() == "string" && (ours.Enum == nil || !slices.ContainsFunc(enum, func(s string) bool { return !slices.Contains(ours.Enum, s) }))
	}
	switch typ {
	case "any":
		return true
	case "file":
		return ours.kind() == "string" && ours.Format == "binary"
	case "datetime":
		return ours.kind() == "string" && ours.Format == "date-time"
	case "string", "boolean", "integer", "number":
		return ours.kind() == typ
	}
	return w.named(t, at, typ, ours)
}

// union reports whether all of the alternatives are taken.
func (w *comparison) union(t *testing.T, at string, alternatives []string, ours jsonSchema) bool {
	t.Helper()
	if ours.kind() == "array" { // a parameter that may be repeated
		return w.takes(t, at, alternatives[len(alternatives)-1], ours)
	}
	for _, a := range alternatives {
		if !w.takes(t, at, a, ours) {
			return false
		}
	}
	return true
}

func (w *comparison) named(t *testing.T, at, typ string, ours jsonSchema) bool {
	t.Helper()
	s := w.contract.Schemas[typ]
	if typ == "AgentCallStreamResponsePayload" || typ == "AgentContinueCallStreamResponsePayload" {
		s.Union = strings.Replace(s.Union, "|LogResponse", "", 1) // our events have their Logs in a member of its own
	}
	if s.Union != "" {
		return w.takes(t, at, s.Union, ours)
	}
	if ours.kind() != "object" {
		return false
	}
	switch typ {
	case "ProviderApiKeys": // a map by provider
		return true
	}
	for _, f := range s.Fields { // one of a union, told apart by a constant
		if enum := ours.Properties[f.Name].Enum; enum != nil && json.Kind(f.Const) == '"' && !slices.Contains(enum, strings.Trim(string(f.Const), `"`)) {
			return false
		}
	}
	if w.used["seen "+typ] {
		return true
	}
	w.used["seen "+typ] = true
	w.members(t, typ, s.Fields, ours, false)
	return true
}

// members holds our object to the fields of the contract. In an answer a field that clients need must always be there.
func (w *comparison) members(t *testing.T, at string, fields []field, ours jsonSchema, request bool) {
	t.Helper()
	if name := strings.TrimPrefix(ours.Ref, "#/components/schemas/"); ours.Ref != "" {
		ours = w.doc.Components.Schemas[name]
	}
	for _, f := range fields {
		key := at + "." + f.Name
		member, ok := ours.Properties[f.Name]
		switch {
		case !ok && w.excused(key, f.Name):
			continue
		case !ok:
			t.Errorf("%s is not known", key)
			continue
		}
		w.compare(t, key, f.Type, member)
		required := slices.Contains(ours.Required, f.Name)
		if !request && f.Required && !required && !w.shared(at) {
			t.Errorf("%s may be absent from our answers", key)
		}
		if request && required && !f.Required {
			t.Errorf("%s is required, and in the contract it is not", key)
		}
	}
}

func (w *comparison) excused(key, name string) bool {
	for _, key := range []string{key, "*." + name} {
		if w.unserved[key] != "" {
			w.used[key] = true
			return true
		}
	}
	return false
}

// shared reports whether a schema is of requests too, where less is required.
func (w *comparison) shared(name string) bool {
	return slices.Contains([]string{"ChatMessage", "ToolCall", "FunctionTool", "ToolChoice", "FunctionToolChoice", "TextChatContent", "ImageChatContent", "ImageUrl", "ToolFunction", "ResponseFormat", "PromptKernelRequest", "FlowKernelRequest", "AgentInlineTool", "AgentLinkedFileRequest", "AgentLinkedFileResponse", "MonitoringEvaluatorVersionRequest", "MonitoringEvaluatorEnvironmentRequest", "LinkedFileRequest", "EvaluatorVersionId", "EvaluatorFileId", "EvaluatorFilePath", "VersionId", "FileId", "FilePath", "AnthropicThinkingContent", "AnthropicRedactedThinkingContent"}, name)
}

// TestTheOpenAPIDocumentIsSane reads it with a library that knows the rules, and checks that all references lead somewhere.
func TestTheOpenAPIDocumentIsSane(t *testing.T) {
	_, raw := readDocument(t)
	loader := openapi3.NewLoader()
	doc, err := loader.LoadFromData(raw)
	if err != nil {
		t.Fatal(err)
	}
	if err := doc.Validate(t.Context()); err != nil {
		t.Error(err)
	}
	ids := map[string]bool{}
	for path, item := range doc.Paths.Map() {
		for method, o := range item.Operations() {
			if ids[o.OperationID] || o.OperationID == "" || o.Summary == "" || len(o.Tags) != 1 {
				t.Errorf("%s %s is not described well: %+v", method, path, o)
			}
			ids[o.OperationID] = true
		}
	}
	if doc.OpenAPI != "3.1.0" || doc.Info.Title != "Openloop" || doc.Info.Version != "test" || len(ids) < 24 {
		t.Errorf("%s %+v has %d operations", doc.OpenAPI, doc.Info, len(ids))
	}
}
