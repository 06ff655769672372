package api_test

import (
	"fmt"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/web"
)

// contract is what the official SDKs send and read, as testdata/humanloop-v5.json records it.
type contract struct {
	Operations []operation         `json:"operations"`
	Schemas    map[string]schema   `json:"schemas"`
	Enums      map[string][]string `json:"enums"`
}

type operation struct {
	ID        string            `json:"id"`
	Method    string            `json:"method"`
	Path      string            `json:"path"`
	Query     []field           `json:"query"`
	Responses map[string]string `json:"responses"`
	Stream    bool              `json:"stream"`
	Body      *struct {
		ContentType string  `json:"content_type"`
		Fields      []field `json:"fields"`
		Schema      string  `json:"schema"`
	} `json:"body"`
}

type schema struct {
	Fields []field `json:"fields"`
	Union  string  `json:"union"`
}

type field struct {
	Name     string     `json:"name"`
	Type     string     `json:"type"`
	Required bool       `json:"required"`
	Nullable bool       `json:"nullable"`
	Const    json.Value `json:"const"`
}

func readContract(t *testing.T) *contract {
	t.Helper()
	raw, err := os.ReadFile("testdata/humanloop-v5.json")
	if err != nil {
		t.Fatal(err)
	}
	c := new(contract)
	if err := json.Unmarshal(raw, c); err != nil {
		t.Fatal(err)
	}
	return c
}

// served are the operations of the contract that routes has. The contract lists a streamed call apart, under the same path.
func (c *contract) served(routes []web.Route) []operation {
	var out []operation
	for _, o := range c.Operations {
		has := func(r web.Route) bool { return r.Method == o.Method && r.Path == "/v5"+o.Path }
		if slices.ContainsFunc(routes, has) {
			out = append(out, o)
		}
	}
	return out
}

// operation is the one that a request is of, nil for a route of our own.
func (c *contract) operation(method, path string, streamed bool) *operation {
	path, _, _ = strings.Cut(path, "?")
	for i := range c.Operations {
		o := &c.Operations[i]
		pattern := regexp.MustCompile(`\{[a-z_]+\}`).ReplaceAllString("/v5"+o.Path, `[^/]+`)
		if o.Method == method && o.Stream == streamed && regexp.MustCompile("^"+pattern+"$").MatchString(path) {
			return o
		}
	}
	return nil
}

// checkAnswer holds an answer to the contract: the schema of a success, the error contract otherwise.
func (c *contract) checkAnswer(t *testing.T, s *server, method, path string, a *answer) {
	t.Helper()
	if a.status >= http.StatusBadRequest {
		checkFailure(t, a)
		return
	}
	streamed := a.header.Get("Content-Type") == "text/event-stream"
	o := c.operation(method, path, streamed)
	if o == nil {
		return
	}
	want, ok := o.Responses[fmt.Sprint(a.status)]
	switch {
	case !ok:
		t.Errorf("%s %s: the contract has no status %d", method, path, a.status)
	case want == "" && a.body != "":
		t.Errorf("%s %s: the answer must be empty, it is %s", method, path, a.body)
	case want == "":
	case want == "string": // a text as it is
		if got := a.header.Get("Content-Type"); got != "text/plain; charset=utf-8" {
			t.Errorf("%s %s: Content-Type is %q", method, path, got)
		}
	case streamed:
		for _, data := range events(a) {
			c.checkJSON(t, o.ID, want, data)
		}
	default:
		c.checkJSON(t, o.ID, want, a.body)
	}
}

func (c *contract) checkJSON(t *testing.T, place, want, text string) {
	t.Helper()
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Errorf("%s: %v in %s", place, err, text)
		return
	}
	if problem := c.check(want, v, place); problem != "" {
		t.Error(problem)
	}
}

// events are the data of a stream's events.
func events(a *answer) []string {
	var out []string
	for line := range strings.SplitSeq(a.body, "\n") {
		if data, ok := strings.CutPrefix(line, "data: "); ok {
			out = append(out, data)
		}
	}
	return out
}

// check says what of v is not of the contract's type, "" when nothing is. place names v.
func (c *contract) check(typ string, v any, place string) string {
	if alternatives := splitUnion(typ); len(alternatives) > 1 {
		for _, alternative := range alternatives {
			if c.check(alternative, v, place) == "" {
				return ""
			}
		}
		return fmt.Sprintf("%s is none of %s: %v", place, typ, v)
	}
	wrong := func(ok bool) string {
		if ok {
			return ""
		}
		return fmt.Sprintf("%s is no %s: %v", place, typ, v)
	}
	if item, ok := inner(typ, "array<"); ok {
		return c.checkList(item, v, place)
	}
	if _, ok := inner(typ, "map<"); ok {
		_, object := v.(map[string]any)
		return wrong(object)
	}
	text, isText := v.(string)
	number, isNumber := v.(float64)
	switch typ {
	case "any":
		return ""
	case "string":
		return wrong(isText)
	case "datetime":
		_, err := time.Parse(time.RFC3339, text)
		return wrong(isText && err == nil)
	case "boolean":
		_, ok := v.(bool)
		return wrong(ok)
	case "number":
		return wrong(isNumber)
	case "integer":
		return wrong(isNumber && number == float64(int64(number)))
	}
	if strings.HasPrefix(typ, `"`) {
		return wrong(strings.Trim(typ, `"`) == text)
	}
	if enum, ok := c.Enums[typ]; ok {
		return wrong(slices.Contains(enum, text))
	}
	return c.checkNamed(typ, v, place)
}

