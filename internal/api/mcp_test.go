package api_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/modelcontextprotocol/go-sdk/jsonrpc"
	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/json"
)

// withKey sends requests with a key.
type withKey struct {
	key  string
	next http.RoundTripper
}

func (k withKey) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("Authorization", "Bearer "+k.key)
	return k.next.RoundTrip(r)
}

// connect is a client of the official SDK, at the endpoint with a query.
func (s *server) connect(t *testing.T, key, query string) *sdk.ClientSession {
	t.Helper()
	session, err := s.tryConnect(t, key, query)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = session.Close() })
	return session
}

func (s *server) tryConnect(t *testing.T, key, query string) (*sdk.ClientSession, error) {
	t.Helper()
	client := sdk.NewClient(&sdk.Implementation{Name: "test", Version: "1"}, nil)
	return client.Connect(t.Context(), &sdk.StreamableClientTransport{
		Endpoint: s.URL + "/mcp" + query, HTTPClient: &http.Client{Transport: withKey{key, s.Client().Transport}},
	}, nil)
}

// put saves a version, and fails the test if it is refused.
func (s *server) put(t *testing.T, plural, body string) (id, versionID string) {
	t.Helper()
	a := s.call(t, "POST", "/v5/"+plural, body)
	var saved struct {
		ID        string `json:"id"`
		VersionID string `json:"version_id"`
	}
	if err := json.Unmarshal([]byte(a.body), &saved); err != nil || a.status >= 300 {
		t.Fatalf("%s: %d %s", body, a.status, a.body)
	}
	return saved.ID, saved.VersionID
}

// shown is a tool as a client lists it.
func shown(t *testing.T, tools []*sdk.Tool) []string {
	t.Helper()
	var out []string
	for _, tool := range tools {
		schema, err := json.Marshal(tool.InputSchema)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, fmt.Sprintf("%s (%s) %q %s", tool.Name, tool.Title, tool.Description, schema))
	}
	return out
}

