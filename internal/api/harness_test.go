package api_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/openloop-server/openloop/internal/access"
	"github.com/openloop-server/openloop/internal/agent"
	"github.com/openloop-server/openloop/internal/answers"
	"github.com/openloop-server/openloop/internal/api"
	"github.com/openloop-server/openloop/internal/auth"
	"github.com/openloop-server/openloop/internal/catalog"
	"github.com/openloop-server/openloop/internal/evaluations"
	"github.com/openloop-server/openloop/internal/gateway"
	"github.com/openloop-server/openloop/internal/ids"
	"github.com/openloop-server/openloop/internal/judge"
	"github.com/openloop-server/openloop/internal/llm/llmhttp"
	"github.com/openloop-server/openloop/internal/logbook"
	"github.com/openloop-server/openloop/internal/mcpclient"
	"github.com/openloop-server/openloop/internal/metrics"
	"github.com/openloop-server/openloop/internal/models"
	"github.com/openloop-server/openloop/internal/netguard"
	"github.com/openloop-server/openloop/internal/provider/mock"
	"github.com/openloop-server/openloop/internal/provider/openai"
	"github.com/openloop-server/openloop/internal/relay"
	"github.com/openloop-server/openloop/internal/sandbox"
	"github.com/openloop-server/openloop/internal/sandbox/image"
	"github.com/openloop-server/openloop/internal/sandbox/sandboxtest"
	"github.com/openloop-server/openloop/internal/secret"
	"github.com/openloop-server/openloop/internal/show"
	"github.com/openloop-server/openloop/internal/store"
	"github.com/openloop-server/openloop/internal/store/pgtest"
	"github.com/openloop-server/openloop/internal/toolrun"
	"github.com/openloop-server/openloop/internal/vault"
	"github.com/openloop-server/openloop/internal/vendor"
	"github.com/openloop-server/openloop/internal/web"
)

// postgres is started by the first test that asks for it.
var postgres pgtest.Server

func TestMain(m *testing.M) { goleak.VerifyTestMain(m, goleak.Cleanup(stopPostgres)) }

func stopPostgres(code int) {
	postgres.Stop()
	os.Exit(code)
}

// The keys of a test server, by role.
const (
	adminKey     = "hl_sk_admin_0123456789abcdef"
	developerKey = "hl_sk_developer_0123456789abcdef"
	memberKey    = "hl_sk_member_0123456789abcdef"
	revokedKey   = "hl_sk_revoked_0123456789abcdef"
)

// server is a whole API over HTTP, on an empty embedded database and a clock that moves a millisecond each time it is read. Its
// providers are mock, and openai at upstream with no key of the server's own.
type server struct {
	*httptest.Server
	web      *web.Server
	db       *store.DB
	observed chan relay.Observation // of every sample, after its Log was committed
}

// day is when the tests happen.
var day = time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)

func start(t *testing.T, upstream http.Handler) *server {
	t.Helper()
	made, err := emptyDatabase()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "test.db")
	if err := os.WriteFile(path, made, 0o600); err != nil {
		t.Fatal(err)
	}
	return startOn(t, upstream, store.Options{Path: path})
}

// emptyDatabase is the file of a database that was just made: to copy it is sooner done than to make another.
var emptyDatabase = sync.OnceValues(func() ([]byte, error) {
	folder, err := os.MkdirTemp("", "made")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(folder) }()
	path := filepath.Join(folder, "test.db")
	db, err := store.Open(context.Background(), store.Options{Path: path, Now: func() time.Time { return day }})
	if err != nil {
		return nil, err
	}
	if err := db.Close(context.Background()); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
})

// startOn is start with another database.
func startOn(t *testing.T, upstream http.Handler, o store.Options) *server {
	t.Helper()
	return startWith(t, upstream, o, api.Options{})
}

