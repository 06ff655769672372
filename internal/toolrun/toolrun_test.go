package toolrun_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/openloop-server/openloop/internal/auth"
	"github.com/openloop-server/openloop/internal/catalog"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/logbook"
	"github.com/openloop-server/openloop/internal/models"
	"github.com/openloop-server/openloop/internal/netguard"
	"github.com/openloop-server/openloop/internal/sandbox/sandboxtest"
	"github.com/openloop-server/openloop/internal/secret"
	"github.com/openloop-server/openloop/internal/store"
	"github.com/openloop-server/openloop/internal/toolrun"
	"github.com/openloop-server/openloop/internal/trace"
	"github.com/openloop-server/openloop/internal/vault"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// day is when the tests happen.
var day = time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)

func now() time.Time { return day }

// world is a Runner on an empty database.
type world struct {
	*toolrun.Runner
	o    toolrun.Options
	db   *store.DB
	book *logbook.Book
}

func start(t *testing.T) *world {
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
	if err := db.CreateKey(t.Context(), auth.APIKey{ID: "key_1", Role: auth.Developer, Hash: "h", CreatedAt: day}); err != nil {
		t.Fatal(err)
	}
	known, err := models.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	files := catalog.New(db, now)
	w := &world{db: db, book: logbook.New(logbook.Options{DB: db, Catalog: files, Models: known, Now: now})}
	client := netguard.NewClient(netguard.Options{AllowPrivate: true})
	t.Cleanup(client.CloseIdleConnections)
	w.o = toolrun.Options{
		HTTP:    client,
		Catalog: files, Vault: vault.New(db, secret.Source{Text: strings.Repeat("61", secret.KeySize)}), Python: sandboxtest.Pool(t), Logs: w.book, Now: now,
	}
	w.Runner = toolrun.New(w.o)
	return w
}

// callContext is that of a request with a key.
func callContext(t *testing.T) context.Context {
	t.Helper()
	return auth.With(t.Context(), auth.Principal{KeyID: "key_1"})
}

// run runs a Tool that is brought along.
func (w *world) run(t *testing.T, tool *file.Tool, inputs string) (*toolrun.Result, error) {
	t.Helper()
	return w.Run(callContext(t), &toolrun.Input{Ref: file.Ref{Path: "tools/it"}, Tool: tool, Inputs: json.Value(inputs)})
}

// told is what a Log tells of a run.
type told struct {
	Output, Error, Stdout string
	Reason                errs.Reason
	Line                  int
}

func tell(l *trace.Log) told {
	var out told
	for from, to := range map[*string]*string{l.Payload.Output: &out.Output, l.Error: &out.Error, l.Payload.Stdout: &out.Stdout} {
		if from != nil {
			*to = *from
		}
	}
	if l.Detail != nil {
		out.Reason, out.Line = l.Detail.Reason, l.Detail.Line
	}
	return out
}

