package app_test

import (
	"bufio"
	"encoding/base64"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/vendor"
)

// fixture is a failure as a provider really sent it, and the answer that is due.
type fixture struct {
	ID         string            `json:"id"`
	Provider   string            `json:"provider"`
	Endpoint   string            `json:"endpoint"`
	Phase      string            `json:"phase"`
	HTTPStatus int               `json:"http_status"`
	Headers    map[string]string `json:"headers"`
	Body       string            `json:"body"`
	Encoding   string            `json:"body_encoding"`
	Transport  *struct {
		Kind   string  `json:"kind"`
		Host   string  `json:"host"`
		AfterS float64 `json:"after_s"`
	} `json:"transport"`
	Expected expectation `json:"expected"`
}

type expectation struct {
	IsError           bool        `json:"is_error"`
	Delivery          string      `json:"delivery"`
	Code              int         `json:"code"`
	Type              string      `json:"type"`
	Origin            string      `json:"origin"`
	Reason            errs.Reason `json:"reason"`
	Retryable         bool        `json:"retryable"`
	RetryAfter        float64     `json:"retry_after_s"`
	Message           *string     `json:"message"`
	MessageContains   []string    `json:"message_contains"`
	MustNotContain    []string    `json:"must_not_contain"`
	MaxRunes          int         `json:"message_max_runes"`
	Secrets           []string    `json:"secrets"`
	Param             *string     `json:"param"`
	ProviderCode      *string     `json:"provider_code"`
	ProviderRequestID *string     `json:"provider_request_id"`
	UpstreamProvider  *string     `json:"upstream_provider"`
	PartialOutput     bool        `json:"partial_output"`
}

// slugs are the providers served so far, by their names in the corpus.
var slugs = map[string]string{
	"openai": "openai", "anthropic": "anthropic", "gemini": "google", "azure_openai": "openai_azure", "groq": "groq", "deepseek": "deepseek",
	"mistral": "mistral", "xai": "xai", "together": "together", "fireworks": "fireworks", "perplexity": "perplexity",
	"openrouter": "openrouter", "ollama": "ollama", "vllm": "vllm", "openai_compatible": "openai_compatible",
	"bedrock": "bedrock", "cohere": "cohere", "vertex_ai": "vertex_ai", "replicate": "replicate",
}

var endpoints = map[string]string{"responses": "responses", "completions": "complete"}

// TestProviderFailuresOverHTTP replays what providers really sent through the whole server, and compares the whole answer.
func TestProviderFailuresOverHTTP(t *testing.T) {
	t.Parallel()
	upstream := &replay{}
	stub := httptest.NewServer(upstream)
	t.Cleanup(stub.Close)
	server := start(t, at(stub.URL)...)
	for _, f := range corpus(t) {
		if slugs[f.Provider] == "" {
			continue
		}
		t.Run(f.ID, func(t *testing.T) {
			upstream.fixture.Store(&f)
			s := server
			if f.Transport != nil {
				s = f.unreachable(t, stub.URL)
			}
			checkFixture(t, s, &f)
		})
	}
}

// at are the settings and keys of a server whose providers are all at the same address.
func at(url string) []string {
	out := []string{
		"OPENAI_BASE_URL=" + url + "/v1", "ANTHROPIC_BASE_URL=" + url, "GEMINI_BASE_URL=" + url,
		"COHERE_API_KEY=dummy-cohere-0123456789", "COHERE_BASE_URL=" + url,
		"REPLICATE_API_TOKEN=dummy-replicate-0123456789", "REPLICATE_BASE_URL=" + url,
		"VERTEX_AI_ACCESS_TOKEN=dummy-vertex-0123456789", "VERTEX_AI_PROJECT=p", "VERTEX_AI_BASE_URL=" + url,
		"AZURE_OPENAI_ENDPOINT=" + url, "AZURE_OPENAI_API_KEY=dummy-azure-0123456789",
		"AWS_ENDPOINT_URL_BEDROCK_RUNTIME=" + url, "AWS_REGION=us-east-1", "AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
	}
	for _, v := range vendor.All() {
		if v.Wire == "openai" && v.Slug != "openai" && v.Slug != "openai_azure" {
			out = append(out, v.Variable(vendor.Key)+"=dummy-"+v.Slug+"-0123456789", v.Variable(vendor.BaseURL)+"="+url+"/v1")
		}
	}
	return out
}

