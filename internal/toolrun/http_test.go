package toolrun_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/netguard"
	"github.com/openloop-server/openloop/internal/toolrun"
	"github.com/openloop-server/openloop/internal/vault"
)

// upstream answers with what it was asked, on some paths otherwise.
func upstream(t *testing.T) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/missing":
			http.Error(w, "no such thing for "+r.Header.Get("X-Key"), http.StatusNotFound)
		case "/large":
			_, _ = io.WriteString(w, strings.Repeat("x", 1<<20+1))
		case "/bytes":
			_, _ = w.Write([]byte("a\xffb"))
		case "/search":
			_, _ = io.WriteString(w, `{"answer_box": {"snippet": "`+r.URL.Query().Encode()+`"}, "organic_results": [
				{"title": "One", "link": "https://one.example", "snippet": "The first."}, {"title": "Two", "link": "https://two.example"}]}`)
		default:
			_, _ = io.WriteString(w, r.Method+" "+r.URL.String()+" "+r.Header.Get("X-Key"))
		}
	}))
	t.Cleanup(s.Close)
	return s
}

// withVariables saves a Tool and gives it variables.
func (w *world) withVariables(t *testing.T, tool *file.Tool, variables ...vault.Variable) {
	t.Helper()
	first, err := w.run(t, tool, "")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.o.Vault.PutVariables(t.Context(), first.Snapshot.File.ID, variables); err != nil {
		t.Fatal(err)
	}
}