// TestMCPListsWhatIsDeployed states how Files become tools: their names, descriptions and arguments, and which are none.
func TestMCPListsWhatIsDeployed(t *testing.T) {
	s := start(t, nil)
	s.put(t, "prompts", `{"path": "support/reply", "description": "Answers a customer.", "model": "echo", "provider": "mock", "template": [{"role": "user", "content": "Hello {{name}}"}]}`)
	s.put(t, "prompts", `{"path": "chat", "model": "echo", "provider": "mock"}`)
	s.put(t, "prompts", `{"path": "persona", "model": "echo", "provider": "mock", "template": [{"role": "system", "content": "You are {{who}}."}]}`)
	odd, _ := s.put(t, "prompts", `{"path": "Größe und Maß/Antwort auf sehr viele Fragen, die alle gestellt werden", "model": "echo", "provider": "mock", "template": "x"}`)
	s.put(t, "tools", `{"path": "tools/greet", "function": {"name": "greet", "description": "Greets.", "parameters": {"type": "object", "properties": {"who": {"type": "string"}}, "required": ["who"]}}, "tool_type": "mock"}`)
	s.put(t, "tools", `{"path": "tools/client", "function": {"name": "client", "description": "Runs elsewhere."}}`)
	s.put(t, "flows", `{"path": "flow", "attributes": {}}`)
	undeployed, _ := s.put(t, "prompts", `{"path": "undeployed", "model": "echo", "provider": "mock"}`)
	environment := s.environment(t, undeployed)
	if a := s.call(t, "DELETE", "/v5/prompts/"+undeployed+"/environments/"+environment, ""); a.status != 204 {
		t.Fatal(a.body)
	}
	got, err := s.connect(t, memberKey, "").ListTools(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		`support__reply (support/reply) "Answers a customer." {"properties":{"name":{"type":"string"}},"required":["name"],"type":"object"}`,
		`chat (chat) "Prompt chat" {"properties":{"messages":{"description":"What the user says.","type":"string"}},"required":["messages"],"type":"object"}`,
		`persona (persona) "Prompt persona" {"properties":{"messages":{"description":"What the user says.","type":"string"},"who":{"type":"string"}},"required":["who"],"type":"object"}`,
		`Gr__e_und_Ma___Antwort_auf_sehr_viele___` + odd + ` (Größe und Maß/Antwort auf sehr viele Fragen, die alle gestellt werden) "Prompt Größe und Maß/Antwort auf sehr viele Fragen, die alle gestellt werden" {"properties":{},"type":"object"}`,
		`tools__greet (tools/greet) "Greets." {"properties":{"who":{"type":"string"}},"required":["who"],"type":"object"}`,
	}
	if d := cmp.Diff(want, shown(t, got.Tools)); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

// environment is the id of the environment that a Prompt is deployed to by itself.
func (s *server) environment(t *testing.T, promptID string) string {
	t.Helper()
	var all []struct {
		ID  string `json:"id"`
		Tag string `json:"tag"`
	}
	a := s.call(t, "GET", "/v5/prompts/"+promptID+"/environments", "")
	if err := json.Unmarshal([]byte(a.body), &all); err != nil {
		t.Fatal(err)
	}
	for _, e := range all {
		if e.Tag == "default" {
			return e.ID
		}
	}
	t.Fatal(a.body)
	return ""
}

// result is what a client sees of a call.
type result struct {
	Text  string
	Error bool
}

func callTool(t *testing.T, c *sdk.ClientSession, name string, arguments any) (result, *sdk.CallToolResult) {
	t.Helper()
	got, err := c.CallTool(t.Context(), &sdk.CallToolParams{Name: name, Arguments: arguments})
	if err != nil {
		t.Fatal(err)
	}
	var texts []string
	for _, c := range got.Content {
		texts = append(texts, c.(*sdk.TextContent).Text)
	}
	return result{strings.Join(texts, "|"), got.IsError}, got
}

// TestMCPCallsLeaveLogs calls a Prompt, a Tool and an Agent. The Logs are those of the v5 API, with the source mcp and the key of the caller.
func TestMCPCallsLeaveLogs(t *testing.T) {
	s := start(t, nil)
	prompt, _ := s.put(t, "prompts", `{"path": "support/reply", "model": "echo", "provider": "mock", "template": [{"role": "user", "content": "Hello {{name}}"}]}`)
	tool, _ := s.put(t, "tools", `{"path": "greet", "setup_values": {"hi": "Good day"}, "tool_type": "snippet"}`)
	agent, _ := s.put(t, "agents", `{"path": "helper", "model": "echo", "provider": "mock", "template": [{"role": "user", "content": "Help {{name}}"}]}`)
	c := s.connect(t, memberKey, "")
	for _, call := range []struct {
		name      string
		arguments any
		file      string
		want      string
	}{
		{"support__reply", map[string]any{"name": "Ada"}, prompt, "Hello Ada"},
		{"greet", map[string]any{"key": "hi"}, tool, "Good day"},
		{"helper", map[string]any{"name": "Ada"}, agent, "Help Ada"},
	} {
		got, raw := callTool(t, c, call.name, call.arguments)
		if got != (result{Text: call.want}) {
			t.Errorf("%s: %+v", call.name, got)
		}
		id, _ := raw.Meta["openloop/log_id"].(string)
		a := s.call(t, "GET", "/v5/logs/"+id, "")
		var log struct {
			Source string `json:"source"`
			Output string `json:"output"`
		}
		if err := json.Unmarshal([]byte(a.body), &log); err != nil || log.Source != "mcp" || log.Output != call.want || !strings.Contains(a.body, call.file) {
			t.Errorf("the Log of %s is %s, %v", call.name, a.body, err)
		}
	}
}

// TestMCPTakesWhatTheUserSays calls Prompts that leave the word to the user.
func TestMCPTakesWhatTheUserSays(t *testing.T) {
	s := start(t, nil)
	s.put(t, "prompts", `{"path": "chat", "model": "echo", "provider": "mock"}`)
	s.put(t, "prompts", `{"path": "own", "model": "echo", "provider": "mock", "template": [{"role": "user", "content": "Sum up: {{messages}}"}]}`)
	c := s.connect(t, memberKey, "")
	for name, want := range map[string]string{"chat": "Hi.", "own": "Sum up: Hi."} {
		if got, _ := callTool(t, c, name, map[string]any{"messages": "Hi."}); got != (result{Text: want}) {
			t.Errorf("%s: %+v", name, got)
		}
	}
	if got, _ := callTool(t, c, "chat", map[string]any{"messages": []string{"Hi."}}); !got.Error || !strings.HasPrefix(got.Text, "This is what the user says, as a text. (reason validation_failed, request req_") {
		t.Errorf("a list: %+v", got)
	}
}

// TestMCPFailuresOfCallsAreResults lists how calls fail: models read a sentence, programs the detail of the v5 API.
func TestMCPFailuresOfCallsAreResults(t *testing.T) {
	s := start(t, nil)
	s.put(t, "prompts", `{"path": "reply", "model": "echo", "provider": "mock", "template": [{"role": "user", "content": "Hello {{name}}"}]}`)
	s.put(t, "prompts", `{"path": "limited", "model": "error/rate_limited", "provider": "mock", "template": "x", "max_retries": 0}`)
	s.put(t, "prompts", `{"path": "keyless", "model": "gpt-4o", "template": "x"}`)
	s.put(t, "tools", `{"path": "greet", "setup_values": {"hi": "Good day"}, "tool_type": "snippet", "function": {"name": "greet", "description": "", "parameters": {"type": "object", "properties": {"key": {"type": "string"}}, "required": ["key"]}}}`)
	c := s.connect(t, memberKey, "")
	for _, call := range []struct {
		name      string
		arguments any
		want      errs.Reason
		logged    bool
	}{
		{"reply", nil, errs.MissingInputs, false},
		{"limited", nil, errs.RateLimited, true},
		{"keyless", nil, errs.ProviderKeyMissing, true},
		{"greet", map[string]any{}, errs.ValidationFailed, false},
		{"greet", map[string]any{"key": 1}, errs.ValidationFailed, false},
		{"greet", map[string]any{"key": "no"}, errs.ToolFailed, true},
	} {
		got, raw := callTool(t, c, call.name, call.arguments)
		var d errs.Detail
		text, err := json.Marshal(raw.Meta["openloop/detail"])
		if err == nil {
			err = json.Unmarshal(text, &d)
		}
		if err != nil || !got.Error || d.Reason != call.want || d.RequestID == "" || (d.LogID != "") != call.logged {
			t.Errorf("%s: %+v, detail %s, %v", call.name, got, text, err)
		}
		if want := fmt.Sprintf("%s (reason %s, request %s)", d.Message, d.Reason, d.RequestID); got.Text != want {
			t.Errorf("the text is %q, not %q", got.Text, want)
		}
	}
}

// TestMCPUnknownNamesAreErrorsOfTheProtocol names tools, prompts, cursors and environments that are not there.
func TestMCPUnknownNamesAreErrorsOfTheProtocol(t *testing.T) {
	s := start(t, nil)
	id, _ := s.put(t, "prompts", `{"path": "a/b", "model": "echo", "provider": "mock", "template": "x"}`)
	s.put(t, "tools", `{"path": "client", "function": {"name": "client", "description": "Runs elsewhere."}}`)
	s.put(t, "flows", `{"path": "flow", "attributes": {}}`)
	c, staging := s.connect(t, memberKey, ""), s.connect(t, memberKey, "?environment=nowhere")
	call := func(name string) func() error {
		return func() error {
			_, err := c.CallTool(t.Context(), &sdk.CallToolParams{Name: name})
			return err
		}
	}
	for name, do := range map[string]func() error{
		`There is no tool "nobody".`:                          call("nobody"),
		`There is no tool "a/b".`:                             call("a/b"),
		`There is no tool "flow".`:                            call("flow"),
		`There is no tool "a__b__` + id[:23]:                  call("a__b__" + id[:23]),
		`There is no tool "x__` + id + `".`:                   call("x__" + id),
		`There is no tool "` + strings.Repeat("x", 127) + "…": call(strings.Repeat("x", 5000)),
		`This is no cursor that an answer had.`:               func() error { _, err := c.ListTools(t.Context(), &sdk.ListToolsParams{Cursor: "x"}); return err },
		`There is no prompt "nobody".`:                        func() error { _, err := c.GetPrompt(t.Context(), &sdk.GetPromptParams{Name: "nobody"}); return err },
		"Environment `nowhere` does not exist.":               func() error { _, err := staging.ListTools(t.Context(), nil); return err },
	} {
		err := do()
		wire, ok := errors.AsType[*jsonrpc.Error](err)
		if !ok || wire.Code != jsonrpc.CodeInvalidParams || !strings.HasPrefix(wire.Message, name) || !strings.Contains(string(wire.Data), `"detail"`) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	if got, _ := callTool(t, c, "client", nil); !got.Error || !strings.Contains(got.Text, "tool_not_runnable") {
		t.Errorf("a Tool of the client: %+v", got)
	}
}

// TestMCPOffersAnEnvironment lists and calls what is deployed to the environment that the address names.
func TestMCPOffersAnEnvironment(t *testing.T) {
	s := start(t, nil)
	id, _ := s.put(t, "prompts", `{"path": "p", "model": "echo", "provider": "mock", "template": [{"role": "user", "content": "old"}]}`)
	_, version := s.put(t, "prompts", `{"path": "p", "model": "echo", "provider": "mock", "template": [{"role": "user", "content": "new {{x}}"}]}`)
	s.put(t, "prompts", `{"path": "q", "model": "echo", "provider": "mock", "template": [{"role": "user", "content": "q"}]}`)
	staging := s.makeEnvironment(t, id, version)
	c := s.connect(t, memberKey, "?environment="+staging)
	list, err := c.ListTools(t.Context(), nil)
	if err != nil || len(list.Tools) != 1 || list.Tools[0].Name != "p" {
		t.Fatalf("%+v, %v", list, err)
	}
	if got, _ := callTool(t, c, "p", map[string]any{"x": 1}); got != (result{Text: "new 1"}) {
		t.Errorf("%+v", got)
	}
	if got, _ := callTool(t, s.connect(t, memberKey, ""), "p", nil); got != (result{Text: "old"}) {
		t.Errorf("%+v", got)
	}
}

// makeEnvironment deploys a version of a Prompt to an environment besides the default one.
func (s *server) makeEnvironment(t *testing.T, promptID, versionID string) (name string) {
	t.Helper()
	all, err := s.db.Environments(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(all, func(e file.Environment) bool { return e.Tag != file.DefaultTag })
	if i < 0 {
		t.Fatal("there is one environment only")
	}
	if a := s.call(t, "POST", "/v5/prompts/"+promptID+"/environments/"+all[i].ID+"?version_id="+versionID, ""); a.status != 200 {
		t.Fatal(a.body)
	}
	return all[i].Name
}

// TestMCPListsThousandsInPages follows the cursors of more Files than a page has.
func TestMCPListsThousandsInPages(t *testing.T) {
	s := start(t, nil)
	const files = 501
	for i := range files {
		s.put(t, "prompts", fmt.Sprintf(`{"path": "many/p%d", "model": "echo", "provider": "mock", "template": "x"}`, i))
	}
	c, seen, pages := s.connect(t, memberKey, ""), map[string]bool{}, 0
	for cursor := ""; pages == 0 || cursor != ""; pages++ {
		list, err := c.ListTools(t.Context(), &sdk.ListToolsParams{Cursor: cursor})
		if err != nil {
			t.Fatal(err)
		}
		for _, tool := range list.Tools {
			seen[tool.Name] = true
		}
		cursor = list.NextCursor
	}
	if len(seen) != files || pages != 2 {
		t.Errorf("%d tools on %d pages", len(seen), pages)
	}
}

// TestMCPPromptsAreRendered offers the templates of Prompts as prompts of the protocol.
func TestMCPPromptsAreRendered(t *testing.T) {
	s := start(t, nil)
	s.put(t, "prompts", `{"path": "p", "description": "Greets.", "model": "echo", "provider": "mock", "template": [{"role": "system", "content": "Be {{how}}."}, {"role": "user", "content": [{"type": "text", "text": "Hi"}]}, {"role": "assistant", "content": "Yes?"}]}`)
	s.put(t, "prompts", `{"path": "chat", "model": "echo", "provider": "mock"}`)
	c := s.connect(t, memberKey, "")
	list, err := c.ListPrompts(t.Context(), nil)
	if err != nil || len(list.Prompts) != 1 {
		t.Fatalf("%+v, %v", list, err)
	}
	if d := cmp.Diff(&sdk.Prompt{Name: "p", Title: "p", Description: "Greets.", Arguments: []*sdk.PromptArgument{{Name: "how", Required: true}}}, list.Prompts[0]); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	got, err := c.GetPrompt(t.Context(), &sdk.GetPromptParams{Name: "p", Arguments: map[string]string{"how": "kind"}})
	if err != nil {
		t.Fatal(err)
	}
	var said []string
	for _, m := range got.Messages {
		said = append(said, string(m.Role)+": "+m.Content.(*sdk.TextContent).Text)
	}
	if d := cmp.Diff([]string{"user: Be kind.", "user: Hi", "assistant: Yes?"}, said); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	_, err = c.GetPrompt(t.Context(), &sdk.GetPromptParams{Name: "p"})
	if wire, ok := errors.AsType[*jsonrpc.Error](err); !ok || !strings.Contains(wire.Message, "reason missing_inputs") {
		t.Errorf("got %v", err)
	}
}

// TestMCPRefusesBadRequests sends what is no message of the protocol. The answers are those of the error contract.
func TestMCPRefusesBadRequests(t *testing.T) {
	s := start(t, nil)
	const list = `{"jsonrpc":"2.0","id":1,"method":"tools/list"}`
	for name, c := range map[string]struct {
		body, media string
		want        errs.Reason
	}{
		"no JSON":           {`{"jsonrpc":`, "application/json", errs.InvalidJSON},
		"nothing":           {``, "application/json", errs.InvalidJSON},
		"not UTF-8":         {"{\"jsonrpc\":\"\xff\"}", "application/json", errs.InvalidJSON},
		"a batch":           {"[" + list + "]", "application/json", errs.MalformedRequest},
		"a text":            {`"x"`, "application/json", errs.MalformedRequest},
		"no method":         {`{"jsonrpc":"2.0","id":1}`, "application/json", errs.MalformedRequest},
		"no version":        {`{"id":1,"method":"tools/list"}`, "application/json", errs.MalformedRequest},
		"an unknown method": {`{"jsonrpc":"2.0","id":1,"method":"tools/drop"}`, "application/json", errs.MalformedRequest},
		"a name of a type":  {`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":7}}`, "application/json", errs.MalformedRequest},
		"a list of args":    {`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"a","arguments":[1]}}`, "application/json", errs.ValidationFailed},
		"args of a prompt":  {`{"jsonrpc":"2.0","id":1,"method":"prompts/get","params":{"name":"a","arguments":{"a":1}}}`, "application/json", errs.ValidationFailed},
		"no params":         {`{"jsonrpc":"2.0","id":1,"method":"tools/call"}`, "application/json", errs.MalformedRequest},
		"another media":     {list, "text/csv", errs.UnsupportedMediaType},
		"too large":         {`{"x":"` + strings.Repeat("x", 1<<20) + `"}`, "application/json", errs.BodyTooLarge},
		"deep":              {strings.Repeat("[", 20000) + strings.Repeat("]", 20000), "application/json", errs.MalformedRequest},
	} {
		r := s.request(t, "POST", "/mcp", c.body)
		r.Header.Set("Content-Type", c.media)
		if d := checkFailure(t, s.send(t, r)); d.Reason != c.want {
			t.Errorf("%s: %s %s", name, d.Reason, d.Message)
		}
	}
}

// TestMCPTellsNothingOfItsCode sends parameters of the wrong type to a method that the protocol's own code answers.
func TestMCPTellsNothingOfItsCode(t *testing.T) {
	s := start(t, nil)
	a := s.call(t, "POST", "/mcp", `{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":7}}`)
	if a.status != 200 || a.body != `{"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"The parameters are not those of the method."}}` {
		t.Errorf("%d %s", a.status, a.body)
	}
	r := s.request(t, "POST", "/mcp", `{"jsonrpc":"2.0","id":1,"method":"tools/list"}`)
	r.Header.Set("Mcp-Protocol-Version", "1999-01-01")
	if d := checkFailure(t, s.send(t, r)); !strings.HasPrefix(d.Message, "The message does not follow the protocol. Unsupported protocol version (supported versions: ") {
		t.Error(d.Message)
	}
}

// TestMCPNeedsAKey refuses clients without a valid key, by HTTP.
func TestMCPNeedsAKey(t *testing.T) {
	s := start(t, nil)
	for key, want := range map[string]errs.Reason{"": errs.GatewayKeyMissing, "hl_sk_unknown_0123456789abcdef": errs.GatewayKeyInvalid, revokedKey: errs.GatewayKeyInvalid} {
		r := s.request(t, "POST", "/mcp", `{"jsonrpc":"2.0","id":1,"method":"tools/list"}`)
		r.Header.Del("X-Api-Key")
		if key != "" {
			r.Header.Set("Authorization", "Bearer "+key)
		}
		refused(t, s.send(t, r), want)
		if _, err := s.tryConnect(t, "x"+key, ""); err == nil {
			t.Errorf("the client connects with %q", key)
		}
	}
}

// TestMCPHasNoSessions answers what would open a stream or end a session as clients expect it of a server without.
func TestMCPHasNoSessions(t *testing.T) {
	s := start(t, nil)
	for _, method := range []string{"GET", "DELETE"} {
		if a := s.call(t, method, "/mcp", ""); a.status != http.StatusMethodNotAllowed || a.header.Get("Allow") != "POST" {
			t.Errorf("%s: %d %v", method, a.status, a.header)
		}
	}
	r := s.request(t, "POST", "/mcp", `{"jsonrpc":"2.0","id":1,"method":"tools/list"}`)
	r.Header.Set("Accept", "text/html")
	if a := s.send(t, r); a.status != 200 || a.header.Get("Mcp-Session-Id") != "" || a.body != `{"jsonrpc":"2.0","id":1,"result":{"ttlMs":0,"cacheScope":"private","tools":[]}}` {
		t.Errorf("%d %v %s", a.status, a.header, a.body)
	}
}

// TestMCPEndsWithItsClient leaves during a call: the provider's connection is closed, and the Log is kept.
func TestMCPEndsWithItsClient(t *testing.T) {
	h := newHanging()
	s := start(t, h)
	if a := s.call(t, "PUT", "/v5/provider-keys/openai", `{"key": "sk-0123456789abcdef"}`); a.status >= 300 {
		t.Fatal(a.body)
	}
	id, _ := s.put(t, "prompts", `{"path": "slow", "model": "gpt-4o", "template": "x"}`)
	ctx, cancel := context.WithCancel(t.Context())
	r := s.request(t, "POST", "/mcp", `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"slow"}}`).WithContext(ctx)
	go func() {
		<-h.reached
		cancel()
	}()
	if a, err := s.Client().Do(r); !errors.Is(err, context.Canceled) {
		t.Fatal(a, err)
	}
	<-h.left
	<-s.observed
	a := s.call(t, "GET", "/v5/logs?file_id="+id, "")
	if !strings.Contains(a.body, `"total":1`) || !strings.Contains(a.body, `"source":"mcp"`) {
		t.Error(a.body)
	}
}