// TestEachTypeRuns states what the Log of a run tells, for each type that the server runs.
func TestEachTypeRuns(t *testing.T) {
	w := start(t)
	snippets := &file.Tool{Type: file.SnippetTool, SetupValues: json.Value(`{"hello": "Good day", "n": 3}`)}
	python := func(code string) *file.Tool { return &file.Tool{SourceCode: code} }
	named := &file.Tool{Function: &llm.Tool{Name: "search"}, SourceCode: "def search(q, n=2): return q * n\ndef other(): pass"}
	for name, c := range map[string]struct {
		tool   *file.Tool
		inputs string
		want   told
	}{
		"a snippet":                 {snippets, `{"key": "hello"}`, told{Output: "Good day"}},
		"a snippet that is no text": {snippets, `{"key": "n"}`, told{Output: "3"}},
		"an unknown key":            {snippets, `{"key": "x"}`, told{Error: `The snippet has no key "x". Its keys: hello, n.`, Reason: errs.ToolFailed}},
		"a key that is no text":     {snippets, `{"key": []}`, told{Error: "The input `key` of a snippet is a text.", Reason: errs.ToolFailed}},
		"a mock":                    {&file.Tool{Type: file.MockTool, SetupValues: json.Value(`{"output": "sunny"}`)}, `{"a": 1}`, told{Output: "sunny"}},
		"a mock of an object":       {&file.Tool{Type: file.MockTool, SetupValues: json.Value(`{"output": {"t": 3}}`)}, ``, told{Output: `{"t":3}`}},
		"a mock without an output":  {&file.Tool{Type: file.MockTool}, `{"a":1}`, told{Output: `{"a":1}`}},
		"Python":                    {python("def f(a, b): return a + b"), `{"b": "x", "a": "y"}`, told{Output: "yx"}},
		"Python with an object":     {python("def f(): return {'a': [1, None]}"), ``, told{Output: `{"a":[1,null]}`}},
		"Python with nothing":       {python("def f(): print('hi')"), `{}`, told{Output: "null", Stdout: "hi\n"}},
		"the function of the name":  {named, `{"q": "ab"}`, told{Output: "abab"}},
		"Python that fails":         {python("def f():\n  return 1/0"), ``, told{Error: "ZeroDivisionError: division by zero (line 2, in f)", Reason: errs.CodeFailed, Line: 2, Stdout: "Traceback (most recent call last):\n  File \"code.py\", line 2, in f\n    return 1/0\n            ~^~\nZeroDivisionError: division by zero\n"}},
		"Python without a function": {python("x = 1"), ``, told{Error: "The code has no function. Define one that takes the inputs by their names.", Reason: errs.CodeFailed}},
		"a surplus input":           {python("def f(): pass"), `{"a": 1}`, told{Error: "TypeError: f() got an unexpected keyword argument 'a'", Reason: errs.CodeFailed, Stdout: "TypeError: f() got an unexpected keyword argument 'a'\n"}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := w.run(t, c.tool, c.inputs)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(c.want, tell(got.Log)); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}

// TestRecordsTheRun compares the committed Log with what the caller attached and the run gave.
func TestRecordsTheRun(t *testing.T) {
	w := start(t)
	parent, err := w.book.Log(callContext(t), logbook.Entry{Ref: file.Ref{Path: "flow"}, Content: &file.Flow{}, Log: trace.Log{ID: "log_flow", Kind: file.FlowKind}})
	if err != nil {
		t.Fatal(err)
	}
	got, err := w.Run(callContext(t), &toolrun.Input{
		Ref: file.Ref{Path: "tools/m"}, Tool: &file.Tool{Type: file.MockTool}, Inputs: json.Value(`{"a":1}`),
		Log: trace.Log{ID: "mine", TraceParentID: parent.ID, Source: "test", DatapointID: "dp_1", User: "u", Metadata: json.Value(`{"m":1}`)},
	})
	if err != nil {
		t.Fatal(err)
	}
	text := `{"a":1}`
	want := &trace.Log{
		ID: "mine", Kind: file.ToolKind, FileID: got.Snapshot.File.ID, VersionID: got.Snapshot.Version.ID, CreatedAt: day, StartTime: day, EndTime: day, CreatedBy: "key_1",
		TraceID: "log_flow", TraceParentID: "log_flow", Source: "test", DatapointID: "dp_1", User: "u", Metadata: json.Value(`{"m":1}`),
		Payload: trace.Payload{Inputs: json.Value(text), Output: &text},
	}
	stored, err := w.db.Log(t.Context(), "mine")
	if err != nil {
		t.Fatal(err)
	}
	want.UpdatedAt = stored.UpdatedAt
	if d := cmp.Diff(want, stored); d != "" {
		t.Errorf("stored (-want +got):\n%s", d)
	}
}

// TestRunsAPastVersion runs a version of a Tool that was deleted.
func TestRunsAPastVersion(t *testing.T) {
	w := start(t)
	first, err := w.run(t, &file.Tool{SourceCode: "def f(): return 'then'"}, "")
	if err != nil {
		t.Fatal(err)
	}
	if err := w.db.DeleteFile(t.Context(), file.ToolKind, first.Snapshot.File.ID); err != nil {
		t.Fatal(err)
	}
	ref := file.Ref{VersionID: first.Snapshot.Version.ID}
	if _, err := w.Run(callContext(t), &toolrun.Input{Ref: ref}); !errs.Is(err, errs.VersionNotFound) {
		t.Errorf("as a call: %v", err)
	}
	got, err := w.Run(callContext(t), &toolrun.Input{Ref: ref, Past: true})
	if err != nil || tell(got.Log) != (told{Output: "then"}) {
		t.Errorf("as a past one: %v, %v", got, err)
	}
	if _, err := w.Run(callContext(t), &toolrun.Input{Ref: file.Ref{VersionID: "tlv_none"}, Past: true}); !errs.Is(err, errs.VersionNotFound) {
		t.Errorf("an unknown one: %v", err)
	}
}

// TestRefusesWhatCannotRun states the errors of runs that do not begin. None leaves a Log.
func TestRefusesWhatCannotRun(t *testing.T) {
	w := start(t)
	schema := &file.Tool{Function: &llm.Tool{Name: "f"}}
	mock := &file.Tool{Type: file.MockTool}
	for name, c := range map[string]struct {
		in   toolrun.Input
		want errs.Reason
		say  string
	}{
		"a description":       {toolrun.Input{Ref: file.Ref{Path: "a"}, Tool: schema}, errs.ToolNotRunnable, "The Tool `a` is of the type json_schema, which the server does not run: the client runs it and logs the result."},
		"nothing":             {toolrun.Input{Ref: file.Ref{Path: "b"}, Tool: &file.Tool{}}, errs.ToolNotRunnable, "The Tool `b` has no code that could be run."},
		"Pinecone":            {toolrun.Input{Ref: file.Ref{Path: "c"}, Tool: &file.Tool{Type: file.PineconeSearch}}, errs.ToolNotRunnable, "The Tool `c` is of the type pinecone_search, which the server does not run: the client runs it and logs the result."},
		"an unknown Tool":     {toolrun.Input{Ref: file.Ref{Path: "none"}}, errs.ToolNotFound, "Tool `none` does not exist."},
		"an unknown parent":   {toolrun.Input{Ref: file.Ref{Path: "d"}, Tool: mock, Log: trace.Log{TraceParentID: "log_x"}}, errs.LogNotFound, `The trace parent "log_x" does not exist.`},
		"inputs of no object": {toolrun.Input{Ref: file.Ref{Path: "d"}, Tool: mock, Inputs: json.Value("[1]")}, errs.ValidationFailed, "The inputs of a Tool are an object."},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := w.Run(callContext(t), &c.in)
			if e := errs.From(err); !errs.Is(err, c.want) || e.Message != c.say {
				t.Errorf("got %v", err)
			}
		})
	}
}

