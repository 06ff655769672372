package app_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/llm/llmtest"
)

// withoutAWS hides the AWS configuration of the machine that the tests run on, and names files that there may be in dir.
func withoutAWS(t *testing.T, dir string) {
	t.Helper()
	for _, line := range os.Environ() {
		if name, _, _ := strings.Cut(line, "="); strings.HasPrefix(name, "AWS_") {
			t.Setenv(name, "")
		}
	}
	t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
	t.Setenv("AWS_CONFIG_FILE", filepath.Join(dir, "config"))
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", filepath.Join(dir, "credentials"))
}

// bedrockStub answers every stream, and keeps who called and in which region.
func bedrockStub(t *testing.T, got *string) string {
	t.Helper()
	body := llmtest.Frame(`{"contentBlockIndex":0,"delta":{"text":"Hi"}}`, ":event-type", "contentBlockDelta", ":message-type", "event")
	body = append(body, llmtest.Frame(`{"stopReason":"end_turn"}`, ":event-type", "messageStop", ":message-type", "event")...)
	body = append(body, llmtest.Frame(`{"usage":{"inputTokens":3,"outputTokens":1,"totalTokens":4}}`, ":event-type", "metadata", ":message-type", "event")...)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		*got, _, _ = strings.Cut(r.Header.Get("Authorization"), "/bedrock/")
		*got = strings.TrimPrefix(*got, "AWS4-HMAC-SHA256 Credential=")
		w.Header().Set("Content-Type", "application/vnd.amazon.eventstream")
		_, _ = w.Write(body)
	}))
	t.Cleanup(s.Close)
	return s.URL
}

func bedrockCall(keys map[string]string) map[string]any {
	return map[string]any{
		"path": "bedrock", "prompt": map[string]any{"provider": "bedrock", "model": "anthropic.claude-3-haiku-20240307-v1:0"},
		"messages": []any{map[string]any{"role": "user", "content": "hi"}}, "stream": true, "provider_api_keys": keys,
	}
}

func TestWhereBedrocksCredentialsComeFrom(t *testing.T) {
	const settings = "AWS_ACCESS_KEY_ID=AKIASETTING00 AWS_SECRET_ACCESS_KEY=s3cr3t-0123456789"
	for _, c := range []struct {
		name, environ string
		files         map[string]string
		keys          map[string]string
		want          string // who calls, and where
	}{
		{"settings", settings + " AWS_REGION=eu-west-1 AWS_DEFAULT_REGION=eu-west-2", nil, nil, "AKIASETTING00 eu-west-1"},
		{"default region", settings + " AWS_DEFAULT_REGION=eu-west-2", nil, nil, "AKIASETTING00 eu-west-2"},
		{"an API key wins", settings + " AWS_BEARER_TOKEN_BEDROCK=ABSKabc", nil, nil, "Bearer ABSKabc"},
		{"the call wins", settings + " AWS_REGION=eu-west-1", nil, map[string]string{"bedrock": "CALLER:s"}, "CALLER eu-west-1"},
		{"files", "", map[string]string{
			"credentials": "[default]\naws_access_key_id=AKIAFILE0000\naws_secret_access_key=s\n", "config": "[default]\nregion=ap-south-1\n",
		}, nil, "AKIAFILE0000 ap-south-1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			withoutAWS(t, dir)
			for name, text := range c.files {
				if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			var got string
			s := start(t, append(strings.Fields(c.environ), "AWS_ENDPOINT_URL_BEDROCK_RUNTIME="+bedrockStub(t, &got))...)
			a := s.post(t, "/v5/prompts/call", bedrockCall(c.keys))
			if a.status != http.StatusOK || !strings.Contains(a.body, `"output":"Hi"`) {
				t.Fatalf("got %d %s", a.status, a.body)
			}
			key, scope, _ := strings.Cut(got, "/")
			_, region, _ := strings.Cut(scope, "/")
			if got := strings.TrimSpace(key + " " + region); got != c.want {
				t.Errorf("%q called, want %q", got, c.want)
			}
		})
	}
}

func TestBedrockWithoutCredentials(t *testing.T) {
	for _, files := range []map[string]string{nil, {"config": "[profile broken\n"}, {"config": "[default]\nsource_profile=nowhere\nrole_arn=arn:aws:iam::1:role/r\n"}} {
		dir := t.TempDir()
		withoutAWS(t, dir)
		for name, text := range files {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		s := start(t, "AWS_REGION=us-east-1")
		d := s.post(t, "/v5/prompts/call", bedrockCall(nil)).failure(t, "http_status")
		if d.Reason != errs.ProviderKeyMissing || d.Code != http.StatusUnauthorized || d.Origin != errs.Gateway || d.Param != "provider_api_keys.bedrock" || strings.Contains(d.Message, "IMDS") {
			t.Errorf("with %v: %+v", files, d)
		}
	}
}