// TestCallsAPIs states what is asked, and what of the answer is the output.
func TestCallsAPIs(t *testing.T) {
	w, s := start(t), upstream(t)
	host := strings.TrimPrefix(s.URL, "http://")
	w.withVariables(t, &file.Tool{Type: file.MockTool}, vault.Variable{Name: "KEY", Value: "s3cret-s3cret"}, vault.Variable{Name: "BASE", Value: s.URL})
	for name, c := range map[string]struct {
		setup, inputs string
		want          told
	}{
		"a URL":                     {`{"url": "BASE/a"}`, ``, told{Output: "GET /a "}},
		"inputs":                    {`{"url": "BASE/u/{{ id }}?q={{q}}", "headers": {"X-Key": "k {{n}}"}}`, `{"id": "a/b?c", "q": "x&y z", "n": 3}`, told{Output: "GET /u/a%2Fb%3Fc?q=x%26y+z k 3"}},
		"an object":                 {`{"url": "BASE/?f={{f}}"}`, `{"f": {"a":[1]}}`, told{Output: "GET /?f=%7B%22a%22%3A%5B1%5D%7D "}},
		"a query":                   {`{"url": "BASE/?a=1", "query": {"b": "{{b}}", "c": "x{{b}}", "d": "{{none}}", "n": 5}}`, `{"b": "1&2"}`, told{Output: "GET /?a=1&b=1%262&c=x1%262&n=5 "}},
		"variables":                 {`{"url": "{{BASE}}/v?key={{KEY}}", "headers": {"x-key": "Bearer {{KEY}}"}}`, ``, told{Output: "GET /v?key=******** Bearer ********"}},
		"no such input":             {`{"url": "BASE/{{id}}"}`, `{"id": null}`, told{Reason: errs.ToolFailed, Error: "The Tool needs `id`, which is neither an input nor a variable."}},
		"a host of the caller":      {`{"url": "http://{{host}}/{{KEY}}"}`, `{"host": "HOST"}`, told{Reason: errs.ToolFailed, Error: "The host in the setup value `url` can be filled by variables alone: The Tool needs `host`, which is neither an input nor a variable."}},
		"a step up":                 {`{"url": "BASE/a/{{id}}"}`, `{"id": ".."}`, told{Reason: errs.ToolFailed, Error: "A step of the path of a URL cannot be `..`."}},
		"a second header":           {`{"url": "BASE/", "headers": {"X-Key": "{{x}}"}}`, `{"x": "a\r\nHost: b"}`, told{Reason: errs.ToolFailed, Error: "The header `X-Key` has characters in its name or value that no header may have."}},
		"a status":                  {`{"url": "BASE/missing", "headers": {"X-Key": "{{KEY}}"}}`, ``, told{Reason: errs.ToolFailed, Error: "127.0.0.1 answered 404 Not Found: no such thing for ********"}},
		"a large answer":            {`{"url": "BASE/large"}`, ``, told{Reason: errs.ToolFailed, Error: "127.0.0.1 answered more than 1024 KiB."}},
		"an answer that is no text": {`{"url": "BASE/bytes"}`, ``, told{Output: "a\uFFFDb"}},
		"nobody there":              {`{"url": "http://127.0.0.1:1025/"}`, ``, told{Reason: errs.ToolUnreachable, Error: "127.0.0.1 cannot be reached."}},
		"a port that is refused":    {`{"url": "http://127.0.0.1:25/"}`, ``, told{Reason: errs.AddressRefused, Error: "This server does not connect to 127.0.0.1: the port 25 is not 80, 443, or 1024 and above."}},
		"no URL":                    {`{"url": "nowhere"}`, ``, told{Reason: errs.ToolFailed, Error: "The setup value `url` is not a URL like https://api.example.com/path."}},
		"no setup values":           {``, ``, told{Reason: errs.ToolFailed, Error: "The setup value `url` is not a URL like https://api.example.com/path."}},
		"wrong setup values":        {`{"url": 3}`, ``, told{Reason: errs.ToolFailed, Error: "The setup values of the Tool are not what its type needs."}},
	} {
		t.Run(name, func(t *testing.T) {
			setup := strings.ReplaceAll(strings.ReplaceAll(c.setup, "BASE/", s.URL+"/"), "{{"+s.URL, "{{BASE")
			got, err := w.run(t, &file.Tool{Type: file.GetAPICallTool, SetupValues: json.Value(setup)}, strings.ReplaceAll(c.inputs, "HOST", host))
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(c.want, tell(got.Log)); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}

// TestSearches states what a search asks, and what is told of its results.
func TestSearches(t *testing.T) {
	w, s := start(t), upstream(t)
	search := func(path string) *file.Tool {
		return &file.Tool{Type: file.GoogleTool, SetupValues: json.Value(`{"num": 3, "base_url": "` + s.URL + path + `"}`)}
	}
	if got, err := w.run(t, search("/search"), `{"query": "a b"}`); err != nil || tell(got.Log).Error != "The Tool has no variable `SERPAPI_API_KEY`, the key of the search service." {
		t.Errorf("without a key: %v", err)
	}
	w.withVariables(t, search("/search"), vault.Variable{Name: "SERPAPI_API_KEY", Value: "s3cret-s3cret"})
	for inputs, want := range map[string]told{
		`{"query": "a b"}`: {Output: "api_key=********&engine=google&num=3&q=a+b\n\n1. One\nhttps://one.example\nThe first.\n\n2. Two\nhttps://two.example"},
		`{"q": "c"}`:       {Output: "api_key=********&engine=google&num=3&q=c\n\n1. One\nhttps://one.example\nThe first.\n\n2. Two\nhttps://two.example"},
		`{}`:               {Reason: errs.ToolFailed, Error: "The input `query` is missing."},
	} {
		got, err := w.run(t, search("/search"), inputs)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(want, tell(got.Log)); d != "" {
			t.Errorf("%s (-want +got):\n%s", inputs, d)
		}
	}
	if got, err := w.run(t, search("/page"), `{"q": "c"}`); err != nil || tell(got.Log).Error != "The search service did not answer with its results." {
		t.Errorf("with a page: %v, %v", got, err)
	}
}

// TestToolsStayOutside runs Tools whose addresses lead inside.
func TestToolsStayOutside(t *testing.T) {
	w, s := start(t), upstream(t)
	w.o.HTTP = netguard.NewClient(netguard.Options{})
	w.Runner = toolrun.New(w.o)
	got, err := w.run(t, &file.Tool{Type: file.GetAPICallTool, SetupValues: json.Value(`{"url": "` + s.URL + `"}`)}, "")
	want := told{Reason: errs.AddressRefused, Error: "This server does not connect to 127.0.0.1: it is not an address of the public internet."}
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, tell(got.Log)); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

// TestPythonReachesTheNetwork runs code that makes requests: to where it may, with a variable, and to where it may not.
func TestPythonReachesTheNetwork(t *testing.T) {
	w, s := start(t), upstream(t)
	const code = `
import os, requests, urllib.request
def f(path, verb="get"):
    print(urllib.request.urlopen(os.environ["BASE"] + "/x").read().decode())
    return getattr(requests, verb)(os.environ["BASE"] + path, headers={"X-Key": os.environ["KEY"]}).text`
	tool := &file.Tool{SourceCode: code}
	w.withVariables(t, tool, vault.Variable{Name: "KEY", Value: "s3cret-s3cret"}, vault.Variable{Name: "BASE", Value: s.URL})
	got, err := w.run(t, tool, `{"path": "/a?q=1", "verb": "post"}`)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(told{Output: "POST /a?q=1 ********", Stdout: "GET /x \n"}, tell(got.Log)); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	w.o.HTTP = netguard.NewClient(netguard.Options{})
	w.Runner = toolrun.New(w.o)
	got, err = w.run(t, &file.Tool{SourceCode: "import requests\ndef f(u): return requests.get(u).text"}, `{"u": "`+s.URL+`"}`)
	if err != nil {
		t.Fatal(err)
	}
	want := told{Reason: errs.CodeFailed, Line: 2, Error: "requests.exceptions.ConnectionError: This server does not connect to 127.0.0.1: it is not an address of the public internet. (line 2, in f)"}
	if told := tell(got.Log); told.Error != want.Error || told.Reason != want.Reason || told.Line != want.Line {
		t.Errorf("got %+v", told)
	}
}
