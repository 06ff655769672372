package app_test

import (
	"bytes"
	"context"
	"flag"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"testing"
	"time"

	"github.com/openloop-server/openloop/internal/app"
	"github.com/openloop-server/openloop/internal/config"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/store/pgtest"
)

// postgres is started by the first test that asks for it.
var postgres pgtest.Server

// atOnce are the tests that run beside each other: they wait for providers, clocks and databases most of the time. The command line may ask for others.
const atOnce = "4"

// patience is how long a test waits for what comes sooner or later, on a machine that does much else.
const patience = 5 * time.Minute

func TestMain(m *testing.M) {
	if err := flag.Set("test.parallel", atOnce); err != nil {
		panic(err)
	}
	code := m.Run()
	postgres.Stop()
	os.Exit(code)
}

const testKey = "hl_sk_test_0123456789abcdef"

// testServer is a whole server on an empty embedded database.
type testServer struct {
	*httptest.Server
}

// start builds a server with the settings given as in an environment, and dummy keys of all providers.
func start(t *testing.T, environ ...string) *testServer {
	t.Helper()
	environ = append([]string{
		"OPENLOOP_DATA_DIR=" + t.TempDir(), "OPENLOOP_API_KEY=" + testKey, "OPENLOOP_SHED=false", // these tests share the machine with others
		"OPENAI_API_KEY=sk-dummy-0123456789", "ANTHROPIC_API_KEY=sk-ant-dummy-0123456789", "GEMINI_API_KEY=dummy-0123456789",
	}, environ...)
	cfg, err := config.Read(environ)
	if err != nil {
		t.Fatal(err)
	}
	a, err := app.New(t.Context(), cfg, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	s := &testServer{httptest.NewServer(a.Handler())}
	t.Cleanup(func() {
		s.Close()
		if err := a.Close(context.WithoutCancel(t.Context())); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return s
}

func (s *testServer) post(t *testing.T, path string, body any) *answer {
	t.Helper()
	raw, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	return s.send(t, http.MethodPost, path, raw)
}

func (s *testServer) get(t *testing.T, path string) *answer {
	t.Helper()
	return s.send(t, http.MethodGet, path, nil)
}

func (s *testServer) send(t *testing.T, method, path string, body []byte) *answer {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, s.URL+path, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("X-API-KEY", testKey)
	req.Header.Set("Content-Type", "application/json")
	resp, err := s.Client().Do(req)
	return read(t, resp, err)
}
