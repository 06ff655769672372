package mcpclient_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	sdk "github.com/modelcontextprotocol/go-sdk/mcp"
	"go.uber.org/goleak"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/mcpclient"
	"github.com/openloop-server/openloop/internal/netguard"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// client is a client that may connect to this machine.
func client(t *testing.T, now func() time.Time) *mcpclient.Client {
	t.Helper()
	guarded := netguard.NewClient(netguard.Options{AllowPrivate: true})
	c := mcpclient.New(mcpclient.Options{HTTP: guarded, Version: "test", Now: now})
	t.Cleanup(func() {
		c.Close()
		guarded.CloseIdleConnections()
	})
	return c
}

func at(t *testing.T, address string) mcpclient.Endpoint {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return mcpclient.Endpoint{URL: u, Header: http.Header{"X-Key": {"k"}}}
}

// official is a server made with the official SDK.
type official struct {
	*httptest.Server

	tools    *sdk.Server
	requests atomic.Int64
	keys     atomic.Int64 // requests with the key
}

func serve(t *testing.T, o *sdk.StreamableHTTPOptions) *official {
	t.Helper()
	s := &official{tools: sdk.NewServer(&sdk.Implementation{Name: "test", Version: "1"}, &sdk.ServerOptions{PageSize: 2})}
	h := sdk.NewStreamableHTTPHandler(func(*http.Request) *sdk.Server { return s.tools }, o)
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.requests.Add(1)
		if r.Header.Get("X-Key") == "k" {
			s.keys.Add(1)
		}
		h.ServeHTTP(w, r)
	}))
	t.Cleanup(s.Close)
	return s
}

// add adds a function that answers with a result.
func (s *official) add(name, schema string, answer func(json.Value) *sdk.CallToolResult) {
	s.tools.AddTool(&sdk.Tool{Name: name, Description: "Does " + name, InputSchema: json.Value(schema)}, func(_ context.Context, r *sdk.CallToolRequest) (*sdk.CallToolResult, error) {
		return answer(json.Value(r.Params.Arguments)), nil
	})
}

func said(texts ...string) *sdk.CallToolResult {
	out := new(sdk.CallToolResult)
	for _, text := range texts {
		out.Content = append(out.Content, &sdk.TextContent{Text: text})
	}
	return out
}

const anything = `{"type":"object"}`

// TestListsAndCalls speaks with both sorts of servers that the official SDK makes.
func TestListsAndCalls(t *testing.T) {
	for name, o := range map[string]*sdk.StreamableHTTPOptions{"with sessions": {}, "without": {Stateless: true}, "in JSON": {Stateless: true, JSONResponse: true}} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, o)
			s.add("echo", `{"properties":{"a":{"type":"number"}},"type":"object"}`, func(in json.Value) *sdk.CallToolResult { return said("got", string(in)) })
			s.add("image", anything, func(json.Value) *sdk.CallToolResult {
				return &sdk.CallToolResult{Content: []sdk.Content{&sdk.TextContent{Text: "see"}, &sdk.ImageContent{Data: []byte("x"), MIMEType: "image/png"}}}
			})
			s.add("structure", anything, func(json.Value) *sdk.CallToolResult {
				return &sdk.CallToolResult{StructuredContent: map[string]any{"a": 1}}
			})
			s.add("nothing", anything, func(json.Value) *sdk.CallToolResult { return said() })
			s.add("fails", anything, func(json.Value) *sdk.CallToolResult {
				r := said("no ", "luck")
				r.IsError = true
				return r
			})
			c, e := client(t, time.Now), at(t, s.URL)
			all, err := c.Functions(t.Context(), e)
			if err != nil {
				t.Fatal(err)
			}
			names := make([]string, len(all))
			for i := range all {
				names[i] = all[i].Name
			}
			slices.Sort(names)
			if d := cmp.Diff([]string{"echo", "fails", "image", "nothing", "structure"}, names); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
			for _, f := range all {
				text, err := c.Call(t.Context(), e, &f, json.Value(`{"a":1}`))
				got := text
				if err != nil {
					got = err.Error()
				}
				want := map[string]string{
					"echo": "got\n{\"a\":1}", "image": "see\n" + `{"type":"image","mimeType":"image/png","data":"eA=="}`, "structure": `{"a":1}`, "nothing": "", "fails": "tool_failed: no \nluck",
				}[f.Name]
				if got != want {
					t.Errorf("%s: %q", f.Name, got)
				}
			}
			if s.requests.Load() != s.keys.Load() {
				t.Errorf("%d of %d requests have the header", s.keys.Load(), s.requests.Load())
			}
		})
	}
}

