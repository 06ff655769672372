package web_test

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/json"
)

const (
	testRequestID = "req_test"
	testBaseURL   = "https://openloop.example"
)

// answerOf is the whole body that tells e.
func answerOf(t *testing.T, e *errs.Error) string {
	t.Helper()
	body, err := json.Marshal(map[string]any{"detail": e.Detail(testRequestID, testBaseURL)})
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// invalid is the error of one violation in the body, or in the source that loc begins with.
func invalid(message string, faults ...errs.Violation) *errs.Error {
	return &errs.Error{Reason: errs.ValidationFailed, Message: message, Param: faults[0].Param, Violations: faults}
}

func at(param, message, kind string, loc ...any) errs.Violation {
	return errs.Violation{Loc: loc, Param: param, Message: message, Type: kind}
}

func zipped(t *testing.T, s string) string {
	t.Helper()
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestSpeed)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := z.Write([]byte(s)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// badRequest is a request that is refused with want.
type badRequest struct {
	name, method, target, body string
	headers                    []string
	want                       *errs.Error
}

func (c *badRequest) run(t *testing.T) {
	h := newHarness(t)
	w := h.do(c.method, c.target, c.body, c.headers...)
	if d := cmp.Diff(answerOf(t, c.want), w.Body.String()); d != "" {
		t.Errorf("answer (-want +got):\n%s", d)
	}
	if w.Code != c.want.Reason.Code() {
		t.Errorf("status %d, want %d", w.Code, c.want.Reason.Code())
	}
	if h.got != nil {
		t.Errorf("the operation ran, with %+v", h.got)
	}
}

func TestUnreadableBodies(t *testing.T) {
	const (
		call = testCall
		send = " Send JSON in UTF-8, with Content-Type: application/json."
	)
	for _, c := range []badRequest{
		{"literal cut", "POST", call, "{\n  \"a\": tru}", nil, &errs.Error{Reason: errs.InvalidJSON, Param: "a",
			Message: "The body is not valid JSON: line 2, column 11: invalid character '}' in literal true (expecting 'e')."}},
		{"body cut", "POST", call, `{"prompt":{"model":"x"`, nil, &errs.Error{Reason: errs.InvalidJSON, Param: "prompt",
			Message: "The body is not valid JSON: line 1, column 23: the text ends too early."}},
		{"text", "POST", call, `hello`, nil, &errs.Error{Reason: errs.InvalidJSON,
			Message: "The body is not valid JSON: line 1, column 1: invalid character 'h' at start of value."}},
		{"more after the end", "POST", call, `{} {}`, nil, &errs.Error{Reason: errs.InvalidJSON,
			Message: "The body is not valid JSON: line 1, column 4: invalid character '{' after top-level value."}},
		{"single quotes", "POST", call, `{'a':1}`, nil, &errs.Error{Reason: errs.InvalidJSON,
			Message: "The body is not valid JSON: line 1, column 2: invalid character '\\'' at start of string (expecting '\"')."}},
		{"trailing comma", "POST", call, `{"messages":[],}`, nil, &errs.Error{Reason: errs.InvalidJSON,
			Message: "The body is not valid JSON: line 1, column 16: invalid character '}' at start of string (expecting '\"')."}},
		{"NaN", "POST", call, `{"score":NaN}`, nil, &errs.Error{Reason: errs.InvalidJSON, Param: "score",
			Message: "The body is not valid JSON: line 1, column 10: invalid character 'N' at start of value."}},
		{"syntax error behind a wrong type", "POST", call, `{"score":"x","b":]}`, nil, &errs.Error{Reason: errs.InvalidJSON, Param: "b",
			Message: "The body is not valid JSON: line 1, column 18: invalid character ']' at start of value."}},
		{"lone surrogate", "POST", call, `{"output":"\ud800secret"}`, nil, &errs.Error{Reason: errs.InvalidJSON, Param: "output",
			Message: "The body is not valid JSON: line 1, column 12: a string holds an invalid escape sequence."}},
		{"not UTF-8", "POST", call, "{\"output\":\"\xff\"}", nil, &errs.Error{Reason: errs.InvalidEncoding,
			Message: "The body is not valid UTF-8: see line 1, column 12."}},
		{"not UTF-8 where nobody looks", "POST", call, "{\"unknown\":\"\xff\"}", nil, &errs.Error{Reason: errs.InvalidEncoding,
			Message: "The body is not valid UTF-8: see line 1, column 13."}},
		{"too deep", "POST", call, `{"unknown":` + strings.Repeat("[", 20_000), nil, &errs.Error{Reason: errs.InvalidJSON,
			Param: "unknown" + strings.Repeat(".0", 9998), Message: "The body is not valid JSON: line 1, column 10011: exceeded max depth."}},
		{"form", "POST", call, `a=b`, []string{"Content-Type", "application/x-www-form-urlencoded"}, &errs.Error{Reason: errs.UnsupportedMediaType,
			Message: `The body has the Content-Type "application/x-www-form-urlencoded".` + send}},
		{"XML", "POST", call, `<a/>`, []string{"Content-Type", "text/xml; charset=utf-8"}, &errs.Error{Reason: errs.UnsupportedMediaType,
			Message: `The body has the Content-Type "text/xml".` + send}},
		{"multipart", "POST", call, `--x`, []string{"Content-Type", "multipart/form-data; boundary=x"}, &errs.Error{Reason: errs.UnsupportedMediaType,
			Message: `The body has the Content-Type "multipart/form-data".` + send}},
		{"broken media type", "POST", call, `{}`, []string{"Content-Type", "/;;"}, &errs.Error{Reason: errs.UnsupportedMediaType,
			Message: "The Content-Type of the request cannot be read." + send}},
		{"other charset", "POST", call, `{}`, []string{"Content-Type", "application/json; charset=latin1"}, &errs.Error{Reason: errs.UnsupportedMediaType,
			Message: `The body has the charset "latin1".` + send}},
		{"other compression", "POST", call, `{}`, []string{"Content-Encoding", "br"}, &errs.Error{Reason: errs.UnsupportedMediaType,
			Message: `The body has the Content-Encoding "br". Send it as it is, or with gzip.`}},
		{"no gzip", "POST", call, `{}`, []string{"Content-Encoding", "gzip"}, &errs.Error{Reason: errs.InvalidEncoding,
			Message: "The body is not valid gzip, though its Content-Encoding says so."}},
		{"gzip cut", "POST", call, zipped(t, `{"a":"bcdefghijk"}`)[:20], []string{"Content-Encoding", "gzip"}, &errs.Error{Reason: errs.InvalidEncoding,
			Message: "The body is not valid gzip, though its Content-Encoding says so."}},
		{"gzip bomb", "POST", call, zipped(t, strings.Repeat(" ", 1<<20)), []string{"Content-Encoding", "gzip"}, &errs.Error{Reason: errs.BodyTooLarge,
			Message: "The body is larger than the limit of 65536 bytes."}},
		{"gzip of nothing, over and over", "POST", call, strings.Repeat(zipped(t, ""), 5000), []string{"Content-Encoding", "gzip"}, &errs.Error{
			Reason: errs.BodyTooLarge, Message: "The body is larger than the limit of 65536 bytes."}},
		{"too large", "POST", call, `{"output":"` + strings.Repeat("x", 64<<10) + `"}`, nil, &errs.Error{Reason: errs.BodyTooLarge,
			Message: "The body is larger than the limit of 65536 bytes."}},
	} {
		t.Run(c.name, c.run)
	}
}

func TestInvalidValues(t *testing.T) {
	const (
		call = testCall
		list = "/v5/prompts?file_id=f&"
	)
	for _, c := range []badRequest{
		{"body is a list", "POST", call, `[]`, nil, invalid("The request has 1 problem: body: must be an object.",
			at("", "must be an object", "dict_type", "body"))},
		{"body is a text", "POST", call, `"hi"`, nil, invalid("The request has 1 problem: body: must be an object.",
			at("", "must be an object", "dict_type", "body"))},
		{"fraction for an integer", "POST", call, `{"num_samples":1.5}`, nil, invalid(
			"The request has 1 problem: num_samples: must be an integer, without a fraction.",
			at("num_samples", "must be an integer, without a fraction", "int_from_float", "body", "num_samples"))},
		{"text for an integer", "POST", call, `{"num_samples":"many"}`, nil, invalid("The request has 1 problem: num_samples: must be an integer.",
			at("num_samples", "must be an integer", "int_parsing", "body", "num_samples"))},
		{"huge integer", "POST", call, `{"num_samples":1e30}`, nil, invalid("The request has 1 problem: num_samples: must be an integer of at most 64 bits.",
			at("num_samples", "must be an integer of at most 64 bits", "int_parsing_size", "body", "num_samples"))},
		{"huge number", "POST", call, `{"score":1e999}`, nil, invalid("The request has 1 problem: score: must be a number that fits 64 bits.",
			at("score", "must be a number that fits 64 bits", "finite_number", "body", "score"))},
		{"above the maximum", "POST", call, `{"num_samples":11}`, nil, invalid("The request has 1 problem: num_samples: must be at most 10.",
			at("num_samples", "must be at most 10", "less_than_equal", "body", "num_samples"))},
		{"too many items", "POST", "/v5/prompts", `{"model":"x","tools":[{"name":"a"},{"name":"a"},{"name":"a"},{"name":"a"}]}`, nil, invalid(
			"The request has 1 problem: tools: must have at most 3 items.",
			at("tools", "must have at most 3 items", "too_long", "body", "tools"))},
		{"empty text", "POST", "/v5/prompts", `{"model":""}`, nil, invalid("The request has 1 problem: model: must have at least 1 character.",
			at("model", "must have at least 1 character", "string_too_short", "body", "model"))},
		{"null for a required member", "POST", "/v5/prompts", `{"model":null}`, nil, invalid("The request has 1 problem: model: is required.",
			at("model", "is required", "missing", "body", "model"))},
		{"nothing for a required member", "POST", "/v5/prompts", ``, nil, invalid("The request has 1 problem: model: is required.",
			at("model", "is required", "missing", "body", "model"))},
		{"deep in a union", "POST", call, `{"messages":[{"role":"user","content":[{"type":"text","text":5}]}]}`, nil, invalid(
			"The request has 1 problem: messages.0.content.0.text: must be a string.",
			at("messages.0.content.0.text", "must be a string", "string_type", "body", "messages", 0, "content", 0, "text"))},
		{"no member of a union", "POST", call, `{"tool_choice":"sometimes"}`, nil, invalid(
			"The request has 1 problem: tool_choice: must be none, auto, required or a named function.",
			at("tool_choice", "must be none, auto, required or a named function", "union", "body", "tool_choice"))},
		{"null in a list", "POST", call, `{"tags":["a",null]}`, nil, invalid("The request has 1 problem: tags.1: must be a string.",
			at("tags.1", "must be a string", "string_type", "body", "tags", 1))},
		{"required parameter without a value", "GET", "/v5/prompts?file_id=", "", nil, invalid("The request has 1 problem: file_id: is required.",
			at("file_id", "is required", "missing", "query", "file_id"))},
		{"page below one", "GET", list + "page=0", "", nil, invalid("The request has 1 problem: page: must be at least 1.",
			at("page", "must be at least 1", "greater_than_equal", "query", "page"))},
		{"query of no bool", "GET", list + "include_parent=perhaps", "", nil, invalid("The request has 1 problem: include_parent: must be true or false.",
			at("include_parent", "must be true or false", "bool_parsing", "query", "include_parent"))},
		{"query of no date", "GET", list + "start_date=tomorrow", "", nil, invalid(
			"The request has 1 problem: start_date: must be a date and time such as 2006-01-02T15:04:05Z.",
			at("start_date", "must be a date and time such as 2006-01-02T15:04:05Z", "datetime_parsing", "query", "start_date"))},
		{"query of no UTF-8", "GET", list + "search=%ff", "", nil, &errs.Error{Reason: errs.InvalidEncoding,
			Message: "The query parameter search is not valid UTF-8."}},
		{"NUL in the path", "GET", "/v5/prompts/a%00b", "", nil, invalid("The request has 1 problem: id: must not contain a NUL character.",
			at("id", "must not contain a NUL character", "string_unicode", "path", "id"))},
	} {
		t.Run(c.name, c.run)
	}
}

func TestRefusedRequests(t *testing.T) {
	const call = testCall
	for _, c := range []badRequest{
		{"no key", "POST", call, `{}`, []string{"X-Api-Key", ""}, &errs.Error{Reason: errs.GatewayKeyMissing,
			Message: "There is no API key in the request. Send it in the header X-API-KEY."}},
		{"unknown key", "POST", call, `{`, []string{"X-Api-Key", "hl_sk_other"}, &errs.Error{Reason: errs.GatewayKeyInvalid,
			Message: "The API key is not known."}},
		{"malformed key", "POST", call, `{`, []string{"X-Api-Key", "two words"}, &errs.Error{Reason: errs.GatewayKeyInvalid,
			Message: "The API key of the request is malformed."}},
		{"other scheme", "POST", call, `{`, []string{"X-Api-Key", "", "Authorization", "Basic YTpi"}, &errs.Error{Reason: errs.GatewayKeyInvalid,
			Message: `The Authorization header must be "Bearer" and an API key.`}},
		{"role too low", "POST", "/v5/notes", `{`, []string{"X-Api-Key", "hl_sk_developer"}, &errs.Error{Reason: errs.GatewayPermissionDenied,
			Message: "This needs a key with the role admin; the key of this request has the role developer."}},
		{"no route", "GET", "/nowhere", "", nil, &errs.Error{Reason: errs.RouteNotFound, Message: "There is no route GET /nowhere."}},
		{"prefix forgotten", "POST", "/prompts/call", "{", nil, &errs.Error{Reason: errs.RouteNotFound,
			Message: "There is no route POST /prompts/call. Did you mean POST /v5/prompts/call?"}},
		{"prefix twice", "POST", "/v5/v5/prompts/call", "{", nil, &errs.Error{Reason: errs.RouteNotFound,
			Message: "There is no route POST /v5/v5/prompts/call. Did you mean POST /v5/prompts/call?"}},
		{"misspelt", "GET", "/v5/promts/pr_1", "", nil, &errs.Error{Reason: errs.RouteNotFound,
			Message: "There is no route GET /v5/promts/pr_1. Did you mean GET /v5/prompts/{id}?"}},
		{"wrong method", "PUT", "/v5/prompts", "{", nil, &errs.Error{Reason: errs.MethodNotAllowed,
			Message: "/v5/prompts does not take the method PUT. It takes GET, HEAD, POST, OPTIONS."}},
	} {
		t.Run(c.name, c.run)
	}
}

// Fault E9: no answer is kept by caches, or taken for another type than it says.
func TestErrorHeaders(t *testing.T) {
	want := http.Header{
		"Cache-Control":          {"no-store"},
		"Content-Length":         {"320"},
		"Content-Type":           {"application/json"},
		"Request-Id":             {"req_test"},
		"Www-Authenticate":       {`Bearer realm="Openloop"`},
		"X-Content-Type-Options": {"nosniff"},
		"X-Error-Origin":         {"Openloop"},
		"X-Error-Reason":         {"gateway_key_missing"},
		"X-Request-Id":           {"req_test"},
	}
	w := newHarness(t).do("GET", "/v5/prompts/x", "", "X-Api-Key", "")
	if d := cmp.Diff(want, w.Header()); d != "" {
		t.Errorf("headers (-want +got):\n%s", d)
	}
}

func TestEveryViolationIsListed(t *testing.T) {
	h := newHarness(t)
	body := `{
		"prompt": {"model": 5, "temperature": "hot", "max_tokens": -2, "stop": 1, "format": "json", "extra": {"a": "b"},
			"tools": [{"strict": "maybe"}, 7], "nested": {"endpoint": "mail"}},
		"messages": [{"content": 3}, {"role": "king", "content": [{"type": "text"}, {"type": "video"}, 5]}],
		"inputs": [], "start_time": "noon", "save": 2, "num_samples": 5.5, "tags": ["a", "c"], "score": {},
		"output": 1
	}`
	w := h.do("POST", "/v5/prompts/call?version_id=%00", body)
	want := []string{
		"query/version_id: must not contain a NUL character (string_unicode)",
		"body/prompt/model: must be a string (string_type)",
		"body/prompt/temperature: must be a number (float_parsing)",
		"body/prompt/max_tokens: must be at least -1 (greater_than_equal)",
		"body/prompt/stop: must be a string or a list of strings (union)",
		"body/prompt/format: must be an object (dict_type)",
		"body/prompt/extra/a: must be an integer (int_parsing)",
		"body/prompt/tools/0/strict: must be true or false (bool_parsing)",
		"body/prompt/tools/0/name: is required (missing)",
		"body/prompt/tools/1: must be an object (dict_type)",
		"body/prompt/nested/endpoint: must be one of chat, complete (enum)",
		"body/prompt/nested/model: is required (missing)",
		"body/messages/0/content: must be a string or a list of content parts (union)",
		"body/messages/1/role: must be one of user, assistant, system, tool, developer (enum)",
		"body/messages/1/content/0/text: is required (missing)",
		"body/messages/1/content/1: must have a type that is one of text, image_url (union)",
		"body/messages/1/content/2: must be a content part (union)",
		"body/inputs: must be an object (dict_type)",
		"body/start_time: must be a date and time such as 2006-01-02T15:04:05Z (datetime_parsing)",
		"body/save: must be true or false (bool_parsing)",
	}
	detail := detailOf(t, w.Body.String())
	if d := cmp.Diff(want, lines(detail.Errors)); d != "" {
		t.Errorf("violations (-want +got):\n%s", d)
	}
	message := "The request has 24 problems: version_id: must not contain a NUL character; prompt.model: must be a string; " +
		"prompt.temperature: must be a number; and 21 more."
	if detail.Message != message {
		t.Errorf("message %q, want %q", detail.Message, message)
	}
}

// A body that is wrong all over is not walked to its end.
func TestHugeNumberOfViolations(t *testing.T) {
	w := newHarness(t).do("POST", testCall, `{"messages":[`+strings.Repeat("1,", 5000)+`1]}`)
	detail := detailOf(t, w.Body.String())
	want := "The request has 1000 problems or more: messages.0: must be an object; messages.1: must be an object; messages.2: must be an object; and more."
	if detail.Message != want || len(detail.Errors) != 20 {
		t.Errorf("%d errors, message %q", len(detail.Errors), detail.Message)
	}
}

func detailOf(t *testing.T, body string) errs.Detail {
	t.Helper()
	var out struct {
		Detail errs.Detail `json:"detail"`
	}
	if err := json.Unmarshal([]byte(body), &out); err != nil {
		t.Fatalf("%v in %s", err, body)
	}
	return out.Detail
}

// lines writes violations as "loc: message (type)".
func lines(all []errs.Violation) []string {
	var out []string
	for _, v := range all {
		var loc []string
		for _, part := range v.Loc {
			raw, _ := json.Marshal(part)
			loc = append(loc, strings.Trim(string(raw), `"`))
		}
		out = append(out, strings.Join(loc, "/")+": "+v.Message+" ("+v.Type+")")
	}
	return out
}