// TestHidesVariables runs code that tells its variables in every way.
func TestHidesVariables(t *testing.T) {
	w := start(t)
	const code = `
import os, base64, urllib.parse, json
def f(how):
    key = os.environ["KEY"]
    print("printed", key)
    if how == "raise": raise ValueError("no " + key)
    return [key, base64.b64encode(b"u:" + key.encode()).decode(), base64.urlsafe_b64encode(b"x:" + key.encode() + b"!").decode(),
            urllib.parse.quote(key, safe=""), urllib.parse.quote_plus(key), json.dumps(key), os.environ["PIN"]]`
	first, err := w.run(t, &file.Tool{SourceCode: code}, `{"how": ""}`)
	if err != nil {
		t.Fatal(err)
	}
	secrets := []vault.Variable{{Name: "KEY", Value: "s3/cret \"k\u00e9y?\n"}, {Name: "PIN", Value: "12345"}}
	if _, err := w.o.Vault.PutVariables(t.Context(), first.Snapshot.File.ID, secrets); err != nil {
		t.Fatal(err)
	}
	for how, want := range map[string]told{
		"return": {Output: `["********","dTp********o=","eDp********oh","********","********","\"********\"","12345"]`, Stdout: "printed ********\n"},
		"raise":  {Error: "ValueError: no ******** (line 6, in f)", Reason: errs.CodeFailed, Line: 6, Stdout: "printed ********\nTraceback …"},
	} {
		got, err := w.run(t, &file.Tool{SourceCode: code}, `{"how": "`+how+`"}`)
		if err != nil {
			t.Fatal(err)
		}
		told := tell(got.Log)
		if head, _, cut := strings.Cut(told.Stdout, "Traceback"); cut {
			if strings.Contains(told.Stdout, "cret") || !strings.Contains(told.Stdout, "ValueError: no ********") {
				t.Errorf("the traceback is %s", told.Stdout)
			}
			told.Stdout = head + "Traceback …"
		}
		if d := cmp.Diff(want, told); d != "" {
			t.Errorf("%s (-want +got):\n%s", how, d)
		}
	}
}

