package gemini

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
		StatusCode: http.StatusOK, Header: http.Header{}, ContentLength: -1, Body: io.NopCloser(s.body), Request: r,
	}, nil
}

func driver(t *testing.T, s *service) *llmhttp.Driver {
	t.Helper()
	d, err := New(&llmhttp.Client{Transport: s}, Vendor{Slug: "google", BaseURL: "https://generativelanguage.googleapis.com"})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func answering(t *testing.T, body string) *llmhttp.Driver {
	t.Helper()
	return driver(t, &service{body: strings.NewReader(body)})
}

func sse(documents ...string) string {
	var out strings.Builder
	for _, d := range documents {
		out.WriteString("data: " + d + "\r\n\r\n")
	}
	return out.String()
}

// hi is the body of the call that the tests make.
const hi = `"contents":[{"role":"user","parts":[{"text":"Hi"}]}]`

const (
	text     = `{"candidates": [{"content": {"parts": [{"text": "Hi"}],"role": "model"},"index": 0}],"usageMetadata": {"promptTokenCount": 4,"totalTokenCount": 4},"modelVersion": "gemini-2.5-flash","responseId": "QUVVadTSNJ6_qtsPvN7J8Q0"}`
	stop     = `{"candidates": [{"content": {"parts": [{"text": ""}],"role": "model"},"finishReason": "STOP","index": 0}],"usageMetadata": {"promptTokenCount": 4,"candidatesTokenCount": 1,"totalTokenCount": 5},"modelVersion": "gemini-2.5-flash"}`
	overload = `{"error": {"code": 503,"message": "The model is overloaded. Please try again later.","status": "UNAVAILABLE"}}`
)

func finishing(reason string) string { return `{"candidates":[{"finishReason":"` + reason + `"}]}` }

func collect(t *testing.T, d *llmhttp.Driver) ([]llm.Event, llm.Event, error) {
	t.Helper()
	var out []llm.Event
	for e, err := range d.Stream(t.Context(), with(func(*llm.Request) {})) {
		if err != nil {
			return out, e, err
		}
		out = append(out, e)
	}
	return out, llm.Event{}, nil
}

func TestStreamTellsEachThingOnce(t *testing.T) {
	got, _, err := collect(t, answering(t, sse(
		`{"candidates":[{"content":{"parts":[{"text":"Hm.","thought":true}],"role":"model"}}],"usageMetadata":{"promptTokenCount":4},"modelVersion":"gemini-2.5-flash","responseId":"r-1"}`,
		`{"candidates":[{"content":{"parts":[{"text":"So.","thought":true},{"text":"Hi","thoughtSignature":"c2ln"},{"text":"!","thoughtSignature":"bW9yZQ=="}]}}],"modelVersion":"gemini-2.5-flash"}`,
		`{"candidates":[{"content":{"parts":[{"functionCall":{"name":"weather","args": {"city": "Bern"}},"thoughtSignature":"Y2FsbA=="},{"functionCall":{"id":"fc-2","name":"now"}}]}}],"responseId":"r-1"}`,
		`{"candidates":[{"content":{"parts":[{"executableCode":{"code":"1"}},{"text":""}]},"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":40,"cachedContentTokenCount":30,"toolUsePromptTokenCount":5,"candidatesTokenCount":7,"thoughtsTokenCount":3,"totalTokenCount":55}}`,
	)))
	if err != nil {
		t.Fatal(err)
	}
	want := []llm.Event{
		{Model: "gemini-2.5-flash"},
		{Thinking: llm.ThinkingDelta{Text: "Hm."}},
		{Thinking: llm.ThinkingDelta{Text: "So."}},
		{Text: "Hi"},
		{Thinking: llm.ThinkingDelta{Signature: "ol1.google.c2ln"}},
		{Text: "!"},
		{ToolCall: &llm.ToolCallDelta{ID: "call_r-1_0", Name: "weather", Arguments: `{"city":"Bern"}`, Signature: "ol1.google.Y2FsbA=="}},
		{ToolCall: &llm.ToolCallDelta{Index: 1, ID: "fc-2", Name: "now", Arguments: `{}`}},
		{Finish: llm.FinishToolCalls, Usage: &llm.Usage{
			Input: 15, CachedInput: 30, Output: 7, Reasoning: 3, Known: true,
			Raw: json.Value(`{"promptTokenCount":40,"cachedContentTokenCount":30,"toolUsePromptTokenCount":5,"candidatesTokenCount":7,"thoughtsTokenCount":3,"totalTokenCount":55}`),
		}},
	}
	if d := cmp.Diff(want, got, cmpopts.IgnoreFields(llm.Event{}, "More", "Request", "Block")); d != "" {
		t.Errorf("Stream (-want +got):\n%s", d)
	}
}

func TestStreamCarriesTheRequestOnce(t *testing.T) {
	events, _, err := collect(t, answering(t, sse(text, stop)))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range events {
		got = append(got, string(e.Request))
	}
	if d := cmp.Diff([]string{`{` + hi + `}`, "", ""}, got); d != "" {
		t.Errorf("requests of the events (-want +got):\n%s", d)
	}
}

func TestStreamFailures(t *testing.T) {
	for _, c := range []struct {
		name, body string
		reason     errs.Reason
		partial    bool
	}{
		{"nothing", "", errs.MalformedProviderResponse, false},
		{"end before any output", sse(`{"modelVersion":"x"}`), errs.StreamInterrupted, false},
		{"end after output", sse(text), errs.StreamInterrupted, true},
		{"error before output", sse(overload), errs.Overloaded, false},
		{"error after output", sse(text, overload), errs.Overloaded, true},
		{"bare error after the finish reason", sse(text, stop) + overload + "\n", errs.Overloaded, true},
		{"a document that is not JSON", sse(text, `{oops`), errs.MalformedProviderResponse, true},
		{"prompt blocked", sse(`{"promptFeedback":{"blockReason":"PROHIBITED_CONTENT"}}`), errs.ContentFiltered, false},
		{"answer blocked", sse(finishing("SAFETY")), errs.ContentFiltered, false},
		{"a call that is none", sse(finishing("MALFORMED_FUNCTION_CALL")), errs.ModelOutputInvalid, false},
		{"a call of no tool", sse(text, finishing("UNEXPECTED_TOOL_CALL")), errs.ModelOutputInvalid, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, _, err := collect(t, answering(t, c.body))
			e := errs.From(err)
			if e == nil || e.Reason != c.reason || e.PartialOutput != c.partial || e.Origin != "Google Gemini" {
				t.Errorf("Stream failed with %+v, want %s of Google Gemini, partial output %v", e, c.reason, c.partial)
			}
		})
	}
}

