package web_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/web/input"
)

func TestBodiesThatAreAccepted(t *testing.T) {
	at := time.Date(2026, 11, 22, 10, 0, 0, 123456000, time.UTC)
	cases := []struct {
		name, body string
		headers    []string
		want       callBody
	}{
		{"empty", ``, nil, callBody{}},
		{"blank", " \n", nil, callBody{}},
		{"null", `null`, nil, callBody{}},
		{"null members", `{"prompt":null,"messages":null,"inputs":null,"start_time":null,"num_samples":null,"tags":null,"score":null}`, nil, callBody{}},
		{"null members beside a coercion", `{"num_samples":"3","inputs":null}`, nil, callBody{Samples: 3}},
		{"unknown members", `{"commit_message":"x","batch_id":[{}],"score":1}`, nil, callBody{Score: 1}},
		{"byte order mark", "\uFEFF{\"score\":1}", nil, callBody{Score: 1}},
		{"the last of equal names", `{"score":1,"score":2}`, nil, callBody{Score: 2}},
		{"no media type", `{"score":1}`, []string{"Content-Type", ""}, callBody{Score: 1}},
		{"text/plain", `{"score":1}`, []string{"Content-Type", "text/plain;charset=UTF-8"}, callBody{Score: 1}},
		{"a JSON dialect", `{"score":1}`, []string{"Content-Type", "application/merge-patch+json"}, callBody{Score: 1}},
		{"gzip", zipped(t, `{"score":1}`), []string{"Content-Encoding", "gzip"}, callBody{Score: 1}},
		{"5.0 for an integer", `{"num_samples":5.0}`, nil, callBody{Samples: 5}},
		{"text for an integer", `{"num_samples":" 7 "}`, nil, callBody{Samples: 7}},
		{"exponent for an integer", `{"num_samples":1e1}`, nil, callBody{Samples: 10}},
		{"text for a number", `{"score":"1.5"}`, nil, callBody{Score: 1.5}},
		{"integer for a number", `{"score":2}`, nil, callBody{Score: 2}},
		{"text for a truth value", `{"save":"True"}`, nil, callBody{Save: true}},
		{"number for a truth value", `{"save":1}`, nil, callBody{Save: true}},
		{"coercion within a union's item", `{"messages":[{"role":"user","content":"hi"}],"prompt":{"model":"m","max_tokens":"9"}}`, nil, callBody{
			Messages: []llm.Message{{Role: llm.User, Content: llm.Text("hi")}}, Prompt: &promptBody{Model: "m", MaxTokens: 9}}},
		{"time of Python", `{"start_time":"2026-11-22T10:00:00.123456Z"}`, nil, callBody{StartTime: at}},
		{"time without a zone", `{"start_time":"2026-11-22T10:00:00.123456"}`, nil, callBody{StartTime: at}},
		{"time with a blank", `{"start_time":"2026-11-22 10:00:00"}`, nil, callBody{StartTime: at.Truncate(time.Second)}},
		{"plain date", `{"start_time":"2026-11-22"}`, nil, callBody{StartTime: at.Truncate(24 * time.Hour)}},
		{"explicit null", `{"output":null}`, nil, callBody{Output: json.Opt[string]{Set: true, Null: true}}},
		{"object", `{"inputs":{"a":null}}`, nil, callBody{Inputs: json.Value(`{"a":null}`)}},
		{"content parts", `{"messages":[{"role":"user","content":[{"type":"text","text":""},{"type":"image_url","image_url":{"url":"u"}}]}]}`, nil, callBody{
			Messages: []llm.Message{{Role: llm.User, Content: llm.Parts(
				llm.Part{Type: llm.TextPart}, llm.Part{Type: llm.ImagePart, ImageURL: &llm.ImageURL{URL: "u"}})}}}},
		{"named tool", `{"tool_choice":{"type":"function","function":{"name":"f"}}}`, nil, callBody{
			Choice: llm.ToolChoice{Mode: llm.ToolsFunction, Function: "f"}}},
		{"empty text for an optional choice", `{"prompt":{"model":"m","endpoint":""}}`, nil, callBody{Prompt: &promptBody{Model: "m"}}},
		{"the same beside a coercion", `{"prompt":{"model":"m","endpoint":""},"num_samples":"1"}`, nil, callBody{Samples: 1, Prompt: &promptBody{Model: "m"}}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			h := newHarness(t)
			w := h.do("POST", "/v5/prompts/call", c.body, c.headers...)
			if w.Code != http.StatusOK {
				t.Fatalf("status %d: %s", w.Code, w.Body)
			}
			if d := cmp.Diff(&callInput{Body: c.want}, h.got); d != "" {
				t.Errorf("input (-want +got):\n%s", d)
			}
		})
	}
}