// unreachable is a server whose providers fail in the way of f.
func (f *fixture) unreachable(t *testing.T, stub string) *testServer {
	t.Helper()
	switch f.Transport.Kind {
	case "connection_refused":
		return start(t, at(closedPort(t))...)
	case "dns_error":
		return start(t, at("http://"+f.Transport.Host)...)
	case "closed_before_response":
		return start(t, at(stub)...)
	case "gateway_deadline":
		return start(t, append(at(stub), "OPENLOOP_PROVIDER_TIMEOUT="+f.hurry(f.Transport.AfterS).String())...)
	}
	t.Fatalf("unknown transport %q", f.Transport.Kind)
	return nil
}

// hurry shortens a deadline of that many seconds so that nobody has to wait for it, and makes f expect what is said of the short one.
func (f *fixture) hurry(seconds float64) time.Duration {
	const times = 400
	short := time.Duration(seconds * float64(time.Second) / times)
	for i, part := range f.Expected.MessageContains {
		if part == fmt.Sprint(seconds) {
			f.Expected.MessageContains[i] = fmt.Sprintf("%v seconds", short.Seconds())
		}
	}
	return short
}

func corpus(t *testing.T) []fixture {
	t.Helper()
	raw, err := os.ReadFile("../llm/failure/testdata/corpus.json")
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Fixtures []fixture `json:"fixtures"`
	}
	if err := json.Unmarshal(raw, &doc); err != nil {
		t.Fatal(err)
	}
	return doc.Fixtures
}

// replay is a provider that answers everything with the fixture at hand.
type replay struct{ fixture atomic.Pointer[fixture] }

func (p *replay) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f := p.fixture.Load()
	_, _ = io.Copy(io.Discard, r.Body) // a server notices only then that its caller left
	if f.Transport != nil && f.Transport.Kind == "gateway_deadline" {
		<-r.Context().Done()
		return
	}
	if f.Transport != nil {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err == nil {
			_ = conn.Close()
		}
		return
	}
	body := []byte(f.Body)
	if f.Encoding == "base64" {
		body, _ = base64.StdEncoding.DecodeString(f.Body)
	}
	for name, value := range f.Headers {
		w.Header().Set(name, value)
	}
	if w.Header().Get("Content-Type") == "" {
		w.Header()["Content-Type"] = nil
	}
	w.Header().Set("Connection", "close")
	w.WriteHeader(f.HTTPStatus)
	_, _ = w.Write(body)
}

// closedPort is the URL of a port that nothing listens on.
func closedPort(t *testing.T) string {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return "http://" + l.Addr().String()
}

func checkFixture(t *testing.T, s *testServer, f *fixture) {
	t.Helper()
	slug := slugs[f.Provider]
	prompt := map[string]any{"model": "some-model", "provider": slug}
	request := map[string]any{"path": "corpus/" + f.ID, "prompt": prompt, "stream": f.Phase != "non_stream"}
	if f.Endpoint == "messages" {
		prompt["model"] = "claude-sonnet-4-5" // Google Vertex AI calls it in Anthropic's form
	}
	if e := endpoints[f.Endpoint]; e != "" {
		prompt["endpoint"] = e
	}
	if prompt["endpoint"] == "complete" {
		prompt["template"] = "hi"
	} else {
		request["messages"] = []any{map[string]any{"role": "user", "content": "hi"}}
	}
	a := s.post(t, "/v5/prompts/call", request)
	if !f.Expected.IsError {
		if a.status != http.StatusOK || strings.Contains(a.body, `"detail"`) {
			t.Fatalf("got %d %s, want a success", a.status, a.body)
		}
		return
	}
	detail := a.failure(t, f.Expected.Delivery)
	compareDetail(t, &f.Expected, detail, slug)
	if f.Expected.Delivery == "http_status" {
		compareHeaders(t, a, detail)
	}
	log := s.get(t, "/v5/logs/"+detail.LogID)
	if log.status != http.StatusOK || !strings.Contains(log.body, `"reason":"`+string(detail.Reason)+`"`) {
		t.Errorf("the Log is %d %s", log.status, log.body)
	}
	for _, secret := range f.Expected.Secrets {
		if strings.Contains(a.all(), secret) || strings.Contains(log.all(), secret) {
			t.Errorf("the secret %q is shown", secret)
		}
	}
}

