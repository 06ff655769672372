package app_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

// twoKeys is a provider that refuses one of its two keys for a time, and notes which one it was asked with.
type twoKeys struct {
	mu      sync.Mutex
	refuses bool
	asked   []string
}

// ServeHTTP implements [http.Handler].
func (k *twoKeys) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	k.mu.Lock()
	defer k.mu.Unlock()
	key := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	k.asked = append(k.asked, key)
	if k.refuses && key == firstKey {
		w.WriteHeader(http.StatusUnauthorized)
		_, _ = io.WriteString(w, `{"error":{"message":"Incorrect API key provided.","type":"invalid_request_error","code":"invalid_api_key"}}`)
		return
	}
	_, _ = io.WriteString(w, helloAnswer)
}

const (
	firstKey  = "first-key-0123456789"
	secondKey = "second-key-0123456789"
)

// took returns with which keys the provider was asked since it was last said, and what it does from now on.
func (k *twoKeys) took(refuses bool) string {
	k.mu.Lock()
	defer k.mu.Unlock()
	out := strings.Join(k.asked, " ")
	k.asked, k.refuses = nil, refuses
	return out
}

// out waits until the metrics of a server tell how many targets of the provider are out.
func (s *testServer) out(t *testing.T, want string) {
	t.Helper()
	line := `openloop_health_targets_out{provider="openai_compatible",reason="invalid_api_key"} ` + want
	for deadline := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		a := s.get(t, "/metrics")
		switch {
		case want == "" && !strings.Contains(a.body, strings.TrimSpace(line)), want != "" && strings.Contains(a.body, line):
			return
		case time.Now().After(deadline):
			t.Fatalf("the metrics do not come to %q:\n%s", line, a.body)
		}
	}
}

// TestReplicasTellEachOtherOfTargets states that a key which one replica has found to be refused is not tried by another, until one of them has found that it
// works.
func TestReplicasTellEachOtherOfTargets(t *testing.T) {
	t.Parallel()
	k := new(twoKeys)
	provider := httptest.NewServer(k)
	t.Cleanup(provider.Close)
	settings := []string{
		"OPENLOOP_DATABASE_URL=" + postgres.URL(t), "OPENLOOP_ENCRYPTION_KEY=MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=", "OPENLOOP_ALLOW_PRIVATE_URLS=true",
	}
	one, other := start(t, settings...), start(t, settings...)
	for name, body := range map[string]string{"first": `{"order": 1, "key": "` + firstKey, "second": `{"order": 2, "key": "` + secondKey} {
		body += `", "test_model": "some-model", "base_url": "` + provider.URL + `/v1"}`
		if a := one.send(t, http.MethodPut, "/v5/provider-keys/openai_compatible/credentials/"+name, []byte(body)); a.status != http.StatusOK {
			t.Fatalf("%d %s", a.status, a.body)
		}
	}
	call := func(s *testServer) *answer {
		return s.post(t, "/v5/prompts/call", hello("openai_compatible", nil))
	}
	for deadline := time.Now().Add(patience); call(other).status != http.StatusOK; time.Sleep(20 * time.Millisecond) { // until it has heard of the keys
		if time.Now().After(deadline) {
			t.Fatal("the other replica does not come to know the keys")
		}
	}
	k.took(true)

	call(one)
	if got := k.took(true); got != firstKey+" "+secondKey {
		t.Errorf("the first replica asked with %s", got)
	}
	other.out(t, "1")
	call(other)
	if got := k.took(false); got != secondKey {
		t.Errorf("the other replica asked with %s", got)
	}

	if a := one.send(t, http.MethodPost, "/v5/provider-keys/openai_compatible/credentials/first/test", []byte(`{"model": "some-model"}`)); a.status != http.StatusOK {
		t.Fatalf("%d %s", a.status, a.body)
	}
	k.took(false)
	other.out(t, "")
	call(other)
	if got := k.took(false); got != firstKey {
		t.Errorf("the other replica asked with %s, though the first key works again", got)
	}
}