// TestASessionServesManyCalls counts the requests of calls after the first.
func TestASessionServesManyCalls(t *testing.T) {
	s := serve(t, nil)
	s.add("echo", anything, func(json.Value) *sdk.CallToolResult { return said("x") })
	c, e := client(t, time.Now), at(t, s.URL)
	f := &mcpclient.Function{Name: "echo", Parameters: json.Value(anything)}
	for range 10 {
		before := s.requests.Load()
		if text, err := c.Call(t.Context(), e, f, json.Value("{}")); text != "x" || err != nil {
			t.Fatal(text, err)
		}
		if before > 0 && s.requests.Load() != before+1 {
			t.Errorf("a call takes %d requests", s.requests.Load()-before)
		}
	}
}

// TestAChangedFunctionIsNotCalled changes a function after its list was read. It is not called, however old the list of the session is.
func TestAChangedFunctionIsNotCalled(t *testing.T) {
	var past atomic.Int64
	start := time.Now()
	s, called := serve(t, nil), 0
	add := func(schema string) {
		s.add("f", schema, func(json.Value) *sdk.CallToolResult {
			called++
			return said("x")
		})
	}
	add(anything)
	c, e := client(t, func() time.Time { return start.Add(time.Duration(past.Load())) }), at(t, s.URL)
	old := &mcpclient.Function{Name: "f", Parameters: json.Value(anything)}
	other := &mcpclient.Function{Name: "f", Parameters: json.Value(`{"type":"object","properties":{"b":{}}}`)}
	if _, err := c.Call(t.Context(), e, old, nil); err != nil {
		t.Fatal(err)
	}
	add(string(other.Parameters))
	if _, err := c.Call(t.Context(), e, other, nil); err != nil { // the list of the session is old: it is read again before the function is refused
		t.Error(err)
	}
	past.Store(int64(2 * time.Minute))
	for name, f := range map[string]*mcpclient.Function{"other parameters": old, "no such function": {Name: "g", Parameters: json.Value(anything)}} {
		if _, err := c.Call(t.Context(), e, f, nil); !errs.Is(err, errs.ToolChanged) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if called != 2 {
		t.Errorf("the function was called %d times", called)
	}
}

// TestALostSessionIsOpenedAgain restarts a server: it does not know the session any more.
func TestALostSessionIsOpenedAgain(t *testing.T) {
	var h atomic.Pointer[http.Handler]
	var server *sdk.Server
	end := func() {
		for session := range server.Sessions() {
			_ = session.Close()
		}
	}
	restart := func() {
		if server != nil {
			end()
		}
		server = sdk.NewServer(&sdk.Implementation{Name: "test", Version: "1"}, nil)
		server.AddTool(&sdk.Tool{Name: "f", InputSchema: json.Value(anything)}, func(context.Context, *sdk.CallToolRequest) (*sdk.CallToolResult, error) { return said("x"), nil })
		now := server
		var handler http.Handler = sdk.NewStreamableHTTPHandler(func(*http.Request) *sdk.Server { return now }, nil)
		h.Store(&handler)
	}
	restart()
	defer func() { end() }()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { (*h.Load()).ServeHTTP(w, r) }))
	t.Cleanup(s.Close)
	c, e, f := client(t, time.Now), at(t, s.URL), &mcpclient.Function{Name: "f", Parameters: json.Value(anything)}
	for range 3 {
		if text, err := c.Call(t.Context(), e, f, nil); text != "x" || err != nil {
			t.Errorf("%q, %v", text, err)
		}
		restart()
	}
}

// answering is a server that answers everything alike.
func answering(status int, media, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", media)
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}
}

