package anthropic

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/llm/llmhttp"
)

// service is a provider without a network. It keeps the last request.
type service struct {
	body io.Reader
	got  *http.Request
}

func (s *service) RoundTrip(r *http.Request) (*http.Response, error) {
	s.got = r
	return &http.Response{
		StatusCode: http.StatusOK, Header: http.Header{"Request-Id": {"req_1"}}, ContentLength: -1, Body: io.NopCloser(s.body), Request: r,
	}, nil
}

func driver(t *testing.T, s *service) *llmhttp.Driver {
	t.Helper()
	d, err := New(&llmhttp.Client{Transport: s}, Vendor{Slug: "anthropic", BaseURL: "https://api.anthropic.com"})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func answering(t *testing.T, body string) *llmhttp.Driver {
	t.Helper()
	return driver(t, &service{body: strings.NewReader(body)})
}

// sse writes each document as an event named by its type.
func sse(documents ...string) string {
	var out strings.Builder
	for _, d := range documents {
		name := strings.SplitN(d, `"`, 5)[3]
		out.WriteString("event: " + name + "\ndata: " + d + "\n\n")
	}
	return out.String()
}

const (
	start  = `{"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":"claude-haiku-4-5-20251001","content":[],"stop_reason":null,"usage":{"input_tokens":4,"cache_read_input_tokens":10,"cache_creation_input_tokens":2,"output_tokens":1,"service_tier":"standard"}}}`
	open   = `{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}`
	text   = `{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hi"}}`
	ping   = `{"type":"ping"}`
	stop   = `{"type":"content_block_stop","index":0}`
	delta1 = `{"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"input_tokens":null,"output_tokens":12,"output_tokens_details":{"thinking_tokens":5}}}`
	end    = `{"type":"message_stop"}`
)

func collect(t *testing.T, d *llmhttp.Driver) ([]llm.Event, error) {
	t.Helper()
	var out []llm.Event
	for e, err := range d.Stream(t.Context(), with(func(*llm.Request) {})) {
		if err != nil {
			return out, err
		}
		out = append(out, e)
	}
	return out, nil
}

func TestStreamTellsEachThingOnce(t *testing.T) {
	got, err := collect(t, answering(t, sse(
		start, ping,
		`{"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":"","signature":""}}`,
		`{"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"Hm."}}`,
		`{"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"c2ln"}}`,
		stop,
		`{"type":"content_block_start","index":1,"content_block":{"type":"redacted_thinking","data":"ZGF0YQ=="}}`,
		`{"type":"content_block_start","index":2,"content_block":{"type":"text","text":""}}`,
		`{"type":"content_block_delta","index":2,"delta":{"type":"text_delta","text":"Hi"}}`,
		`{"type":"content_block_start","index":3,"content_block":{"type":"server_tool_use","id":"srvtoolu_1","name":"web_search","input":{}}}`,
		`{"type":"content_block_delta","index":3,"delta":{"type":"input_json_delta","partial_json":"{}"}}`,
		`{"type":"content_block_start","index":4,"content_block":{"type":"tool_use","id":"toolu_1","name":"weather","input":{}}}`,
		`{"type":"content_block_delta","index":4,"delta":{"type":"input_json_delta","partial_json":""}}`,
		`{"type":"content_block_delta","index":4,"delta":{"type":"input_json_delta","partial_json":"{\"a\":"}}`,
		`{"type":"content_block_delta","index":4,"delta":{"type":"input_json_delta","partial_json":"1}"}}`,
		`{"type":"content_block_stop","index":4}`,
		`{"type":"content_block_start","index":5,"content_block":{"type":"tool_use","id":"toolu_2","name":"now","input":{}}}`,
		`{"type":"content_block_stop","index":5}`,
		`{"type":"unheard_of"}`, delta1, end,
	)))
	if err != nil {
		t.Fatal(err)
	}
	usage := llm.Usage{Input: 4, CachedInput: 10, CacheWrite: 2, Output: 1, Known: true}
	last := llm.Usage{Input: 4, CachedInput: 10, CacheWrite: 2, Output: 7, Reasoning: 5, Known: true}
	want := []llm.Event{
		{Model: "claude-haiku-4-5-20251001", Usage: &usage},
		{Thinking: llm.ThinkingDelta{Text: "Hm."}},
		{Thinking: llm.ThinkingDelta{Signature: "c2ln"}},
		{Thinking: llm.ThinkingDelta{Index: 1, Data: "ZGF0YQ=="}},
		{Text: "Hi"},
		{ToolCall: &llm.ToolCallDelta{ID: "toolu_1", Name: "weather"}},
		{ToolCall: &llm.ToolCallDelta{Arguments: `{"a":`}},
		{ToolCall: &llm.ToolCallDelta{Arguments: `1}`}},
		{ToolCall: &llm.ToolCallDelta{Index: 1, ID: "toolu_2", Name: "now"}},
		{ToolCall: &llm.ToolCallDelta{Index: 1, Arguments: `{}`}},
		{Finish: llm.FinishStop, Usage: &last},
	}
	ignore := cmp.Options{cmpopts.IgnoreFields(llm.Event{}, "More", "Request", "Block"), cmpopts.IgnoreFields(llm.Usage{}, "Raw")}
	if d := cmp.Diff(want, got, ignore); d != "" {
		t.Errorf("Stream (-want +got):\n%s", d)
	}
}

func TestStreamCarriesTheRequestOnce(t *testing.T) {
	events, err := collect(t, answering(t, sse(start, open, text, stop, delta1, end)))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range events {
		got = append(got, string(e.Request))
	}
	body, err := encode(with(func(*llm.Request) {}), true, false)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]string{string(body), "", ""}, got); d != "" {
		t.Errorf("requests of the events (-want +got):\n%s", d)
	}
}