// TestHidesPartsOfVariables runs code whose output is cut within the value of a variable.
func TestHidesPartsOfVariables(t *testing.T) {
	w := start(t)
	const code = `
import os
def f(how):
    key = os.environ.get("KEY", "")
    if how == "bytes": return key.encode()
    if how == "stdout": print("x" * 65526 + key + key)
    if how == "message": raise ValueError("x" * 1990 + key + key)`
	tool := &file.Tool{SourceCode: code}
	first, err := w.run(t, tool, `{"how": ""}`)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.o.Vault.PutVariables(t.Context(), first.Snapshot.File.ID, []vault.Variable{{Name: "KEY", Value: "s3cret-s3cret-s3cret"}}); err != nil {
		t.Fatal(err)
	}
	for how, want := range map[string][2]string{
		"bytes":   {"returned something, a bytes: a bytes in it cannot be written as JSON", ""},
		"stdout":  {"", "x********\n[31 more bytes were printed]\n"},
		"message": {"ValueError: " + strings.Repeat("x", 1980), "ValueError: " + strings.Repeat("x", 1990) + "****************\n"},
	} {
		got, err := w.run(t, tool, `{"how": "`+how+`"}`)
		if err != nil {
			t.Fatal(err)
		}
		told := tell(got.Log)
		if strings.Contains(told.Error+told.Stdout, "s3") || !strings.HasPrefix(told.Error, want[0]) || !strings.HasSuffix(told.Stdout, want[1]) {
			t.Errorf("%s: %q, %q", how, told.Error, told.Stdout[max(0, len(told.Stdout)-200):])
		}
	}
}

// TestVariablesAreForTrustedVersions runs versions that several keys made. Only those of keys that may change Tools, or that are deployed, get the
// variables.
func TestVariablesAreForTrustedVersions(t *testing.T) {
	w := start(t)
	for id, role := range map[string]auth.Role{"key_member": auth.Member, "key_developer": auth.Developer} {
		if err := w.db.CreateKey(t.Context(), auth.APIKey{ID: id, Role: role, Hash: id, CreatedAt: day}); err != nil {
			t.Fatal(err)
		}
	}
	by := func(key, code string) (*toolrun.Result, error) {
		in := &toolrun.Input{Ref: file.Ref{Path: "tools/it"}, Tool: &file.Tool{SourceCode: code}}
		return w.Run(auth.With(t.Context(), auth.Principal{KeyID: key}), in)
	}
	first, err := by("key_member", "def f(): return 'deployed'") // the first version is deployed
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.o.Vault.PutVariables(t.Context(), first.Snapshot.File.ID, []vault.Variable{{Name: "KEY", Value: "secret"}}); err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]errs.Reason{"key_member": errs.GatewayPermissionDenied, "key_unknown": errs.GatewayPermissionDenied, "key_developer": "", "": ""} {
		_, err := by(key, "import os\ndef f(): return os.environ['KEY']\n# by "+key)
		if want == "" && err != nil || want != "" && !errs.Is(err, want) {
			t.Errorf("made by %q: %v", key, err)
		}
	}
	if got, err := by("key_member", "def f(): return 'deployed'"); err != nil || tell(got.Log) != (told{Output: "deployed"}) {
		t.Errorf("deployed: %v", err)
	}
}

// TestACallerLeaves ends the context while a Tool waits. Its Log says so.
func TestACallerLeaves(t *testing.T) {
	w := start(t)
	ctx, cancel := context.WithCancel(callContext(t))
	s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		cancel()
		<-r.Context().Done()
	}))
	t.Cleanup(s.Close)
	for id, tool := range map[string]*file.Tool{
		"api":    {Type: file.GetAPICallTool, SetupValues: json.Value(`{"url": "` + s.URL + `"}`)},
		"python": {SourceCode: "import requests\ndef f(): requests.get('" + s.URL + "')"},
	} {
		_, err := w.Run(ctx, &toolrun.Input{Ref: file.Ref{Path: "tools/" + id}, Tool: tool, Log: trace.Log{ID: id}})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", id, err)
		}
		l, err := w.db.Log(t.Context(), id)
		if err != nil || tell(l) != (told{Error: "The caller ended the connection before the Tool had ended."}) {
			t.Errorf("%s: the Log is %v, %v", id, l, err)
		}
		ctx, cancel = context.WithCancel(callContext(t))
	}
	cancel()
}

// TestAPastVersionIsTrusted runs the deployed version of a Tool as a Run does.
func TestAPastVersionIsTrusted(t *testing.T) {
	w := start(t)
	tool := &file.Tool{SourceCode: "import os\ndef f(): return len(os.environ.get('KEY', ''))"}
	first, err := w.Run(auth.With(t.Context(), auth.Principal{KeyID: "key_unknown"}), &toolrun.Input{Ref: file.Ref{Path: "tools/it"}, Tool: tool})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.o.Vault.PutVariables(t.Context(), first.Snapshot.File.ID, []vault.Variable{{Name: "KEY", Value: "secret"}}); err != nil {
		t.Fatal(err)
	}
	got, err := w.Run(callContext(t), &toolrun.Input{Ref: file.Ref{VersionID: first.Snapshot.Version.ID}, Past: true})
	if err != nil || tell(got.Log) != (told{Output: "6"}) {
		t.Errorf("got %v, %v", got, err)
	}
}