// TestForeignFaultsAreClassified states what becomes of servers that are none, or hostile. No message shows what they say, but for their errors.
func TestForeignFaultsAreClassified(t *testing.T) {
	endless := func(media, piece string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", media)
			for r.Context().Err() == nil {
				if _, err := w.Write([]byte(strings.Repeat(piece, 1000))); err != nil {
					return
				}
			}
		}
	}
	for name, c := range map[string]struct {
		h      http.Handler
		reason errs.Reason
		want   string
	}{
		"a page":             {answering(200, "text/html", "<h1>secret</h1>"), errs.ToolFailed, "127.0.0.1 did not answer as the Model Context Protocol demands."},
		"no JSON":            {answering(200, "application/json", "{secret"), errs.ToolFailed, "127.0.0.1 did not answer as the Model Context Protocol demands."},
		"other JSON":         {answering(200, "application/json", `{"secret": 1}`), errs.ToolFailed, "127.0.0.1 did not answer as the Model Context Protocol demands."},
		"nothing":            {answering(200, "application/json", ``), errs.ToolFailed, "127.0.0.1 did not answer as the Model Context Protocol demands."},
		"no events":          {answering(200, "text/event-stream", ``), errs.ToolFailed, "127.0.0.1 did not answer as the Model Context Protocol demands."},
		"events of no JSON":  {answering(200, "text/event-stream", "data: secret\n\n"), errs.ToolFailed, "127.0.0.1 did not answer as the Model Context Protocol demands."},
		"a wrong key":        {answering(401, "text/plain", "secret"), errs.ToolFailed, "127.0.0.1 answered 401 Unauthorized. Is the setup value `headers` right?"},
		"another address":    {answering(404, "text/plain", "secret"), errs.ToolFailed, "127.0.0.1 answered 404 Not Found. Is there a server of the Model Context Protocol at the setup value `url`?"},
		"a server that ails": {answering(502, "text/plain", "secret"), errs.ToolUnreachable, "127.0.0.1 answered Bad Gateway."},
		"a large answer":     {endless("application/json", `{"a":`), errs.ToolFailed, "127.0.0.1 answered more than 10 MiB."},
		"endless events":     {endless("text/event-stream", ": x\n"), errs.ToolFailed, "127.0.0.1 answered more than 10 MiB."},
		"a redirect inside":  {http.RedirectHandler("http://127.0.0.1:25/", http.StatusTemporaryRedirect), errs.AddressRefused, "This server does not connect to 127.0.0.1: it redirects a request with a body to another host."},
		"a circle":           {http.RedirectHandler("/", http.StatusTemporaryRedirect), errs.ToolFailed, "127.0.0.1 redirected more than 3 times."},
		"an error":           {rpc(`"error":{"code":-32602,"message":"Not so."}`), errs.ToolFailed, "Not so."},
	} {
		t.Run(name, func(t *testing.T) {
			s := httptest.NewServer(c.h)
			defer s.Close()
			_, err := client(t, time.Now).Functions(t.Context(), at(t, s.URL))
			if e := errs.From(err); err == nil || e.Reason != c.reason || e.Message != c.want {
				t.Errorf("got %s %q: %v", e.Reason, e.Message, err)
			}
		})
	}
}

// rpc answers every message with a result or an error.
func rpc(outcome string) http.HandlerFunc { return rpcs(map[string]string{"": outcome}) }

// rpcs answers messages by their method, the others with the outcome of "".
func rpcs(outcomes map[string]string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var m struct {
			ID     json.Value `json:"id"`
			Method string     `json:"method"`
		}
		if err := json.UnmarshalForeign(read(r), &m); err != nil || m.ID == nil {
			w.WriteHeader(http.StatusAccepted)
			return
		}
		outcome, ok := outcomes[m.Method]
		if !ok {
			outcome = outcomes[""]
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = fmt.Fprintf(w, `{"jsonrpc":"2.0","id":%s,%s}`, m.ID, outcome)
	}
}

// begun answers the beginning of a session, and lists one function.
func begun(more map[string]string) http.HandlerFunc {
	outcomes := map[string]string{
		"":           `"error":{"code":-32601,"message":"unknown"}`,
		"initialize": `"result":{"protocolVersion":"2025-06-18","capabilities":{"tools":{}},"serverInfo":{"name":"x","version":"1"}}`,
		"tools/list": `"result":{"tools":[{"name":"f","inputSchema":{"type":"object"}}]}`,
	}
	for method, outcome := range more {
		outcomes[method] = outcome
	}
	return rpcs(outcomes)
}

// TestForeignListsAreChecked lists functions that cannot be used.
func TestForeignListsAreChecked(t *testing.T) {
	for outcome, want := range map[string]string{
		`"result":{"tools":[{"name":"f","inputSchema":"x"}]}`:                   `127.0.0.1 has a function "f" whose parameters are no JSON Schema.`,
		`"result":{"tools":[{"name":"f"}]}`:                                     `127.0.0.1 has a function "f" whose parameters are no JSON Schema.`,
		`"result":{"tools":[{"name":7}]}`:                                       "127.0.0.1 did not answer as the Model Context Protocol demands.",
		`"result":{"tools":7}`:                                                  "127.0.0.1 did not answer as the Model Context Protocol demands.",
		`"result":[]`:                                                           "127.0.0.1 did not answer as the Model Context Protocol demands.",
		`"result":{"tools":[],"nextCursor":"again"}`:                            "127.0.0.1 has more than 1000 functions, or its list of them does not end.",
		`"result":{"tools":[null]}`:                                             "",
		`"result":{}`:                                                           "",
		`"result":{"tools":[{"name":"","inputSchema":{"x":[[[]]]}}]}`:           "",
		`"result":{"tools":[{"name":"\u0000/..","inputSchema":{}}]}`:            "",
		`"error":{"code":-32000,"message":"` + strings.Repeat("x", 5000) + `"}`: strings.Repeat("x", 1999) + "…",
	} {
		s := httptest.NewServer(begun(map[string]string{"tools/list": outcome}))
		_, err := client(t, time.Now).Functions(t.Context(), at(t, s.URL))
		if got := errs.From(err); err == nil != (want == "") || err != nil && (got.Message != want || got.Reason != errs.ToolFailed) {
			t.Errorf("%s: %v", outcome, err)
		}
		s.Close()
	}
}