func TestStreamMergesUsage(t *testing.T) {
	events, err := collect(t, answering(t, sse(start, delta1, end)))
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"cache_creation_input_tokens":2,"cache_read_input_tokens":10,"input_tokens":4,"output_tokens":12,` +
		`"output_tokens_details":{"thinking_tokens":5},"service_tier":"standard"}`
	if got := string(events[len(events)-1].Usage.Raw); got != want {
		t.Errorf("raw usage = %s, want %s", got, want)
	}
}

func TestStreamFailures(t *testing.T) {
	for _, c := range []struct {
		name, body string
		reason     errs.Reason
		partial    bool
	}{
		{"nothing", "", errs.MalformedProviderResponse, false},
		{"end before any output", sse(start, open), errs.StreamInterrupted, false},
		{"end after output", sse(start, open, text, stop), errs.StreamInterrupted, true},
		{"end after the finish reason", sse(start, open, text, stop, delta1), errs.StreamInterrupted, true},
		{"error event before output", sse(start, `{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}`), errs.Overloaded, false},
		{"error event after output", sse(start, open, text, `{"type":"error","error":{"type":"api_error","message":"Internal server error"}}`), errs.ProviderInternal, true},
		{"an event that is not JSON", sse(start) + "data: {oops\n\n", errs.MalformedProviderResponse, false},
		{"refusal without output", sse(start, `{"type":"message_delta","delta":{"stop_reason":"refusal"},"usage":{"output_tokens":1}}`, end), errs.ContentFiltered, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := collect(t, answering(t, c.body))
			e := errs.From(err)
			if e == nil || e.Reason != c.reason || e.PartialOutput != c.partial || e.Origin != "Anthropic" {
				t.Errorf("Stream failed with %+v, want %s of Anthropic, partial output %v", e, c.reason, c.partial)
			}
		})
	}
}

func TestRefusalAfterOutputIsAnAnswer(t *testing.T) {
	events, err := collect(t, answering(t, sse(start, open, text, stop, `{"type":"message_delta","delta":{"stop_reason":"refusal"}}`, end)))
	if err != nil || events[len(events)-1].Finish != llm.FinishContentFilter {
		t.Errorf("Stream ended with %+v, %v, want finish %s", events[len(events)-1], err, llm.FinishContentFilter)
	}
}

func TestGenerateFailures(t *testing.T) {
	for _, c := range []struct {
		name, body string
		reason     errs.Reason
	}{
		{"empty", "", errs.MalformedProviderResponse},
		{"another shape", `{"choices":[]}`, errs.MalformedProviderResponse},
		{"an error", `{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}`, errs.Overloaded},
		{"a refusal", `{"type":"message","content":[],"stop_reason":"refusal","stop_details":{"type":"refusal","category":"bio","explanation":"No."}}`, errs.ContentFiltered},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := answering(t, c.body).Generate(t.Context(), with(func(*llm.Request) {}))
			if e := errs.From(err); e == nil || e.Reason != c.reason || e.Origin != "Anthropic" {
				t.Errorf("Generate failed with %+v, want %s of Anthropic", e, c.reason)
			}
		})
	}
}

// Fault B8: counts are cumulative, so a later report that tells none, or less of a kind, takes nothing back.
func TestUsageIsCumulative(t *testing.T) {
	for name, c := range map[string]struct {
		reports []string
		want    llm.Usage
	}{
		"zeros after counts": {
			[]string{`{"input_tokens":1200,"cache_read_input_tokens":30,"cache_creation_input_tokens":4,"output_tokens":1}`, `{"input_tokens":0,"cache_read_input_tokens":0,"cache_creation_input_tokens":0,"output_tokens":7}`},
			llm.Usage{Input: 1200, CachedInput: 30, CacheWrite: 4, Output: 7},
		},
		"left out":                {[]string{`{"input_tokens":1200,"cache_read_input_tokens":30,"output_tokens":1}`, `{"output_tokens":7}`}, llm.Usage{Input: 1200, CachedInput: 30, Output: 7}},
		"null":                    {[]string{`{"input_tokens":1200,"output_tokens":1}`, `{"input_tokens":null,"output_tokens":7}`}, llm.Usage{Input: 1200, Output: 7}},
		"counts at the end alone": {[]string{`{"input_tokens":0,"output_tokens":0}`, `{"input_tokens":1200,"cache_read_input_tokens":30,"output_tokens":7}`}, llm.Usage{Input: 1200, CachedInput: 30, Output: 7}},
		"odd forms":               {[]string{`{"input_tokens":"1200","cache_read_input_tokens":[],"output_tokens":7.0,"output_tokens_details":[]}`}, llm.Usage{Input: 1200, Output: 7}},
		"nothing":                 {[]string{`{}`}, llm.Usage{}},
	} {
		var u usage
		var got llm.Usage
		for _, raw := range c.reports {
			got = u.add(json.Value(raw))
		}
		got.Raw, got.Known = nil, false
		if d := cmp.Diff(c.want, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
	}
}

func TestRequest(t *testing.T) {
	s := &service{body: strings.NewReader(`{"content":[]}`)}
	r := with(func(r *llm.Request) {
		r.Credentials = llm.Credentials{Key: "sk-ant-1", BaseURL: "http://localhost:4010/proxy/"}
	})
	out, err := driver(t, s).Generate(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	if got := s.got.Method + " " + s.got.URL.String(); got != "POST http://localhost:4010/proxy/v1/messages" {
		t.Errorf("called %s", got)
	}
	want := http.Header{
		"X-Api-Key": {"sk-ant-1"}, "Anthropic-Version": {"2023-06-01"},
		"Content-Type": {"application/json"}, "User-Agent": {"openloop"},
	}
	if d := cmp.Diff(want, s.got.Header); d != "" {
		t.Errorf("header (-want +got):\n%s", d)
	}
	body, err := encode(r, false, false)
	if err != nil {
		t.Fatal(err)
	}
	raw := &llm.Response{
		Message: llm.Message{Role: llm.Assistant, Content: llm.Text("")}, RawRequest: body, RawResponse: json.Value(`{"content":[]}`),
	}
	if d := cmp.Diff(raw, out); d != "" {
		t.Errorf("Generate (-want +got):\n%s", d)
	}
}

func TestRequestRefusesBadBaseURL(t *testing.T) {
	r := with(func(r *llm.Request) { r.Credentials.BaseURL = "localhost:4010" })
	_, err := answering(t, "").Generate(t.Context(), r)
	if e := errs.From(err); e == nil || e.Reason != errs.EndpointNotFound || e.Origin != "" || e.Provider != "anthropic" {
		t.Errorf("Generate failed with %+v, want %s of ours", e, errs.EndpointNotFound)
	}
}

// TestTokensOfPeople states that the token of somebody who signed in is a bearer token.
func TestTokensOfPeople(t *testing.T) {
	want := http.Header{
		"Authorization": {"Bearer sk-ant-oat01-x"}, "Anthropic-Version": {"2023-06-01"}, "Content-Type": {"application/json"}, "User-Agent": {"openloop"},
	}
	if d := cmp.Diff(want, defaultHeader("sk-ant-oat01-x")); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}