func TestFailedStreamNeverLooksFinished(t *testing.T) {
	events, beside, err := collect(t, answering(t, sse(text, stop)+overload))
	for _, e := range events {
		if e.Finish != "" {
			t.Errorf("event %+v before %v", e, err)
		}
	}
	want := &llm.Usage{Input: 4, Output: 1, Known: true}
	if d := cmp.Diff(want, beside.Usage, cmpopts.IgnoreFields(llm.Usage{}, "Raw")); d != "" || err == nil {
		t.Errorf("usage beside the error %v (-want +got):\n%s", err, d)
	}
}

func TestGenerateFailures(t *testing.T) {
	for _, c := range []struct {
		name, body string
		reason     errs.Reason
	}{
		{"empty", "", errs.MalformedProviderResponse},
		{"another shape", `{"choices":[]}`, errs.MalformedProviderResponse},
		{"no finish reason", text, errs.MalformedProviderResponse},
		{"an error", overload, errs.Overloaded},
		{"an error in a list", `[` + overload + `]`, errs.Overloaded},
		{"prompt blocked", `{"promptFeedback":{"blockReason":"OTHER"}}`, errs.ContentFiltered},
		{"answer blocked", finishing("RECITATION"), errs.ContentFiltered},
		{"a call that is none", finishing("MALFORMED_FUNCTION_CALL"), errs.ModelOutputInvalid},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := answering(t, c.body).Generate(t.Context(), with(func(*llm.Request) {}))
			if e := errs.From(err); e == nil || e.Reason != c.reason || e.Origin != "Google Gemini" {
				t.Errorf("Generate failed with %+v, want %s of Google Gemini", e, c.reason)
			}
		})
	}
}