func TestQuery(t *testing.T) {
	two := 2
	day := time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)
	usual := func(change func(*listInput)) *listInput {
		in := &listInput{FileID: "f", Page: 1, Size: 10, Sort: "created_at"}
		change(in)
		return in
	}
	cases := []struct {
		name, query string
		headers     []string
		want        *listInput
	}{
		{"defaults", "", nil, usual(func(*listInput) {})},
		{"numbers", "&page=2&size=0&sample=2&ratio=.5e0", nil, usual(func(in *listInput) { in.Page, in.Size, in.Sample, in.Ratio = 2, 0, &two, 0.5 })},
		{"all numbers", "&page=2&size=0&sample=2.0&ratio=0.5", nil, usual(func(in *listInput) { in.Page, in.Size, in.Sample, in.Ratio = 2, 0, &two, 0.5 })},
		{"repeated keys", "&id=a&id=b&in_trace_filter=true&in_trace_filter=false", nil, usual(func(in *listInput) {
			in.IDs, in.Traces = []string{"a", "b"}, []bool{true, false}
		})},
		{"the last of equal scalars", "&page=2&page=3", nil, usual(func(in *listInput) { in.Page = 3 })},
		{"plain date", "&start_date=2026-11-22", nil, usual(func(in *listInput) { in.Since = day })},
		{"date and time", "&start_date=2026-11-22T01:00:00%2B01:00", nil, usual(func(in *listInput) { in.Since = day })},
		{"empty text is there", "&search=", nil, usual(func(in *listInput) { in.Search = json.Some("") })},
		{"escapes", "&search=a%20b+c%26", nil, usual(func(in *listInput) { in.Search = json.Some("a b c&") })},
		{"broken escape stands for itself", "&search=100%", nil, usual(func(in *listInput) { in.Search = json.Some("100%") })},
		{"unknown and empty", "&&x=1&=2&page", nil, nil},
		{"header", "", []string{"x-trace", "t1"}, usual(func(in *listInput) { in.Trace = "t1" })},
		{"truth value", "&include_parent=true", nil, usual(func(in *listInput) { in.Parents = true })},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			h := newHarness(t)
			w := h.do("GET", "/v5/prompts?file_id=f"+c.query, "", c.headers...)
			if c.want == nil {
				if w.Code != http.StatusUnprocessableEntity {
					t.Errorf("status %d, want 422: %s", w.Code, w.Body)
				}
				return
			}
			if d := cmp.Diff(c.want, h.got, cmp.Comparer(func(a, b time.Time) bool { return a.Equal(b) })); d != "" {
				t.Errorf("input (-want +got):\n%s\n%s", d, w.Body)
			}
		})
	}
}

func TestOptionalBody(t *testing.T) {
	cases := []struct {
		body string
		want any
	}{
		{``, &noteInput{}},
		{`{"name":"x"}`, &noteInput{Body: &toolBody{Name: "x"}}},
		{`{}`, nil}, // a body that is there is checked
	}
	for _, c := range cases {
		h := newHarness(t)
		h.do("POST", "/v5/notes", c.body)
		if d := cmp.Diff(c.want, h.got); d != "" {
			t.Errorf("%q (-want +got):\n%s", c.body, d)
		}
	}
}

func TestBytesBody(t *testing.T) {
	w := newHarness(t).do("POST", "/v5/upload", "\xff\x00raw", "Content-Type", "multipart/form-data")
	if d := cmp.Diff("multipart/form-data \xff\x00raw", w.Body.String()); d != "" {
		t.Errorf("answer (-want +got):\n%s", d)
	}
}

// quickBody decodes itself, but not its refusals.
type quickBody struct {
	Name  string `json:"name" required:"true"`
	quick bool
}

func (b *quickBody) DecodeBody(data []byte, _ input.Decode) error {
	if strings.Contains(string(data), "slow") {
		return http.ErrNotSupported
	}
	b.Name, b.quick = string(data), true
	return nil
}

func (b quickBody) AppendJSON(dst []byte) []byte { return append(dst, `"appended"`...) }
