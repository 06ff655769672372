package failure_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm/failure"
)

// fixture is one recorded failure, or a success that looks like one. The header of testdata/corpus.json explains the fields.
type fixture struct {
	ID           string            `json:"id"`
	Provider     string            `json:"provider"`
	Endpoint     string            `json:"endpoint"`
	Phase        string            `json:"phase"`
	HTTPStatus   int               `json:"http_status"`
	Headers      map[string]string `json:"headers"`
	Body         string            `json:"body"`
	BodyEncoding string            `json:"body_encoding"`
	Transport    *struct {
		Kind   string  `json:"kind"`
		AfterS float64 `json:"after_s"`
	} `json:"transport"`
	Expected expectation `json:"expected"`
}

type expectation struct {
	IsError         bool     `json:"is_error"`
	Delivery        string   `json:"delivery"`
	Code            int      `json:"code"`
	Type            string   `json:"type"`
	Origin          string   `json:"origin"`
	Reason          string   `json:"reason"`
	Retryable       bool     `json:"retryable"`
	RetryAfterS     *float64 `json:"retry_after_s"`
	Message         *string  `json:"message"`
	MessageContains []string `json:"message_contains"`
	MustNotContain  []string `json:"must_not_contain"`
	Secrets         []string `json:"secrets"`
	Param           *string  `json:"param"`
	ProviderCode    *string  `json:"provider_code"`
	RequestID       *string  `json:"provider_request_id"`
	Upstream        *string  `json:"upstream_provider"`
	PartialOutput   bool     `json:"partial_output"`
	MaxRunes        int      `json:"message_max_runes"`
}

func corpus(tb testing.TB) []fixture {
	tb.Helper()
	data, err := os.ReadFile("testdata/corpus.json")
	if err != nil {
		tb.Fatal(err)
	}
	var file struct {
		Fixtures []fixture `json:"fixtures"`
	}
	if err := json.Unmarshal(data, &file); err != nil {
		tb.Fatal(err)
	}
	return file.Fixtures
}

func TestCorpus(t *testing.T) {
	fixtures := corpus(t)
	if len(fixtures) < 189 {
		t.Fatalf("only %d fixtures", len(fixtures))
	}
	for _, f := range fixtures {
		t.Run(f.ID, func(t *testing.T) { f.check(t, f.replay(t)) })
	}
}

// slug returns our slug of the corpus's provider.
func (f fixture) slug() string {
	switch f.Provider {
	case "gemini":
		return "google"
	case "azure_openai":
		return "openai_azure"
	}
	return f.Provider
}

// replay does with the fixture what a driver does.
func (f fixture) replay(t *testing.T) *errs.Error {
	t.Helper()
	call := failure.Call{Vendor: failure.VendorOf(f.slug()), Model: "m"}
	h := http.Header{}
	for k, v := range f.Headers {
		h.Set(k, v)
	}
	body := []byte(f.Body)
	if f.BodyEncoding == "base64" {
		body, _ = base64.StdEncoding.DecodeString(f.Body)
	}
	switch {
	case f.Transport != nil:
		return f.transport(t, call)
	case f.HTTPStatus >= 300:
		return call.HTTP(f.HTTPStatus, h, body)
	case f.Phase == "non_stream":
		return call.Success(h, body)
	case strings.Contains(h.Get("Content-Type"), "amazon.eventstream"):
		return replayFrames(call, h, body)
	}
	return replayStream(call, h, f.Body)
}

func (f fixture) transport(t *testing.T, call failure.Call) *errs.Error {
	t.Helper()
	after := time.Duration(f.Transport.AfterS * float64(time.Second))
	wrap := func(err error) *errs.Error {
		return errs.From(call.Transport(&url.Error{Op: "Post", URL: "https://api.example.com:8443/v1?key=x", Err: err}))
	}
	switch f.Transport.Kind {
	case "connection_refused":
		return wrap(&net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)})
	case "dns_error":
		return wrap(&net.OpError{Op: "dial", Net: "tcp", Err: &net.DNSError{Err: "no such host", Name: "api.example.invalid", IsNotFound: true}})
	case "tls_error":
		return wrap(&tls.CertificateVerificationError{Err: errors.New("x509: certificate signed by unknown authority")})
	case "closed_before_response":
		return wrap(io.EOF)
	case "gateway_deadline":
		return call.Deadline(failure.Headers, after)
	case "gateway_idle_timeout":
		call.Output = f.Phase == "mid_stream"
		return call.Deadline(failure.Silence, after)
	}
	t.Fatalf("unknown transport %q", f.Transport.Kind)
	return nil
}

// replayStream feeds the events of SSE or NDJSON, with bare JSON documents among them, until one is a failure. It skips an event that the
// end of the connection cut.
func replayStream(call failure.Call, h http.Header, body string) *errs.Error {
	var data, name string
	for len(body) > 0 {
		line, rest, complete := strings.Cut(body, "\n")
		if bare := strings.TrimSpace(line); strings.HasPrefix(bare, "{") || strings.HasPrefix(bare, "[") {
			if strings.HasPrefix(h.Get("Content-Type"), "text/event-stream") {
				return call.Event("", h, []byte(body))
			}
			data, line = bare, ""
		}
		line, body = strings.TrimSuffix(line, "\r"), rest
		value, isData := strings.CutPrefix(line, "data:")
		switch {
		case isData:
			data += strings.TrimPrefix(value, " ")
		case strings.HasPrefix(line, "event:"):
			name = strings.TrimSpace(line[len("event:"):])
		case line == "" && complete && data != "":
			if e := call.Event(name, h, []byte(data)); e != nil {
				return e
			}
			call.Output = call.Output || hasOutput(data)
			data, name = "", ""
		}
	}
	return call.Cut(h)
}

