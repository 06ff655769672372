package failure_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm/failure"
)

func TestMessage(t *testing.T) {
	cases := []struct{ name, body, want string }{
		{"message", `{"error":{"message":"m","detail":"d","title":"t"}}`, "m"},
		{"detail before title", `{"title":"t","detail":"d","status":422}`, "d"},
		{"title", `{"title":"t","status":422}`, "t"},
		{"error string", `{"error":"e","code":"c"}`, "e"},
		{"error string beside a message", `{"error":"Too Many Requests","message":"m"}`, "m"},
		{"empty message, outer one", `{"error":{"message":"","code":"c"},"message":"m"}`, "m"},
		{"capital message of AWS", `{"Message":"m"}`, "m"},
		{"AWS's output", `{"Output":{"__type":"com.amazon.coral.service#UnknownOperationException","message":"m"},"Version":"1.0"}`, "m"},
		{"list of errors", `{"success":false,"errors":[{"code":10000,"message":"a"},{"code":10001,"message":"b"}]}`, "a; b"},
		{"list of texts", `{"detail":["a","b"]}`, "a; b"},
		{"tags in a JSON message", `{"error":{"message":"<team_id> is <nil>"}}`, "<team_id> is <nil>"},
		{"tags at the start of a text", "<nil> was given", "<nil> was given"},
		{"a list in Python's notation", `{"message":"[{'type': 'extra_forbidden', 'msg': 'no'}]"}`, "[{'type': 'extra_forbidden', 'msg': 'no'}]"},
		{"trace of Python", "Traceback (most recent call last):\n  File \"/srv/a.py\", line 1, in f\n    raise ValueError('no')\nValueError: no\n", "ValueError: no"},
		{"trace of Python behind the error", `{"error":"It broke.\nTraceback (most recent call last):\n  File \"/srv/a.py\", line 1\nValueError: no"}`, "It broke."},
		{"trace of JavaScript", `{"error":"TypeError: x is undefined\n    at f (/srv/a.js:1:2)\n    at g"}`, "TypeError: x is undefined"},
		{"trace of Java", "java.lang.Error: no\n\tat com.example.A.f(A.java:1)", "java.lang.Error: no"},
		{"trace of Go", "panic: no\n\ngoroutine 1 [running]:\nmain.main()", "panic: no"},
		{"plain text", "\n  Too many requests.  \n", "Too many requests."},
		{"JSON text", `"Unauthorized"`, "Unauthorized"},
		{"inner spaces stay", `{"error":"busy, try again.  maximum exceeded"}`, "busy, try again.  maximum exceeded"},
		{"lines stay", `{"error":"a\n* b\tc"}`, "a\n* b\tc"},
		{"control characters go", `{"error":"a\u0000b\u001b[31mc\r\nd"}`, "ab[31mc\nd"},
		{"invalid UTF-8 is replaced", "{\"error\":\"a\xffb\"}", "a\uFFFDb"},
		{"byte order mark", "\uFEFF{\"error\":\"m\"}", "m"},

		{"page", "<html>\n<head><title>413 Request Entity\n  Too Large</title></head></html>", "OpenAI returned HTTP 400 with an HTML page: 413 Request Entity Too Large"},
		{"page with attributes", `<!doctype HTML><TITLE lang="en">A &quot;b&quot; &lt;c&gt;</TITLE>`, `OpenAI returned HTTP 400 with an HTML page: A "b" c`},
		{"page with a heading", "<html><body><h1 class=x>Just <span>a moment</span>...</h1>", "OpenAI returned HTTP 400 with an HTML page: Just a moment ..."},
		{"page without either", "<html><body>secret</body></html>", "OpenAI returned HTTP 400 with an HTML page"},
		{"page as a message", `{"error":{"message":"<html><head><title>502 Bad Gateway</title></head></html>"}}`, "OpenAI returned HTTP 400 with an HTML page: 502 Bad Gateway"},
		{"page inside a message", `{"error":{"message":"Upstream failed: <html><head><title>502 Bad Gateway</title></head></html>"}}`, "Upstream failed: 502 Bad Gateway"},
		{"XML", `<?xml version="1.0"?><Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>`, "OpenAI returned HTTP 400 with an XML document: Access Denied"},
		{"AWS's unknown operation", "<UnknownOperationException/>\n", "OpenAI returned HTTP 400 with an XML document"},

		{"empty", "", "OpenAI returned HTTP 400 with an empty body."},
		{"cut JSON", `{"error":{"message":"The serv`, "OpenAI returned HTTP 400 with a body that is unreadable."},
		{"cut list", `[{"error":`, "OpenAI returned HTTP 400 with a body that is unreadable."},
		{"binary", "\x1f\x8b\x08\x00\x00\x00\x00\x00", "OpenAI returned HTTP 400 with a body that is unreadable."},
		{"no message", `{"error":{"code":"c"}}`, "OpenAI returned HTTP 400 without a message."},
		{"empty object", `{}`, "OpenAI returned HTTP 400 without a message."},
		{"only JSON as message", `{"error":{"message":"{\"a\":1}"}}`, "OpenAI returned HTTP 400 without a message."},
		{"cut JSON as message", `{"error":{"message":"{\"error\":{\"mess"}}`, "OpenAI returned HTTP 400 without a message."},
		{"only control characters", `{"error":{"message":"\u0000\u0001"}}`, "OpenAI returned HTTP 400 without a message."},
		{"markup behind control characters", `{"error":{"message":"\u0000<html><title>t</title>"}}`, "OpenAI returned HTTP 400 with an HTML page: t"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if d := cmp.Diff(c.want, call("openai").HTTP(400, nil, []byte(c.body)).Message); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}

// facts are the parts of a failure that unwrapping supplies.
type facts struct {
	Reason                     errs.Reason
	Message, Code, Param, Up   string
	Violations                 []errs.Violation
	RequestID                  string
	PartialOutput, HasAttempts bool
}

func factsOf(e *errs.Error) facts {
	return facts{e.Reason, e.Message, e.ProviderCode, e.Param, e.UpstreamProvider, e.Violations, e.ProviderRequestID, e.PartialOutput, e.Attempts != nil}
}

func TestUnwrap(t *testing.T) {
	q := strconv.Quote
	anthropic := `{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"},"request_id":"req_in"}`
	extra := `[{"type":"extra_forbidden","loc":["body","messages",0,"name"],"msg":"Extra inputs are not permitted","input":"prompt text"},{"type":"missing","loc":["body"],"msg":"Field required"}]`
	extraFacts := func(code string) facts {
		return facts{
			Reason: errs.UnsupportedParameter, Code: code, Param: "messages.0.name",
			Message:    "messages.0.name: Extra inputs are not permitted; Field required",
			Violations: []errs.Violation{{Param: "messages.0.name", Message: "Extra inputs are not permitted", Type: "extra_forbidden"}, {Message: "Field required", Type: "missing"}},
		}
	}
	cases := []struct {
		name   string
		status int
		body   string
		want   facts
	}{
		{"JSON as message", 400, `{"error":{"code":400,"message":` + q(anthropic) + `,"status":"INVALID_ARGUMENT"}}`, facts{Reason: errs.Overloaded, Message: "Overloaded", Code: "overloaded_error", RequestID: "req_in"}},
		{"JSON behind a status in a message", 500, `{"error":{"message":` + q("500 "+anthropic) + `,"code":null}}`, facts{Reason: errs.Overloaded, Message: "Overloaded", Code: "overloaded_error", RequestID: "req_in"}},
		{"JSON inside a proxy's sentence", 400, `{"error":{"message":` + q("litellm.BadRequestError: VertexAIException - b'"+anthropic+"'") + `,"type":"None","param":"None","code":"400"}}`, facts{Reason: errs.Overloaded, Message: "Overloaded", Code: "overloaded_error", RequestID: "req_in"}},
		{"JSON in a sentence that is no envelope", 400, `{"error":{"message":` + q(`Bad schema: {"description":"d"}`) + `}}`, facts{Reason: errs.InvalidRequest, Message: `Bad schema: {"description":"d"}`}},
		{"details as JSON text", 429, `{"error":{"message":"Upstream error","details":` + q(anthropic) + `}}`, facts{Reason: errs.Overloaded, Message: "Overloaded", Code: "overloaded_error", RequestID: "req_in"}},
		{"details as text", 429, `{"error":{"code":"RateLimitReached","message":"m","details":"m again"}}`, facts{Reason: errs.RateLimited, Message: "m", Code: "RateLimitReached"}},
		{"raw text", 429, `{"error":{"message":"Provider returned error","code":429,"metadata":{"raw":"slow down","provider_name":"Chutes"}}}`, facts{Reason: errs.RateLimited, Message: "slow down", Up: "Chutes"}},
		{"raw JSON text", 502, `{"error":{"message":"Provider returned error","code":502,"metadata":{"raw":` + q(anthropic) + `,"provider_name":"Anthropic"}},"user_id":"u"}`, facts{Reason: errs.Overloaded, Message: "Overloaded", Code: "overloaded_error", Up: "Anthropic", RequestID: "req_in"}},
		{"raw object with data", 400, `{"error":{"message":"Provider returned error","code":400,"metadata":{"raw":{"data":` + q(`{"error":{"message":"m","type":"t","param":"input","code":null}}`) + `},"provider_name":"OpenAI"}}}`, facts{Reason: errs.InvalidRequest, Message: "m", Code: "t", Param: "input", Up: "OpenAI"}},
		{"raw object with text as data", 400, `{"error":{"message":"Provider returned error","metadata":{"raw":{"data":"plain"}}}}`, facts{Reason: errs.InvalidRequest, Message: "plain"}},
		{"raw object that is an envelope", 400, `{"error":{"message":"Provider returned error","metadata":{"raw":{"error":{"message":"m"}}}}}`, facts{Reason: errs.InvalidRequest, Message: "m"}},
		{"raw array", 400, `{"error":{"message":"Provider returned error","metadata":{"raw":` + q(`[{"error":{"code":400,"message":"m","status":"INVALID_ARGUMENT"}}]`) + `}}}`, facts{Reason: errs.InvalidRequest, Message: "m", Code: "INVALID_ARGUMENT"}},
		{"raw with a detail", 400, `{"error":{"message":"Provider returned error","metadata":{"raw":"{\"detail\":\"d\"}"}}}`, facts{Reason: errs.InvalidRequest, Message: "d"}},
		{"raw page", 502, `{"error":{"message":"Provider returned error","metadata":{"raw":"<html><title>502 Bad Gateway</title></html>"}}}`, facts{Reason: errs.ProviderUnreachable, Message: "OpenRouter returned HTTP 502 with an HTML page: 502 Bad Gateway"}},
		{"raw of nothing", 400, `{"error":{"message":"Provider returned error","metadata":{"raw":"","provider_name":null}}}`, facts{Reason: errs.InvalidRequest, Message: "Provider returned error"}},
		{"raw of broken JSON", 400, `{"error":{"message":"Provider returned error","metadata":{"raw":"{\"error\":"}}}`, facts{Reason: errs.InvalidRequest, Message: "Provider returned error"}},
		{"raw in raw", 400, `{"error":{"message":"Provider returned error","metadata":{"provider_name":"Outer","raw":` + q(`{"error":{"message":"inner","metadata":{"raw":"innermost","provider_name":"Inner"}}}`) + `}}}`, facts{Reason: errs.InvalidRequest, Message: "innermost", Up: "Outer"}},

		{"message.detail[]", 422, `{"object":"error","message":{"detail":` + extra + `},"type":"invalid_request_error","param":null,"code":null}`, extraFacts("invalid_request_error")},
		{"detail[]", 422, `{"detail":` + extra + `}`, extraFacts("extra_forbidden")},
		{"message[]", 422, `{"object":"Error","message":` + extra + `,"type":"invalid_request_error","code":3001}`, extraFacts("3001")},
		{"message.detail[] as JSON text", 422, `{"object":"error","message":` + q(`{"detail":`+extra+`}`) + `,"type":"invalid_request_error","code":null}`, extraFacts("invalid_request_error")},
		{"message[] as JSON text", 422, `{"object":"error","message":` + q(extra) + `,"type":"invalid_request_error","code":null}`, extraFacts("invalid_request_error")},
		{"detail[] as JSON text", 422, `{"detail":` + q(extra) + `}`, extraFacts("extra_forbidden")},

		{"param that is no identifier", 400, `{"error":{"message":"m","param":"the first message"}}`, facts{Reason: errs.InvalidRequest, Message: "m"}},
		{"param with brackets and dots", 400, `{"error":{"message":"m","param":"messages[0].content[1].image_url"}}`, facts{Reason: errs.InvalidRequest, Message: "m", Param: "messages[0].content[1].image_url"}},
		{"Google's field violations", 400, `{"error":{"code":400,"message":"m","status":"INVALID_ARGUMENT","details":[{"@type":"type.googleapis.com/google.rpc.BadRequest","fieldViolations":[{"field":"generation_config.top_k","description":"d"}]}]}}`, facts{
			Reason: errs.InvalidRequest, Message: "m", Code: "INVALID_ARGUMENT", Param: "generation_config.top_k",
			Violations: []errs.Violation{{Param: "generation_config.top_k", Message: "d"}},
		}},
		{"upstream of a chunk", 400, `{"id":"gen-1","provider":"Minimax","error":{"code":400,"message":"m"},"choices":[]}`, facts{Reason: errs.InvalidRequest, Message: "m", Up: "Minimax", RequestID: "gen-1"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got := factsOf(call("openrouter").HTTP(c.status, nil, []byte(c.body)))
			if c.want.Code == "extra_forbidden" {
				c.want.Code = "" // the type of an entry classifies, but is not the code of the answer
			}
			if d := cmp.Diff(c.want, got); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}

func TestUnwrapStopsAtDepthEight(t *testing.T) {
	body := `{"error":{"message":"the core"}}`
	for range 8 {
		body = `{"error":{"message":` + strconv.Quote(body) + `}}`
	}
	if e := call("openai").HTTP(500, nil, []byte(body)); e.Message != "the core" {
		t.Errorf("eight envelopes: %q", e.Message)
	}
	body = `{"error":{"message":` + strconv.Quote(body) + `}}`
	if e := call("openai").HTTP(500, nil, []byte(body)); e.Message != "OpenAI returned HTTP 500 without a message." {
		t.Errorf("nine envelopes: %q", e.Message)
	}
}

func TestRequestID(t *testing.T) {
	body := `{"id":"top","error":{"message":"m","request_id":"inner"},"request_id":"outer"}`
	cases := []struct {
		name string
		h    http.Header
		body string
		want string
	}{
		{"order of headers", headers("x-debug-trace-id", "6", "x-kong-request-id", "5", "x-amzn-requestid", "4", "apim-request-id", "3", "request-id", "2", "x-request-id", "1"), body, "1"},
		{"request-id", headers("x-debug-trace-id", "6", "request-id", "2", "apim-request-id", "3"), body, "2"},
		{"apim-request-id", headers("apim-request-id", "3", "x-amzn-requestid", "4"), body, "3"},
		{"x-amzn-requestid", headers("x-amzn-requestid", "4", "x-kong-request-id", "5"), body, "4"},
		{"x-kong-request-id", headers("x-kong-request-id", "5", "x-debug-trace-id", "6"), body, "5"},
		{"header before body", headers("x-debug-trace-id", "6", "cf-ray", "7"), body, "6"},
		{"body before cf-ray", headers("cf-ray", "7"), body, "inner"},
		{"outer", headers("cf-ray", "7"), `{"id":"top","error":{"message":"m"},"request_id":"outer"}`, "outer"},
		{"null", headers("cf-ray", "7"), `{"error":{"message":"m"},"request_id":null}`, "7"},
		{"top-level id", headers("cf-ray", "7"), `{"id":"top","message":"m"}`, "top"},
		{"id inside is none", nil, `{"error":{"message":"m","id":"x"}}`, ""},
		{"cf-ray", headers("cf-ray", "7"), "", "7"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := call("together").HTTP(400, c.h, []byte(c.body)).ProviderRequestID; got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestCredentialsAreRedactedEverywhere(t *testing.T) {
	c := call("openai")
	c.Secrets = []string{"hunter2-of-this-call"}
	body := `{"error":{"message":"Key hunter2-of-this-call, sk-proj-abcdefgh1234 at https://h/v1?key=AIzaSyABCDEFGH123","type":"hunter2-of-this-call","param":"hunter2-of-this-call",` +
		`"code":"AKIAIOSFODNN7EXAMPLE"},"detail":[{"loc":["hunter2-of-this-call"],"msg":"Bearer abc123def"}],"request_id":"hunter2-of-this-call"}`
	e := c.HTTP(400, headers("x-request-id", "r8_abcdefgh12345"), []byte(body))
	out, err := json.Marshal(e.Detail("req", ""))
	if err != nil {
		t.Fatal(err)
	}
	all := string(out) + string(e.Body) + e.Error()
	for _, secret := range []string{"hunter2", "abcdefgh1234", "AIza", "AKIA", "abc123def"} {
		if strings.Contains(all, secret) {
			t.Errorf("%s is in %s", secret, all)
		}
	}
	if want := "Key [redacted], [redacted] at https://h/v1?key=[redacted]"; e.Message != want {
		t.Errorf("message %q, want %q", e.Message, want)
	}
}

func TestPromptsThatProvidersEchoAreNotKept(t *testing.T) {
	secret := "the caller's words"
	nested := `{"error":{"message":"m","metadata":{"raw":` + strconv.Quote(`{"error":{"message":"Output blocked","flagged_input":"`+secret+` \"quoted\" }","code":"c"}}`) + `}}}`
	for _, body := range []string{
		`{"error":{"message":"m","metadata":{"reasons":["violence"],"flagged_input":"` + secret + ` \" and \\","provider_name":"OpenAI"}}}`,
		`{"error":{"message":"m","code":"tool_use_failed","failed_generation":"` + secret + `"}}`,
		`{"detail":[{"loc":["body","x"],"msg":"m","input":{"messages":[{"content":"` + secret + `"}]}},{"msg":"n","input" : [ "` + secret + `" ] , "ctx":{}}]}`,
		`{"error":{"message":"m","failed_generation":"` + secret,
		nested,
	} {
		e := call("openrouter").HTTP(400, nil, []byte(body))
		out, err := json.Marshal(e.Detail("req", ""))
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(out)+string(e.Body), secret) {
			t.Errorf("%s\nis kept as %s\nand shown as %s", body, e.Body, out)
		}
		if len(e.Body) == 0 || json.Valid([]byte(body)) != json.Valid(e.Body) {
			t.Errorf("the kept body is broken: %s", e.Body)
		}
	}
}

func TestOrdinaryBodyIsKeptAsItIs(t *testing.T) {
	body := `{"error":{"message":"the input is bad","input_tokens":5,"input":null},"inputs":"x"}`
	if got := string(call("openai").HTTP(400, nil, []byte(body)).Body); got != body {
		t.Errorf("got %s", got)
	}
}

func TestLimits(t *testing.T) {
	deep := strings.Repeat(`{"error":`, 65) + `"m"` + strings.Repeat("}", 65)
	cases := []struct{ name, body string }{
		{"long message", openAI("null", strings.Repeat("é", 5000))},
		{"long text", strings.Repeat("😀 ", 90000)},
		{"one long word", strings.Repeat("x", 10<<20)},
		{"long JSON", `{"error":{"message":"m","pad":"` + strings.Repeat("x", 1<<20) + `"}}`},
		{"many errors", `{"detail":[` + strings.Repeat(`{"loc":["body","a"],"msg":"m"},`, 5000) + `{"msg":"m"}]}`},
		{"deep", deep},
		{"very deep", strings.Repeat("[", 1<<20)},
		{"deep messages", strings.Repeat(`{"message":`, 60) + `"m"` + strings.Repeat("}", 60)},
		{"many events", strings.Repeat("data: {\"a\":1}\n\n", 20000)},
		{"many lines", strings.Repeat("{}\n", 100000)},
		{"many tags", strings.Repeat("<h1", 100000)},
		{"many pages", "<html>" + strings.Repeat("<title", 50000)},
		{"many phrases", openAI("null", strings.Repeat("model account violated api key ", 8000))},
		{"many quotes", `{"input":"` + strings.Repeat(`\"`, 100000) + `"}`},
		{"many echoes", `{"error":[` + strings.Repeat(`{"input":`, 30000)},
		{"many carriers", strings.Repeat(`{"error":{"detail":{"cause":`, 15) + `{"upstream":"` + strings.Repeat("x", 200<<10) + `"}` + strings.Repeat("}}}", 15)},
		{"wide carriers", `{"error":{` + strings.Repeat(`"error`+`":{"detail":{"cause":{"a":1}}},`, 5000) + `"inner":1}}`},
		{"many reprs", openAI("null", "Error code: 400 - "+strings.Repeat("{'error': ", 20000))},
		{"many quotations", openAI("null", strings.Repeat(" 'a", 50000))},
		{"many keys", openAI("null", strings.Repeat("sk-abcdefgh ", 10000))},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			start := time.Now()
			e := call("openai").HTTP(400, nil, []byte(c.body))
			if took := time.Since(start); took > 30*time.Second {
				t.Errorf("took %v", took)
			}
			out, err := json.Marshal(e.Detail("req", "http://localhost"))
			if err != nil {
				t.Fatal(err)
			}
			if n := utf8.RuneCountInString(e.Message); n == 0 || n > 2000 {
				t.Errorf("message of %d characters", n)
			}
			if len(out) > 8<<10 || len(e.Body) > 64<<10 || len(e.Violations) > 20 {
				t.Errorf("detail of %d bytes, body of %d, %d violations", len(out), len(e.Body), len(e.Violations))
			}
		})
	}
	if e := call("openai").HTTP(400, nil, []byte(deep)); e.Message != "OpenAI returned HTTP 400 with a body that is unreadable." {
		t.Errorf("deep: %q", e.Message)
	}
}

func TestLongMessageEndsWithAnEllipsis(t *testing.T) {
	e := call("openai").HTTP(400, nil, []byte(openAI("null", strings.Repeat("é", 5000))))
	if want := strings.Repeat("é", 1999) + "…"; e.Message != want {
		t.Errorf("got %d characters, the end is %q", utf8.RuneCountInString(e.Message), e.Message[len(e.Message)-9:])
	}
}

func TestVendorNames(t *testing.T) {
	want := map[string]string{
		"openai": "OpenAI", "openai_azure": "Azure OpenAI", "anthropic": "Anthropic", "google": "Google Gemini", "vertex_ai": "Google Vertex AI",
		"bedrock": "Amazon Bedrock", "cohere": "Cohere", "mistral": "Mistral", "groq": "Groq", "deepseek": "DeepSeek", "xai": "xAI",
		"together": "Together AI", "fireworks": "Fireworks AI", "perplexity": "Perplexity", "openrouter": "OpenRouter", "replicate": "Replicate",
		"ollama": "Ollama", "vllm": "vLLM", "openai_compatible": "OpenAI-compatible", "elsewhere": "elsewhere",
	}
	for slug, display := range want {
		if got := failure.VendorOf(slug); got != (failure.Vendor{Slug: slug, Display: display}) {
			t.Errorf("%s: %+v", slug, got)
		}
	}
}

func TestZeroCallWorks(t *testing.T) {
	e := failure.Call{}.HTTP(500, nil, nil)
	if e.Message != "The provider returned HTTP 500 with an empty body." || e.Origin == "" {
		t.Errorf("got %q of %q", e.Message, e.Origin)
	}
}