// TestForeignResultsAreChecked calls a function whose results cannot be used.
func TestForeignResultsAreChecked(t *testing.T) {
	for outcome, want := range map[string]string{
		`"result":{"content":[{"type":"text","text":"` + strings.Repeat("x", 1<<20+1) + `"}]}`: "127.0.0.1 answered more than 1024 KiB.",
		`"result":{"content":[{"type":"video"}]}`:                                              "127.0.0.1 did not answer as the Model Context Protocol demands.",
		`"result":{"content":"x"}`:                                                             "127.0.0.1 did not answer as the Model Context Protocol demands.",
		`"result":7`:                                                                           "127.0.0.1 did not answer as the Model Context Protocol demands.",
		`"result":{"content":[],"isError":true}`:                                               "127.0.0.1 says that the call failed, and not why.",
		`"result":{}`:                                                                          "",
		`"error":{"code":-32602,"message":"Give a."}`:                                          "Give a.",
	} {
		s := httptest.NewServer(begun(map[string]string{"tools/call": outcome}))
		_, err := client(t, time.Now).Call(t.Context(), at(t, s.URL), &mcpclient.Function{Name: "f", Parameters: json.Value(anything)}, nil)
		if got := errs.From(err); err == nil != (want == "") || err != nil && (got.Message != want || got.Reason != errs.ToolFailed) {
			t.Errorf("%.60s: %v", outcome, err)
		}
		s.Close()
	}
}

// TestNobodyIsThere calls servers that cannot be reached, and one that never answers.
func TestNobodyIsThere(t *testing.T) {
	f := &mcpclient.Function{Name: "f", Parameters: json.Value(anything)}
	_, err := client(t, time.Now).Call(t.Context(), at(t, "http://127.0.0.1:1025/mcp"), f, nil)
	if e := errs.From(err); e.Reason != errs.ToolUnreachable || e.Origin != "127.0.0.1" || e.Message != "127.0.0.1 cannot be reached." {
		t.Errorf("got %v", err)
	}
	silent := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_ = read(r)
		<-r.Context().Done()
	}))
	defer silent.Close()
	late := errors.New("too late")
	ctx, cancel := context.WithTimeoutCause(t.Context(), 50*time.Millisecond, late)
	defer cancel()
	if _, err := client(t, time.Now).Call(ctx, at(t, silent.URL), f, nil); !errors.Is(err, late) {
		t.Errorf("got %v", err)
	}
	public := mcpclient.New(mcpclient.Options{HTTP: netguard.NewClient(netguard.Options{}), Version: "test", Now: time.Now})
	defer public.Close()
	if _, err := public.Call(t.Context(), at(t, silent.URL), f, nil); !errs.Is(err, errs.AddressRefused) {
		t.Errorf("got %v", err)
	}
}

// FuzzForeignAnswers lets a server answer with anything. Nothing panics or hangs, and every error is classified.
func FuzzForeignAnswers(f *testing.F) {
	for _, seed := range []string{`"result":{"content":[{"type":"text","text":"x"}]}`, `"result":{"tools":[{"name":"f","inputSchema":{}}],"nextCursor":"x"}`, `"error":{"code":1,"message":"x","data":[]}`, `"error":7`, `}`, ``} {
		f.Add(true, seed)
		f.Add(false, seed)
	}
	var outcomes atomic.Pointer[map[string]string]
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { begun(*outcomes.Load())(w, r) }))
	f.Cleanup(s.Close)
	f.Fuzz(func(t *testing.T, list bool, outcome string) {
		method := "tools/call"
		if list {
			method = "tools/list"
		}
		outcomes.Store(&map[string]string{method: outcome})
		c := client(t, time.Now)
		_, err := c.Call(t.Context(), at(t, s.URL), &mcpclient.Function{Name: "f", Parameters: json.Value(anything)}, json.Value("{}"))
		if e := errs.From(err); err != nil && (e.Reason == errs.Internal || e.Message == "") {
			t.Errorf("%q: %v", outcome, err)
		}
	})
}

func read(r *http.Request) []byte {
	body, _ := io.ReadAll(r.Body)
	return body
}