// hasOutput decides, as a small driver would, whether data holds output.
func hasOutput(data string) bool {
	for _, sign := range []string{`"content":"`, `"reasoning":"`, `"response":"`, `"text_delta","text":"`, `"delta":"`, `"text": "`} {
		if i := strings.Index(data, sign); i >= 0 && !strings.HasPrefix(data[i+len(sign):], `"`) {
			return true
		}
	}
	return false
}

func replayFrames(call failure.Call, h http.Header, body []byte) *errs.Error {
	for len(body) > 0 {
		headers, payload, rest := splitFrame(body)
		if e := call.Frame(headers, h, payload); e != nil {
			return e
		}
		call.Output = call.Output || bytes.Contains(payload, []byte(`"delta"`))
		body = rest
	}
	return call.Cut(h)
}

// splitFrame reads one frame of an AWS event stream whose headers are all strings.
func splitFrame(b []byte) (headers map[string]string, payload, rest []byte) {
	number := func(b []byte) int { return int(b[0])<<24 | int(b[1])<<16 | int(b[2])<<8 | int(b[3]) }
	total, size := number(b), number(b[4:])
	headers = map[string]string{}
	for h := b[12 : 12+size]; len(h) > 0; {
		n := int(h[0])
		m := int(h[2+n])<<8 | int(h[3+n])
		headers[string(h[1:1+n])] = string(h[4+n : 4+n+m])
		h = h[4+n+m:]
	}
	return headers, b[12+size : total-4], b[total:]
}

func (f fixture) check(t *testing.T, e *errs.Error) {
	t.Helper()
	want := f.Expected
	if !want.IsError {
		if e != nil {
			t.Fatalf("a success came out as %v", e)
		}
		return
	}
	if e == nil {
		t.Fatal("no error")
	}
	d := e.Detail("req_test", "")
	type facts struct {
		Code              int
		Type, Origin      string
		Reason            errs.Reason
		Retryable         bool
		RetryAfter        float64
		Partial           bool
		Param, ID, Up     string
		ProviderCode, Msg string
		Status            int
	}
	got := facts{d.Code, d.Type, d.Origin, d.Reason, d.Retryable, d.RetryAfter, d.PartialOutput, d.Param, d.ProviderRequestID, d.UpstreamProvider, d.ProviderCode, d.Message, d.ProviderStatus}
	expected := facts{
		Code: want.Code, Type: want.Type, Origin: strings.ReplaceAll(want.Origin, "<gateway>", errs.Gateway), Reason: errs.Reason(want.Reason),
		Retryable: want.Retryable, Partial: want.PartialOutput, Status: f.HTTPStatus,
		Param: or(want.Param, got.Param), ID: or(want.RequestID, got.ID), Up: or(want.Upstream, got.Up), ProviderCode: or(want.ProviderCode, got.ProviderCode),
		Msg: or(want.Message, got.Msg),
	}
	if want.RetryAfterS != nil {
		expected.RetryAfter = *want.RetryAfterS
	}
	if diff := cmp.Diff(expected, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	f.checkMessage(t, d)
	f.checkSecrets(t, e, d)
	if want.Delivery == "in_stream_event" != d.PartialOutput {
		t.Errorf("delivery %s, partial output %v", want.Delivery, d.PartialOutput)
	}
}

func or(want *string, got string) string {
	if want == nil {
		return got
	}
	return *want
}

func (f fixture) checkMessage(t *testing.T, d errs.Detail) {
	t.Helper()
	for _, part := range f.Expected.MessageContains {
		if !strings.Contains(d.Message, part) {
			t.Errorf("message %q lacks %q", d.Message, part)
		}
	}
	for _, part := range f.Expected.MustNotContain {
		if strings.Contains(d.Message, part) {
			t.Errorf("message %q contains %q", d.Message, part)
		}
	}
	limit := 2000
	if f.Expected.MaxRunes > 0 {
		limit = f.Expected.MaxRunes
	}
	if n := utf8.RuneCountInString(d.Message); n == 0 || n > limit {
		t.Errorf("message has %d characters", n)
	}
}

func (f fixture) checkSecrets(t *testing.T, e *errs.Error, d errs.Detail) {
	t.Helper()
	out, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	all := string(out) + string(e.Body) + e.Error()
	d.Headers(func(k, v string) {
		all += k + v
		if k == "Retry-After" && v != fmt.Sprint(math.Ceil(d.RetryAfter)) {
			t.Errorf("Retry-After is %s for %v", v, d.RetryAfter)
		}
	})
	for _, s := range f.Expected.Secrets {
		if strings.Contains(all, s) {
			t.Errorf("secret %q is in %s", s, all)
		}
	}
}

func TestCancelledContextIsNoFailure(t *testing.T) {
	err := fmt.Errorf("post: %w", context.Canceled)
	if got := (failure.Call{}).Transport(err); !errors.Is(got, err) {
		t.Errorf("got %v", got)
	}
}
