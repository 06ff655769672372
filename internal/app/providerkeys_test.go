package app_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/openloop-server/openloop/internal/app"
	"github.com/openloop-server/openloop/internal/config"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/json"
)

const storedKey = "stored-key-0123456789wxyz"

// stubbed is a provider at a private address that answers those who have the stored key, and counts them.
func stubbed(t *testing.T) (url string, calls *atomic.Int32) {
	t.Helper()
	calls = new(atomic.Int32)
	stub := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		calls.Add(1)
		if got := r.Header.Get("Authorization"); got != "Bearer "+storedKey {
			t.Errorf("the provider got %q", got)
		}
		_, _ = io.WriteString(w, helloAnswer)
	}))
	t.Cleanup(stub.Close)
	return stub.URL, calls
}

func (s *testServer) storeKey(t *testing.T, provider, baseURL string) {
	t.Helper()
	body := `{"key": "` + storedKey + `", "base_url": "` + baseURL + `"}`
	a := s.send(t, http.MethodPut, "/v5/provider-keys/"+provider, []byte(body))
	if a.status != http.StatusOK || strings.Contains(a.all(), storedKey) {
		t.Fatalf("got %d %s", a.status, a.body)
	}
}

// TestStoredKeysOutliveTheServer stores a key and calls with it, before and after the server was started anew.
func TestStoredKeysOutliveTheServer(t *testing.T) {
	t.Parallel()
	url, calls := stubbed(t)
	settings := []string{"OPENLOOP_DATA_DIR=" + t.TempDir(), "OPENLOOP_ALLOW_PRIVATE_URLS=true"}
	t.Run("stored", func(t *testing.T) {
		s := start(t, settings...)
		s.storeKey(t, "openai_compatible", url+"/v1")
		if a := s.post(t, "/v5/prompts/call", hello("openai_compatible", nil)); a.status != http.StatusOK {
			t.Errorf("got %d %s", a.status, a.body)
		}
	})
	t.Run("started anew", func(t *testing.T) {
		s := start(t, settings...)
		if a := s.post(t, "/v5/prompts/call", hello("openai_compatible", nil)); a.status != http.StatusOK {
			t.Errorf("got %d %s", a.status, a.body)
		}
		a := s.post(t, "/v5/provider-keys/openai_compatible/test", map[string]any{"model": "some-model"})
		if a.status != http.StatusOK || !strings.Contains(a.body, `"ok":true`) {
			t.Errorf("the test says %d %s", a.status, a.body)
		}
	})
	if got := calls.Load(); got != 3 {
		t.Errorf("the provider was called %d times", got)
	}
}

// providers are the slugs of all providers that the server has.
func (s *testServer) providers(t *testing.T) []string {
	t.Helper()
	var list struct {
		Records []struct {
			Provider string `json:"provider"`
		} `json:"records"`
	}
	if err := json.Unmarshal([]byte(s.get(t, "/v5/provider-keys").body), &list); err != nil {
		t.Fatal(err)
	}
	var slugs []string
	for _, r := range list.Records {
		slugs = append(slugs, r.Provider)
	}
	return slugs
}

// TestStoredBaseURLsLeadToNoPrivateAddress stores the address of a provider within this network for every provider that can be called.
func TestStoredBaseURLsLeadToNoPrivateAddress(t *testing.T) {
	t.Parallel()
	url, calls := stubbed(t)
	s := start(t, "VERTEX_AI_PROJECT=p", "VERTEX_AI_LOCATION=global")
	slugs := s.providers(t)
	if len(slugs) < 10 {
		t.Fatalf("there are only %v", slugs)
	}
	for _, slug := range slugs {
		if slug == "mock" {
			continue
		}
		s.storeKey(t, slug, url+"/v1")
		for _, stream := range []bool{false, true} {
			call := hello(slug, nil)
			call["stream"] = stream
			d := s.post(t, "/v5/prompts/call", call).failure(t, "http_status")
			if d.Reason != errs.EndpointNotFound || d.Origin != errs.Gateway || d.Provider != slug || d.Param != "base_url" {
				t.Errorf("%s, streamed %v: %+v", slug, stream, d)
			}
		}
	}
	if got := calls.Load(); got != 0 {
		t.Errorf("the provider was called %d times", got)
	}
}

// TestTheFirstKeyIsNotLost checks that a server that cannot start makes no key, which nobody would see.
func TestTheFirstKeyIsNotLost(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	broken := filepath.Join(dir, "models.json")
	if err := os.WriteFile(broken, []byte("no JSON"), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg, err := config.Read([]string{"OPENLOOP_DATA_DIR=" + dir, "OPENLOOP_MODELS_FILE=" + broken})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := app.New(t.Context(), cfg, io.Discard); err == nil {
		t.Fatal("it started")
	}
	db, err := app.OpenStore(t.Context(), &cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close(context.WithoutCancel(t.Context())) })
	if n, err := db.KeyCount(t.Context()); n != 0 || err != nil {
		t.Errorf("%d keys, %v", n, err)
	}
}
