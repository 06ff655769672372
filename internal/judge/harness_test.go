package judge_test

import (
	"context"
	"flag"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/openloop-server/openloop/internal/auth"
	"github.com/openloop-server/openloop/internal/catalog"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/judge"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/llm/llmhttp"
	"github.com/openloop-server/openloop/internal/logbook"
	"github.com/openloop-server/openloop/internal/models"
	"github.com/openloop-server/openloop/internal/provider/mock"
	"github.com/openloop-server/openloop/internal/provider/openai"
	"github.com/openloop-server/openloop/internal/relay"
	"github.com/openloop-server/openloop/internal/sandbox/sandboxtest"
	"github.com/openloop-server/openloop/internal/show"
	"github.com/openloop-server/openloop/internal/store"
	"github.com/openloop-server/openloop/internal/trace"
	"github.com/openloop-server/openloop/internal/vendor"
)

var update = flag.Bool("update", false, "write what this run gives into testdata")

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// day is when the tests happen.
var day = time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)

// world is a Judge on an empty database.
type world struct {
	*judge.Judge
	db    *store.DB
	files *catalog.Catalog
	book  *logbook.Book
}

// start makes a world whose providers answer as upstream does, in the wire format of OpenAI. What they declare to be able to do is their name:
// tool, schema, json or text. Any other is the mock.
func start(t *testing.T, upstream http.Handler) *world {
	t.Helper()
	db, err := store.Open(t.Context(), store.Options{Path: filepath.Join(t.TempDir(), "test.db"), Now: now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(context.WithoutCancel(t.Context())); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	known, err := models.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	w := &world{db: db, files: catalog.New(db, now)}
	w.book = logbook.New(logbook.Options{DB: db, Catalog: w.files, Models: known, Now: now})
	ask := relay.New(relay.Options{
		Providers: providers(t, upstream), Models: known, Now: now, Wait: func(context.Context, time.Duration) error { return nil },
	})
	w.Judge = judge.New(judge.Options{Shows: show.New(db, w.files, ""), Catalog: w.files, Relay: ask, Python: sandboxtest.Pool(t), Now: now})
	return w
}

func now() time.Time { return day }

func providers(t *testing.T, upstream http.Handler) map[string]relay.Provider {
	t.Helper()
	out := map[string]relay.Provider{"mock": {Driver: &mock.Driver{}, Serves: mock.Provider.Declare(vendor.Vendor{}).Endpoints, Display: mock.Display}}
	if upstream == nil {
		return out
	}
	stub := httptest.NewServer(upstream)
	transport := llmhttp.NewTransport()
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		stub.Close()
	})
	for name, can := range map[string]llm.Abilities{
		"tool": {Chat: true, Tools: true, JSONObject: true, JSONSchema: true}, "schema": {Chat: true, JSONObject: true, JSONSchema: true},
		"json": {Chat: true, JSONObject: true}, "text": {Chat: true},
	} {
		driver, err := openai.New(&llmhttp.Client{Transport: transport}, vendor.Vendor{Slug: "openai", Display: "OpenAI", BaseURL: stub.URL})
		if err != nil {
			t.Fatal(err)
		}
		out[name] = relay.Provider{Driver: driver, Serves: []llm.Served{{Endpoint: llm.Chat, Abilities: can}}, Display: name}
	}
	return out
}

// context is that of a request with a key.
func requestContext(t *testing.T) context.Context {
	t.Helper()
	return auth.With(t.Context(), auth.Principal{KeyID: "key_1"})
}

// save saves an Evaluator.
func (w *world) save(t *testing.T, e *file.Evaluator) *file.Snapshot {
	t.Helper()
	snap, err := w.files.Save(t.Context(), catalog.Draft{Ref: file.Ref{Path: "judge"}, Content: e})
	if err != nil {
		t.Fatal(err)
	}
	return &snap
}

// log stores a Log of a Prompt.
func (w *world) log(t *testing.T, l trace.Log) *trace.Log {
	t.Helper()
	l.Kind = file.PromptKind
	return w.record(t, logbook.Entry{Ref: file.Ref{Path: "judged"}, Content: &file.Prompt{Model: "gpt-4o"}, Log: l})
}

func (w *world) record(t *testing.T, e logbook.Entry) *trace.Log {
	t.Helper()
	l, err := w.book.Log(requestContext(t), e)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// judge has a Log judged, and wants no error.
func (w *world) judge(t *testing.T, e *file.Evaluator, l *trace.Log, d *file.Datapoint) *trace.Log {
	t.Helper()
	out, err := w.Judge.Judge(requestContext(t), w.save(t, e), l, d)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// golden compares got with a file of testdata.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), got); d != "" {
		t.Errorf("%s (-want +got):\n%s", name, d)
	}
}

// body reads the body of a request.
func body(t *testing.T, r *http.Request) []byte {
	t.Helper()
	raw, err := io.ReadAll(r.Body)
	if err != nil {
		t.Error(err)
	}
	return raw
}
