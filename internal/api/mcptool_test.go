package api_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/json"
)

// weather is an MCP server that asks for a key.
type weather struct {
	*httptest.Server

	tools *sdk.Server
}

const weatherKey = "s3cret-s3cret"

func serveWeather(t *testing.T) *weather {
	t.Helper()
	s := &weather{tools: sdk.NewServer(&sdk.Implementation{Name: "weather", Version: "1"}, nil)}
	h := sdk.NewStreamableHTTPHandler(func(*http.Request) *sdk.Server { return s.tools }, &sdk.StreamableHTTPOptions{Stateless: true})
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer "+weatherKey {
			http.Error(w, "no key", http.StatusUnauthorized)
			return
		}
		h.ServeHTTP(w, r)
	}))
	t.Cleanup(s.Close)
	s.has("get.weather", `{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}`)
	s.has("key", `{"type":"object"}`)
	return s
}

// has makes the server have a function, which tells what it gets.
func (s *weather) has(name, schema string) {
	s.tools.AddTool(&sdk.Tool{Name: name, Description: "Does " + name + ".", InputSchema: json.Value(schema)}, func(_ context.Context, r *sdk.CallToolRequest) (*sdk.CallToolResult, error) {
		return &sdk.CallToolResult{Content: []sdk.Content{&sdk.TextContent{Text: string(r.Params.Arguments) + r.Extra.Header.Get("Authorization")}}}, nil
	})
}

// withWeather makes a Tool of functions of the server, with the key in a variable.
func (s *server) withWeather(t *testing.T, w *weather, path, function string) *answer {
	t.Helper()
	id, _ := s.put(t, "tools", `{"path": "`+path+`", "attributes": {"for": "variables"}}`)
	if a := s.call(t, "POST", "/v5/tools/"+id+"/environment-variables", `[{"name": "KEY", "value": "`+weatherKey+`"}]`); a.status != 200 {
		t.Fatal(a.body)
	}
	a := s.call(t, "POST", "/v5/tools", `{"path": "`+path+`", "tool_type": "mcp", "setup_values": {"url": "`+w.URL+`", "headers": {"Authorization": "Bearer {{KEY}}"}, "tool": "`+function+`"}}`)
	if a.status >= 300 {
		t.Fatal(a.body)
	}
	var saved struct {
		VersionID string `json:"version_id"`
	}
	if err := json.Unmarshal([]byte(a.body), &saved); err != nil {
		t.Fatal(err)
	}
	if deployed := s.call(t, "POST", "/v5/tools/"+id+"/environments/"+s.defaultEnvironment(t)+"?version_id="+saved.VersionID, ""); deployed.status != 200 {
		t.Fatal(deployed.body)
	}
	return a
}

