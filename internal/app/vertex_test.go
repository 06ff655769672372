package app_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/json"
)

// vertexStub is Google Vertex AI, and Google's token service at /token. It keeps who called which path.
func vertexStub(t *testing.T, got *string) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/token" {
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write([]byte(`{"access_token":"ya29.from-the-account","expires_in":3600,"token_type":"Bearer"}`))
			return
		}
		*got = strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ") + " " + r.URL.EscapedPath()
		if strings.Contains(r.URL.Path, "/anthropic/") {
			_, _ = w.Write([]byte(`{"type":"message","role":"assistant","content":[{"type":"text","text":"Hi"}],"stop_reason":"end_turn"}`))
			return
		}
		_, _ = w.Write([]byte(`{"candidates":[{"content":{"parts":[{"text":"Hi"}]},"finishReason":"STOP"}]}`))
	}))
	t.Cleanup(s.Close)
	return s.URL
}

// serviceAccount writes the file of a service account whose tokens come from url, and returns its name.
func serviceAccount(t *testing.T, url string) string {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	file, err := json.Marshal(map[string]any{
		"type": "service_account", "project_id": "p", "client_email": "a@p.iam.gserviceaccount.com", "token_uri": url,
		"private_key_id": "1", "private_key": string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})),
	})
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "account.json")
	if err := os.WriteFile(name, file, 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func vertexCall(model string, keys map[string]string) map[string]any {
	return map[string]any{
		"path": "vertex", "prompt": map[string]any{"provider": "vertex_ai", "model": model},
		"messages": []any{map[string]any{"role": "user", "content": "hi"}}, "provider_api_keys": keys,
	}
}

func TestWhereVertexIsCalled(t *testing.T) {
	const token = "VERTEX_AI_ACCESS_TOKEN=ya29.setting "
	for _, c := range []struct {
		name, environ, model string
		keys                 map[string]string
		want                 string // who calls, and what
	}{
		{"settings", token + "VERTEX_AI_PROJECT=p VERTEX_AI_LOCATION=europe-west1 GOOGLE_CLOUD_PROJECT=q", "gemini-2.5-pro", nil,
			"ya29.setting /v1/projects/p/locations/europe-west1/publishers/google/models/gemini-2.5-pro:generateContent"},
		{"settings of Google's SDK", token + "GOOGLE_CLOUD_PROJECT=q GOOGLE_CLOUD_LOCATION=us-east5", "claude-sonnet-4-5@20250929", nil,
			"ya29.setting /v1/projects/q/locations/us-east5/publishers/anthropic/models/claude-sonnet-4-5@20250929:rawPredict"},
		{"the call wins", token + "VERTEX_AI_PROJECT=p", "google/gemini-2.5-pro", map[string]string{"vertex_ai": "ya29.call"},
			"ya29.call /v1/projects/p/locations/global/publishers/google/models/gemini-2.5-pro:generateContent"},
		{"a service account", "VERTEX_AI_PROJECT=p", "gemini-2.5-pro", nil,
			"ya29.from-the-account /v1/projects/p/locations/global/publishers/google/models/gemini-2.5-pro:generateContent"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got string
			url := vertexStub(t, &got)
			t.Setenv("GOOGLE_APPLICATION_CREDENTIALS", serviceAccount(t, url+"/token"))
			s := start(t, append(strings.Fields(c.environ), "VERTEX_AI_BASE_URL="+url+"/v1/")...)
			a := s.post(t, "/v5/prompts/call", vertexCall(c.model, c.keys))
			if a.status != http.StatusOK || !strings.Contains(a.body, `"output":"Hi"`) {
				t.Fatalf("got %d %s", a.status, a.body)
			}
			if got != c.want {
				t.Errorf("called is %s, want %s", got, c.want)
			}
		})
	}
}

func TestVertexWithoutCredentials(t *testing.T) {
	t.Setenv("GOOGLE_APPLICATION_CREDENTIALS", filepath.Join(t.TempDir(), "nowhere.json"))
	d := start(t, "VERTEX_AI_PROJECT=p").post(t, "/v5/prompts/call", vertexCall("gemini-2.5-pro", nil)).failure(t, "http_status")
	if d.Reason != errs.ProviderKeyMissing || d.Origin != errs.Gateway || d.Param != "provider_api_keys.vertex_ai" || strings.Contains(d.Message, "nowhere") {
		t.Errorf("got %+v", d)
	}
}

func TestVertexWhenTheTokenServiceIsAway(t *testing.T) {
	t.Setenv("GOOGLE_APPLICATION_CREDENTIALS", serviceAccount(t, closedPort(t)))
	d := start(t, "VERTEX_AI_PROJECT=p").post(t, "/v5/prompts/call", vertexCall("gemini-2.5-pro", nil)).failure(t, "http_status")
	if d.Reason != errs.ProviderUnreachable || d.Origin != errs.Gateway || !strings.HasPrefix(d.Message, "Google's token service refused the connection. Nothing listens at 127.0.0.1:") {
		t.Errorf("got %+v", d)
	}
}

func TestVertexWithoutProject(t *testing.T) {
	d := start(t, "VERTEX_AI_ACCESS_TOKEN=ya29.setting").post(t, "/v5/prompts/call", vertexCall("gemini-2.5-pro", nil)).failure(t, "http_status")
	if d.Reason != errs.EndpointNotFound || d.Origin != errs.Gateway || !strings.Contains(d.Message, "VERTEX_AI_PROJECT") {
		t.Errorf("got %+v", d)
	}
}