// failure is the detail of the answer, of an event of it when it was delivered in the stream.
func (a *answer) failure(t *testing.T, delivery string) errs.Detail {
	t.Helper()
	var doc struct {
		Detail errs.Detail `json:"detail"`
		Output *string     `json:"output"`
		Error  string      `json:"error"`
	}
	body := a.body
	if delivery == "in_stream_event" {
		body = a.errorEvent(t)
	}
	if err := json.Unmarshal([]byte(body), &doc); err != nil {
		t.Fatalf("%v in %s", err, body)
	}
	if delivery == "in_stream_event" {
		if a.status != http.StatusOK || doc.Output == nil || *doc.Output != "" || doc.Error != doc.Detail.Message {
			t.Errorf("the error event is %s", body)
		}
	} else if a.status != doc.Detail.Code {
		t.Errorf("status %d, detail %s", a.status, body)
	}
	return doc.Detail
}

// errorEvent is the data of the event that ends the stream with an error; nothing may follow it.
func (a *answer) errorEvent(t *testing.T) string {
	t.Helper()
	_, after, found := strings.Cut(a.body, "event: error\ndata: ")
	if !found {
		t.Fatalf("no error event in %s", a.body)
	}
	data, rest, _ := strings.Cut(after, "\n")
	if strings.TrimSpace(rest) != "" {
		t.Errorf("%q follows the error", rest)
	}
	return data
}

func compareDetail(t *testing.T, want *expectation, got errs.Detail, slug string) {
	t.Helper()
	origin := want.Origin
	if origin == "<gateway>" {
		origin = errs.Gateway
	}
	type core struct {
		Code      int
		Type      string
		Reason    errs.Reason
		Retryable bool
		Origin    string
		After     float64
		Partial   bool
		Provider  string
	}
	if d := cmp.Diff(
		core{want.Code, want.Type, want.Reason, want.Retryable, origin, want.RetryAfter, want.PartialOutput, slug},
		core{got.Code, got.Type, got.Reason, got.Retryable, got.Origin, got.RetryAfter, got.PartialOutput, got.Provider},
	); d != "" {
		t.Errorf("detail (-want +got):\n%s", d)
	}
	if want.Message != nil && *want.Message != got.Message {
		t.Errorf("message (-want +got):\n%s", cmp.Diff(*want.Message, got.Message))
	}
	for _, part := range want.MessageContains {
		if !strings.Contains(got.Message, part) {
			t.Errorf("message %q lacks %q", got.Message, part)
		}
	}
	for _, part := range want.MustNotContain {
		if strings.Contains(got.Message, part) {
			t.Errorf("message %q holds %q", got.Message, part)
		}
	}
	limit := 2000
	if want.MaxRunes > 0 {
		limit = want.MaxRunes
	}
	if n := utf8.RuneCountInString(got.Message); n == 0 || n > limit {
		t.Errorf("the message has %d characters", n)
	}
	optional(t, "param", want.Param, got.Param)
	optional(t, "provider_code", want.ProviderCode, got.ProviderCode)
	optional(t, "provider_request_id", want.ProviderRequestID, got.ProviderRequestID)
	optional(t, "upstream_provider", want.UpstreamProvider, got.UpstreamProvider)
}

func optional(t *testing.T, name string, want *string, got string) {
	t.Helper()
	if want != nil && *want != got {
		t.Errorf("%s is %q, want %q", name, got, *want)
	}
}

func compareHeaders(t *testing.T, a *answer, d errs.Detail) {
	t.Helper()
	want := map[string]string{
		"Content-Type": "application/json", "X-Error-Origin": d.Origin, "X-Error-Reason": string(d.Reason), "Cache-Control": "no-store",
		"X-Request-Id": d.RequestID, "X-Should-Retry": strconv.FormatBool(d.Retryable), "Retry-After": "",
	}
	if d.RetryAfter > 0 {
		want["Retry-After"] = fmt.Sprint(math.Ceil(d.RetryAfter))
	}
	got := map[string]string{}
	for name := range want {
		got[name] = a.header.Get(name)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("headers (-want +got):\n%s", d)
	}
}

// answer is what the server sent.
type answer struct {
	status int
	header http.Header
	body   string
}

func (a *answer) all() string {
	var b strings.Builder
	w := bufio.NewWriter(&b)
	_ = a.header.Write(w)
	_ = w.Flush()
	return b.String() + a.body
}

func read(t *testing.T, resp *http.Response, err error) *answer {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return &answer{resp.StatusCode, resp.Header, string(body)}
}
