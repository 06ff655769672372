package errs_test

import (
	"strings"
	"testing"

	"github.com/openloop-server/openloop/internal/errs"
)

func TestRedact(t *testing.T) {
	long := strings.Repeat("a1B2", 12)
	cases := []struct{ name, in, want string }{
		{"whole short key", "Incorrect API key provided: DEADBEEF. You can find", "Incorrect API key provided: [redacted]. You can find"},
		{"a word as key", "Incorrect API key provided: test. You can find", "Incorrect API key provided: [redacted]. You can find"},
		{"masked key", "Incorrect API key provided: sk-wrong****-key. You", "Incorrect API key provided: [redacted]. You"},
		{"masked tail", "Your api key: ****-key is invalid", "Your api key: [redacted] is invalid"},
		{"Google's echo", "Permission denied: Consumer 'api_key:AIzaSyD0" + long + "' has been suspended.", "Permission denied: Consumer 'api_key:[redacted]' has been suspended."},
		{"header", `x-api-key: "abc123"`, `x-api-key: "[redacted]"`},
		{"inside JSON", `{"message":"API key provided: \"abc\".","api_key":"xyz"}`, `{"message":"API key provided: \"[redacted]\".","api_key":"[redacted]"}`},
		{"nothing after the colon", "Incorrect API key provided. You can", "Incorrect API key provided. You can"},
		{"prose after the colon", "Missing API key: please provide one", "Missing API key: please provide one"},
		{"address after the colon", "Get an API key: https://console.example.com/keys", "Get an API key: https://console.example.com/keys"},
		{"OpenAI", "got sk-proj-" + long + " here", "got [redacted] here"},
		{"OpenAI, dots", "got sk-proj...abcd here", "got [redacted] here"},
		{"Anthropic", "sk-ant-api03-" + long + ".", "[redacted]."},
		{"Groq", "(gsk_" + long + ")", "([redacted])"},
		{"xAI", "xai-" + long, "[redacted]"},
		{"xAI, masked", "xai-ab***yz", "[redacted]"},
		{"Perplexity", "pplx-" + long, "[redacted]"},
		{"Replicate", "r8_ab12********", "[redacted]"},
		{"Hugging Face", "hf_" + long, "[redacted]"},
		{"Google", "AIzaSy" + long, "[redacted]"},
		{"AWS", "AKIAIOSFODNN7EXAMPLE and ASIAIOSFODNN7EXAMPLE", "[redacted] and [redacted]"},
		{"Google access token", "ya29.a0" + long, "[redacted]"},
		{"own", "hl_sk_" + long, "[redacted]"},
		{"JWT", "token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln-_x ends", "token [redacted] ends"},
		{"bearer", "Authorization: Bearer abc.DEF-1 was refused", "Authorization: Bearer [redacted] was refused"},
		{"bearer as a word", "Bearer authentication is required", "Bearer authentication is required"},
		{"bearer with a place-holder", "an Authorization header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY)", "an Authorization header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY)"},
		{"bearer with a realm", `Bearer realm="OpenAI API"`, `Bearer realm="OpenAI API"`},
		{"key in a URL", "GET https://h/v1/models?key=abc&alt=sse failed", "GET https://h/v1/models?key=[redacted]&alt=sse failed"},
		{"token in a URL", "https://h/?a=1&access_token=abc", "https://h/?a=1&access_token=[redacted]"},
		{"signature in a URL", "https://h/?X-Amz-Signature=00ff", "https://h/?X-Amz-Signature=[redacted]"},
		{"password in a URL", "dial postgres://user:pa-ss@db:5432/x", "dial postgres://[redacted]@db:5432/x"},
		{"signed header", "x-amz-security-token:FwoGZXIvYXdzEA\nhost", "x-amz-security-token:[redacted]\nhost"},

		{"ids stay", "org-abc123 proj_QRf115 req_805398 arn:aws:iam::123456789012:role/r", "org-abc123 proj_QRf115 req_805398 arn:aws:iam::123456789012:role/r"},
		{"names of models stay", "pplx-7b-online-chat xai-grok task-12345678 disk-usage-123", "pplx-7b-online-chat xai-grok task-12345678 disk-usage-123"},
		{"numbers of tokens stay", "max_tokens: 10000 > 4096, tokens: 5", "max_tokens: 10000 > 4096, tokens: 5"},
		{"words of keys stay", "API keys are not supported by this API.", "API keys are not supported by this API."},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got := errs.Redact(c.in)
			if got != c.want {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
			if again := errs.Redact(got); again != got {
				t.Errorf("not idempotent: %q", again)
			}
		})
	}
}

func TestRedactExactSecrets(t *testing.T) {
	cases := []struct{ name, in, want string }{
		{"any shape", "key hunter2-long and hunter2", "key [redacted] and [redacted]"},
		{"as JSON", `{"echo":"a\"b\\c<"}`, `{"echo":"[redacted]"}`},
		{"too short to be one", "xy stays", "xy stays"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := errs.Redact(c.in, "hunter2", "hunter2-long", "xy", "", `a"b\c<`); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func FuzzRedact(f *testing.F) {
	for _, s := range []string{"API key provided: abc.", "Bearer x1", "https://a:b@c?key=d", "sk-…", "eyJhbGciOi.a.b", "x-api-key:'"} {
		f.Add(s, "hunter2")
	}
	f.Fuzz(func(t *testing.T, text, secret string) {
		got := errs.Redact(text, secret)
		if len(secret) >= 4 && !strings.Contains(errs.Redacted, secret) && strings.Contains(got, secret) && !strings.Contains(secret, "[") && !strings.Contains(secret, "]") {
			t.Errorf("%q is still in %q", secret, got)
		}
	})
}

func BenchmarkRedactClean(b *testing.B) {
	r := errs.NewRedactor("sk-the-secret-of-this-call")
	text := "This model's maximum context length is 4097 tokens. However, your messages resulted in 4294 tokens."
	b.ReportAllocs()
	for b.Loop() {
		_ = r.Text(text)
	}
}