func (c *contract) checkList(item string, v any, place string) string {
	list, ok := v.([]any)
	if !ok {
		return fmt.Sprintf("%s is no list: %v", place, v)
	}
	for i := range list {
		if problem := c.check(item, list[i], fmt.Sprintf("%s[%d]", place, i)); problem != "" {
			return problem
		}
	}
	return ""
}

func (c *contract) checkNamed(typ string, v any, place string) string {
	s, ok := c.Schemas[typ]
	if !ok {
		return fmt.Sprintf("%s: the contract does not define %s", place, typ)
	}
	if s.Union != "" {
		return c.check(s.Union, v, place)
	}
	members, ok := v.(map[string]any)
	if !ok {
		return fmt.Sprintf("%s is no object of %s: %v", place, typ, v)
	}
	for _, f := range s.Fields {
		at := place + "." + f.Name
		member, there := members[f.Name]
		switch {
		case f.Required && (!there || member == nil):
			return at + " is missing"
		case !there, member == nil && f.Nullable:
			continue
		}
		if problem := c.check(f.Type, member, at); problem != "" {
			return problem
		}
	}
	return ""
}

func inner(typ, prefix string) (string, bool) {
	rest, ok := strings.CutPrefix(typ, prefix)
	if !ok || !strings.HasSuffix(rest, ">") {
		return "", false
	}
	return strings.TrimSuffix(rest, ">"), true
}

// splitUnion splits "a|array<b|c>" at the bars outside of brackets.
func splitUnion(typ string) []string {
	var out []string
	depth, from := 0, 0
	for i, r := range typ {
		switch r {
		case '<':
			depth++
		case '>':
			depth--
		case '|':
			if depth == 0 {
				out, from = append(out, typ[from:i]), i+1
			}
		}
	}
	return append(out, typ[from:])
}

// TestTheCheckerFindsFaults keeps the tests of answers from passing for nothing.
func TestTheCheckerFindsFaults(t *testing.T) {
	c := readContract(t)
	for typ, v := range map[string]any{
		"string": 1.0, "integer": 1.5, "datetime": "yesterday", "array<string>": []any{1.0}, "map<string,any>": []any{},
		"ChatRole": "robot", "CreatePromptLogResponse": map[string]any{"id": "a", "prompt_id": "b", "version_id": nil},
		"PromptResponseStop": 1.0, `"none"|"auto"`: "some", "boolean": "true", "number": "1", "NoSuchType": 1.0,
	} {
		if c.check(typ, v, "it") == "" {
			t.Errorf("%v passes as %s", v, typ)
		}
	}
}

// checkFailure holds an answer to the error contract: a complete detail that agrees with it, alone, or in the words of another dialect.
func checkFailure(t *testing.T, a *answer) errs.Detail {
	t.Helper()
	d, status := failureOf(t, a)
	if !d.Reason.Known() || d.Code != d.Reason.Code() || d.Type != d.Reason.Type() || d.Retryable != d.Reason.Retryable() ||
		d.Message == "" || d.Origin == "" || d.RequestID == "" || d.RequestID != a.header.Get("X-Request-Id") || d.DocURL != errs.DocPath(d.Reason) {
		t.Errorf("the detail is not complete: %d %s", a.status, a.body)
	}
	if a.status != status {
		t.Errorf("the status is %d, want %d", a.status, status)
	}
	if got := a.header.Get("X-Error-Reason"); got != string(d.Reason) {
		t.Errorf("the header X-Error-Reason is %q, the reason %q", got, d.Reason)
	}
	if got := a.header.Get("Content-Type"); got != "application/json" {
		t.Errorf("the Content-Type of a failure is %q", got)
	}
	return d
}

// failureOf reads the body of a failure in any dialect, and returns which status belongs to it.
func failureOf(t *testing.T, a *answer) (d errs.Detail, status int) {
	t.Helper()
	var body struct {
		Detail   *errs.Detail `json:"detail"`
		Openloop *errs.Detail `json:"openloop"`
		Type     string       `json:"type"`
		Request  string       `json:"request_id"`
		Error    struct {
			Message  string       `json:"message"`
			Type     string       `json:"type"`
			Param    *string      `json:"param"`
			Code     string       `json:"code"`
			Openloop *errs.Detail `json:"openloop"`
		} `json:"error"`
	}
	if err := json.UnmarshalKnown([]byte(a.body), &body); err != nil {
		t.Errorf("%v in %d %s", err, a.status, a.body)
	}
	switch e := &body.Error; {
	case body.Detail != nil:
		return *body.Detail, body.Detail.Reason.Code()
	case e.Openloop != nil:
		d = *e.Openloop
		w := d.Reason.In(errs.OpenAI)
		if e.Type != w.Type || e.Code != w.Code || e.Message != d.Message || (e.Param == nil) != (d.Param == "") {
			t.Errorf("the error is not in OpenAI's words: %s", a.body)
		}
		return d, w.Status
	case body.Openloop != nil:
		d = *body.Openloop
		w := d.Reason.In(errs.Anthropic)
		if body.Type != "error" || e.Type != w.Type || !strings.HasSuffix(e.Message, d.Message) || body.Request != d.RequestID {
			t.Errorf("the error is not in Anthropic's words: %s", a.body)
		}
		return d, w.Status
	}
	t.Errorf("the body has no detail: %d %s", a.status, a.body)
	return d, 0
}