func TestFinish(t *testing.T) {
	for reason, want := range map[string]llm.FinishReason{
		"STOP": llm.FinishStop, "MAX_TOKENS": llm.FinishLength, "SAFETY": llm.FinishContentFilter, "SPII": llm.FinishContentFilter,
		"LANGUAGE": "LANGUAGE", "TOO_MANY_TOOL_CALLS": "TOO_MANY_TOOL_CALLS",
	} {
		events, _, err := collect(t, answering(t, sse(text, finishing(reason))))
		if err != nil || events[len(events)-1].Finish != want {
			t.Errorf("finish reason %s gave %+v, %v, want %s", reason, events[len(events)-1], err, want)
		}
	}
}

func TestAnswerWithoutPartsIsEmpty(t *testing.T) {
	out, err := answering(t, `{"candidates":[{"content":{"role":"model"},"finishReason":"MAX_TOKENS"}]}`).Generate(t.Context(), with(func(*llm.Request) {}))
	if err != nil {
		t.Fatal(err)
	}
	want := llm.Message{Role: llm.Assistant, Content: llm.Text("")}
	if d := cmp.Diff(want, out.Message); d != "" || out.Finish != llm.FinishLength {
		t.Errorf("Generate finished with %s (-want +got):\n%s", out.Finish, d)
	}
}

func TestCallsWithoutAnswerIDGetUniqueIDs(t *testing.T) {
	const body = `{"candidates":[{"content":{"parts":[{"functionCall":{"name":"f"}},{"functionCall":{"name":"f"}}]},"finishReason":"STOP"}]}`
	ids := map[string]bool{}
	for range 2 {
		out, err := answering(t, body).Generate(t.Context(), with(func(*llm.Request) {}))
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range out.Message.ToolCalls {
			ids[c.ID] = true
		}
	}
	if len(ids) != 4 {
		t.Errorf("four calls got the ids %v", ids)
	}
}

func TestRequest(t *testing.T) {
	const answer = `{"candidates":[{"content":{"parts":[{"text":"Hi"}]},"finishReason":"STOP","logprobsResult":{"topCandidates":[]}}]}`
	s := &service{body: strings.NewReader(answer)}
	r := with(func(r *llm.Request) {
		r.Credentials = llm.Credentials{Key: "AIza1", BaseURL: "http://localhost:4010"}
	})
	out, err := driver(t, s).Generate(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	if got := s.got.Method + " " + s.got.URL.String(); got != "POST http://localhost:4010/v1beta/models/gemini-2.5-flash:generateContent" {
		t.Errorf("called %s", got)
	}
	header := http.Header{"X-Goog-Api-Key": {"AIza1"}, "Content-Type": {"application/json"}, "User-Agent": {"openloop"}}
	if d := cmp.Diff(header, s.got.Header); d != "" {
		t.Errorf("header (-want +got):\n%s", d)
	}
	want := &llm.Response{
		Message: llm.Message{Role: llm.Assistant, Content: llm.Text("Hi")}, Finish: llm.FinishStop,
		LogProbs:   json.Value(`{"topCandidates":[]}`),
		RawRequest: json.Value(`{` + hi + `}`), RawResponse: json.Value(answer),
	}
	if d := cmp.Diff(want, out); d != "" {
		t.Errorf("Generate (-want +got):\n%s", d)
	}
}

func TestRequestRefusesBadBaseURL(t *testing.T) {
	r := with(func(r *llm.Request) { r.Credentials.BaseURL = "localhost:4010" })
	_, err := answering(t, "").Generate(t.Context(), r)
	if e := errs.From(err); e == nil || e.Reason != errs.EndpointNotFound || e.Origin != "" || e.Provider != "google" {
		t.Errorf("Generate failed with %+v, want %s of ours", e, errs.EndpointNotFound)
	}
}