func (s *server) defaultEnvironment(t *testing.T) string {
	t.Helper()
	all, err := s.db.Environments(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range all {
		if e.Tag == "default" {
			return e.ID
		}
	}
	t.Fatal("there is no default environment")
	return ""
}

// ran is what a call of a Tool answers.
type ran struct {
	Output   string       `json:"output"`
	Error    string       `json:"error"`
	Metadata json.Value   `json:"metadata"`
	Detail   *errs.Detail `json:"detail"`
}

func (s *server) run(t *testing.T, body string) (ran, *answer) {
	t.Helper()
	a := s.call(t, "POST", "/v5/tools/call", body)
	var out ran
	if err := json.Unmarshal([]byte(a.body), &out); err != nil {
		t.Fatal(err)
	}
	return out, a
}

// TestAToolOfAnMCPServer saves, shows and calls a Tool that is one function of a server. The value of a variable is in nothing that comes out.
func TestAToolOfAnMCPServer(t *testing.T) {
	s, w := start(t, nil), serveWeather(t)
	saved := s.withWeather(t, w, "weather", "get.weather")
	if !strings.Contains(saved.body, `"function":{"name":"get_weather","description":"Does get.weather.","parameters":{"properties":{"city":{"type":"string"}},"required":["city"],"type":"object"}}`) {
		t.Error(saved.body)
	}
	got, a := s.run(t, `{"path": "weather", "inputs": {"city": "Oslo"}}`)
	if got.Output != `{"city":"Oslo"}Bearer ********` || got.Error != "" || strings.Contains(a.body+saved.body, weatherKey) {
		t.Errorf("%s", a.body)
	}
	if _, a := s.run(t, `{"path": "weather", "inputs": {"city": 7}}`); checkFailure(t, a).Reason != errs.ValidationFailed {
		t.Error(a.body)
	}
}

// TestAnMCPServerDoesNotChangeAVersion changes the function of a server: the version fails, until it is saved again.
func TestAnMCPServerDoesNotChangeAVersion(t *testing.T) {
	s, w := start(t, nil), serveWeather(t)
	first := s.withWeather(t, w, "weather", "key")
	again := s.withWeather(t, w, "weather", "key")
	w.tools.RemoveTools("key")
	if got, a := s.run(t, `{"path": "weather"}`); got.Detail == nil || got.Detail.Reason != errs.ToolChanged {
		t.Error(a.body)
	}
	w.has("key", `{"type":"object","properties":{"a":{}}}`)
	changed := s.withWeather(t, w, "weather", "key")
	versions := map[string]bool{savedVersion(t, first): true, savedVersion(t, again): true, savedVersion(t, changed): true}
	if len(versions) != 2 {
		t.Errorf("there are %d versions", len(versions))
	}
	if got, a := s.run(t, `{"path": "weather"}`); got.Error != "" {
		t.Error(a.body)
	}
	if a := s.call(t, "POST", "/v5/tools/call?version_id="+savedVersion(t, first), `{"path": "weather"}`); !strings.Contains(a.body, `"reason":"tool_changed"`) {
		t.Error(a.body)
	}
}

func savedVersion(t *testing.T, a *answer) string {
	t.Helper()
	var saved struct {
		VersionID string `json:"version_id"`
	}
	if err := json.Unmarshal([]byte(a.body), &saved); err != nil {
		t.Fatal(err)
	}
	return saved.VersionID
}

// TestAToolOfAllFunctions saves a Tool of a whole server. A call names a function, an Agent is offered all, and so are MCP clients.
func TestAToolOfAllFunctions(t *testing.T) {
	s, w := start(t, nil), serveWeather(t)
	s.withWeather(t, w, "all/weather", "*")
	got, a := s.run(t, `{"path": "all/weather", "function": "get_weather", "inputs": {"city": "Oslo"}}`)
	if got.Output != `{"city":"Oslo"}Bearer ********` || string(got.Metadata) != `{"openloop":{"function":"get_weather"}}` {
		t.Error(a.body)
	}
	for body, want := range map[string]string{
		`{"path": "all/weather"}`:                            "The Tool stands for all functions of its MCP server. Name the one to call: get_weather, key.",
		`{"path": "all/weather", "function": "x"}`:           "The Tool has no function of this name. It has: get_weather, key.",
		`{"path": "all/weather", "function": "get_weather"}`: "The inputs do not fit the parameters of the Tool: city is required.",
		`{"path": "all/weather", "function": "get.weather"}`: "The Tool has no function of this name. It has: get_weather, key.",
	} {
		if _, a := s.run(t, body); checkFailure(t, a).Message != want {
			t.Errorf("%s: %s", body, a.body)
		}
	}
	tool, _ := s.put(t, "tools", `{"path": "all/weather", "attributes": {"for": "variables"}}`)
	s.put(t, "agents", `{"path": "agent", "model": "echo", "provider": "mock", "tools": [{"type": "file", "link": {"file_id": "`+tool+`"}}]}`)
	asked := s.call(t, "POST", "/v5/agents/call", `{"path": "agent", "messages": [{"role": "user", "content": "{\"city\": \"Rome\"}"}], "include_trace_children": true,
		"tool_choice": {"type": "function", "function": {"name": "weather__get_weather"}}}`)
	if !strings.Contains(asked.body, `"output":"{\"city\":\"Rome\"}Bearer ********"`) {
		t.Error(asked.body)
	}
	c := s.connect(t, memberKey, "")
	list, err := c.ListTools(t.Context(), nil)
	if list != nil {
		list.Tools = slices.DeleteFunc(list.Tools, func(t *sdk.Tool) bool { return t.Name == "agent" })
	}
	if err != nil || len(list.Tools) != 2 {
		t.Fatal(list, err)
	}
	if got, _ := callTool(t, c, list.Tools[0].Name, map[string]any{"city": "Oslo"}); !strings.HasSuffix(list.Tools[0].Name, "__get_weather") || got != (result{Text: `{"city":"Oslo"}Bearer ********`}) {
		t.Errorf("%s: %+v", list.Tools[0].Name, got)
	}
}

// TestToolsOfMCPServersAreChecked saves Tools whose server cannot be asked, or lacks what they name. None is saved.
func TestToolsOfMCPServersAreChecked(t *testing.T) {
	s, w := start(t, nil), serveWeather(t)
	type refusal struct {
		Reason  errs.Reason
		Param   string
		Message string
	}
	for setup, want := range map[string]refusal{
		`{}`:                                    {errs.ValidationFailed, "setup_values.url", "The address of the MCP server is missing."},
		`{"url": 7}`:                            {errs.ValidationFailed, "setup_values", "A Tool of the type mcp has the setup values url and tool, which are texts, and headers, an object of texts."},
		`{"url": "` + w.URL + `"}`:              {errs.ValidationFailed, "setup_values.tool", "Name a function of the MCP server, or give * for all of them."},
		`{"url": "nowhere", "tool": "*"}`:       {errs.ValidationFailed, "setup_values.url", "The setup value `url` is not a URL like https://api.example.com/path."},
		`{"url": "` + w.URL + `", "tool": "*"}`: {errs.ToolFailed, "", "127.0.0.1 answered 401 Unauthorized. Is the setup value `headers` right?"},
		`{"url": "` + w.URL + `", "tool": "*", "headers": {"Authorization": "Bearer {{KEY}}"}}`:            {errs.ValidationFailed, "setup_values.headers", "The Tool needs `KEY`, which is neither an input nor a variable."},
		`{"url": "` + w.URL + `", "tool": "x", "headers": {"Authorization": "Bearer ` + weatherKey + `"}}`: {errs.ValidationFailed, "setup_values.tool", "The MCP server has no function of this name. It has: get.weather, key."},
		`{"url": "http://127.0.0.1:1025", "tool": "*"}`:                                                    {errs.ToolUnreachable, "", "127.0.0.1 cannot be reached."},
		`{"url": "http://127.0.0.1:25", "tool": "*"}`:                                                      {errs.AddressRefused, "", "This server does not connect to 127.0.0.1: the port 25 is not 80, 443, or 1024 and above."},
	} {
		a := s.call(t, "POST", "/v5/tools", `{"path": "t", "tool_type": "mcp", "setup_values": `+setup+`}`)
		d := checkFailure(t, a)
		if diff := cmp.Diff(want, refusal{d.Reason, d.Param, d.Message}); diff != "" {
			t.Errorf("%s (-want +got):\n%s", setup, diff)
		}
	}
	if a := s.call(t, "GET", "/v5/tools", ""); !strings.Contains(a.body, `"total":0`) {
		t.Error(a.body)
	}
}

// TestMCPServersThatMeanHarm saves functions whose names no model takes, and whose descriptions tell the key that the server was sent.
func TestMCPServersThatMeanHarm(t *testing.T) {
	s, w := start(t, nil), serveWeather(t)
	w.tools.RemoveTools("get.weather", "key")
	for _, name := range []string{"a.b", "a/b", "a_b", strings.Repeat("x", 100)} {
		w.tools.AddTool(&sdk.Tool{Name: name, Description: "It is " + weatherKey, InputSchema: json.Value(`{"type":"object","title":"` + weatherKey + `"}`)}, nil)
	}
	saved := s.withWeather(t, w, "bad", "*")
	var content struct {
		Setup struct {
			Functions []file.MCPFunction `json:"functions"`
		} `json:"setup_values"`
	}
	if err := json.Unmarshal([]byte(saved.body), &content); err != nil || strings.Contains(saved.body, weatherKey) {
		t.Fatal(saved.body, err)
	}
	var names []string
	for _, f := range content.Setup.Functions {
		names = append(names, f.Name+" "+f.Original)
		if f.Description != "It is ********" {
			t.Errorf("%s: %s", f.Name, f.Description)
		}
	}
	want := []string{"a_b a.b", "a_b_2 a/b", "a_b_3 a_b", strings.Repeat("x", 64) + " " + strings.Repeat("x", 100)}
	if d := cmp.Diff(want, names); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}