// startWith is startOn with options that the others do not set: what is given of Logger, UI, BaseURL, TrustedProxies, StreamHold, ForwardBearer and Admit.
func startWith(t *testing.T, upstream http.Handler, o store.Options, given api.Options) *server {
	t.Helper()
	var ticks atomic.Int64
	now := func() time.Time { return day.Add(time.Duration(ticks.Add(1)) * time.Millisecond) }
	o.Now = now
	db, err := store.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(context.WithoutCancel(t.Context())); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	makeKeys(t, db)
	known, err := models.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	m, files := metrics.New(), catalog.New(db, now)
	observed := make(chan relay.Observation, 1000)
	observe := func(o relay.Observation) {
		m.Call(o)
		observed <- o
	}
	keys := vault.New(db, secret.Source{Text: strings.Repeat("0a", 32)})
	book := logbook.New(logbook.Options{DB: db, Catalog: files, Models: known, Now: now})
	ask := relay.New(relay.Options{Vault: keys, Providers: providers(t, upstream), Models: known, Now: now, Observe: observe})
	code := python(t)
	foreign := netguard.NewClient(netguard.Options{AllowPrivate: true})
	servers := mcpclient.New(mcpclient.Options{HTTP: foreign, Version: "test", Now: now})
	t.Cleanup(func() {
		servers.Close()
		foreign.CloseIdleConnections()
	})
	tools := toolrun.New(toolrun.Options{Catalog: files, Vault: keys, Python: code, Logs: book, HTTP: foreign, MCP: servers, Now: now})
	gw := gateway.New(gateway.Options{Catalog: files, Relay: ask, Tools: tools, Logs: book, Answers: answers.New(1 << 20), Now: now})
	agents := agent.New(agent.Options{DB: db, Catalog: files, Relay: ask, Gateway: gw, Tools: tools, Logs: book, Now: now, Timeout: time.Minute})
	judges := judge.New(judge.Options{Shows: show.New(db, files, ""), Catalog: files, Relay: ask, Python: code, Now: now})
	runs := evaluations.New(evaluations.Options{DB: db, Catalog: files, Relay: ask, Gateway: gw, Tools: tools, Agents: agents, Logs: book, Judge: judges, Now: now})
	handler, err := api.New(api.Options{
		DB: db, Access: access.New(db, now), Catalog: files, Relay: ask, Gateway: gw, Tools: tools, Agents: agents, Vault: keys, Logs: book, Judge: judges, Evaluations: runs, Now: now, Version: "test", Metrics: m.Handler(),
		MaxBody: 1 << 20, Observe: m.Request, Logger: given.Logger, UI: given.UI, BaseURL: given.BaseURL, TrustedProxies: given.TrustedProxies, StreamHold: given.StreamHold, ForwardBearer: given.ForwardBearer, Admit: given.Admit,
	})
	if err != nil {
		t.Fatal(err)
	}
	s := &server{Server: httptest.NewServer(handler), web: handler, db: db, observed: observed}
	t.Cleanup(s.Close)
	return s
}

// python is a sandbox that nothing is loaded into before code runs.
func python(t *testing.T) *sandbox.Pool {
	t.Helper()
	if image.Has() {
		return sandboxtest.Pool(t)
	}
	p := sandbox.New(sandbox.Options{})
	t.Cleanup(p.Close)
	return p
}

func providers(t *testing.T, upstream http.Handler) map[string]relay.Provider {
	t.Helper()
	if upstream == nil {
		upstream = http.NotFoundHandler()
	}
	stub := httptest.NewServer(upstream)
	transport := llmhttp.NewTransport()
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		stub.Close()
	})
	public := llmhttp.NewPublicTransport()
	t.Cleanup(public.CloseIdleConnections)
	row, _ := vendor.Of("openai")
	row.BaseURL = stub.URL
	driver, err := openai.New(&llmhttp.Client{Transport: transport, Foreign: public}, row)
	if err != nil {
		t.Fatal(err)
	}
	return map[string]relay.Provider{
		"mock":   {Driver: &mock.Driver{}, Serves: mock.Provider.Declare(vendor.Vendor{}).Endpoints, Display: mock.Display},
		"openai": {Driver: driver, Display: "OpenAI", KeyName: "OPENAI_API_KEY", NeedsKey: true},
	}
}

// makeKeys makes the keys of a test server, unless another server on the same database has.
func makeKeys(t *testing.T, db *store.DB) {
	t.Helper()
	if n, err := db.KeyCount(t.Context()); err != nil || n > 0 {
		return
	}
	for role, secret := range map[auth.Role]string{auth.Admin: adminKey, auth.Developer: developerKey, auth.Member: memberKey} {
		makeKey(t, db, role, secret)
	}
	if err := db.RevokeKey(t.Context(), makeKey(t, db, auth.Admin, revokedKey)); err != nil {
		t.Fatal(err)
	}
}

func makeKey(t *testing.T, db *store.DB, role auth.Role, secret string) (id string) {
	t.Helper()
	id = ids.New(ids.Key, day)
	err := db.CreateKey(t.Context(), auth.APIKey{
		ID: id, Name: "the " + string(role), Role: role, Hash: auth.HashSecret(secret), Hint: auth.Hint(secret), CreatedAt: day,
	})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// answer is what the server sent.
type answer struct {
	status int
	header http.Header
	body   string
}

// call sends a request with the admin's key. Its body is JSON or a form, "" for none.
func (s *server) call(t *testing.T, method, path, body string) *answer {
	t.Helper()
	return s.send(t, s.request(t, method, path, body))
}

func (s *server) request(t *testing.T, method, path, body string) *http.Request {
	t.Helper()
	var from io.Reader
	if body != "" {
		from = strings.NewReader(body)
	}
	r, err := http.NewRequestWithContext(t.Context(), method, s.URL+path, from)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("X-API-KEY", adminKey)
	r.Header.Set("X-Request-Id", "test")
	switch {
	case strings.HasPrefix(body, "--"): // a form, as the Python SDK sends it: without its boundary
		r.Header.Set("Content-Type", "multipart/form-data")
	case body != "":
		r.Header.Set("Content-Type", "application/json")
	}
	return r
}

func (s *server) send(t *testing.T, r *http.Request) *answer {
	t.Helper()
	client := *s.Client()
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	resp, err := client.Do(r)
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
