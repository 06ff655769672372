package openai

import (
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/llm/llmhttp"
)

// TestFunctionsAreCalledByTheirOwnNames states that a function whose name OpenAI refuses is offered by another one, and called by its own.
func TestFunctionsAreCalledByTheirOwnNames(t *testing.T) {
	const own, wire = "files.read", "files_read_601e4eb6"
	var sent []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		sent = append(sent, strings.Join([]string{"offered", "chosen", "called"}[:strings.Count(string(body), `"name":"`+wire+`"`)], " "))
		const call = `"tool_calls":[{"index":0,"id":"call_1","type":"function","function":{"name":"` + wire + `","arguments":"{}"}}]`
		if strings.Contains(string(body), `"stream":true`) {
			_, _ = io.WriteString(w, `data: {"choices":[{"index":0,"delta":{`+call+`},"finish_reason":null}]}`+"\n\n"+`data: {"choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}`+"\n\ndata: [DONE]\n\n")
			return
		}
		_, _ = io.WriteString(w, `{"choices":[{"message":{"content":null,`+call+`},"finish_reason":"tool_calls"}]}`)
	}))
	defer server.Close()
	vendor := row("openai")
	vendor.BaseURL = server.URL
	d, err := New(&llmhttp.Client{}, vendor)
	if err != nil {
		t.Fatal(err)
	}
	r := &llm.Request{
		Model: "gpt-4.1", Tools: []llm.Tool{{Name: own}}, ToolChoice: llm.ToolChoice{Mode: llm.ToolsFunction, Function: own},
		Messages: []llm.Message{
			{Role: llm.User, Content: llm.Text("x")}, {Role: llm.Assistant, ToolCalls: []llm.ToolCall{llm.CallOf("1", own, "{}")}},
			{Role: llm.ToolRole, ToolCallID: "1", Content: llm.Text("y")},
		},
	}
	whole, err := d.Generate(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	var fold llm.Fold
	for e, err := range d.Stream(t.Context(), r) {
		if err != nil {
			t.Fatal(err)
		}
		fold.Add(&e)
	}
	got := []string{whole.Message.ToolCalls[0].Function.Name, fold.Response().Message.ToolCalls[0].Function.Name}
	if d := cmp.Diff(slices.Repeat([]string{own}, 2), got); d != "" {
		t.Errorf("called (-want +got):\n%s", d)
	}
	if d := cmp.Diff(slices.Repeat([]string{"offered chosen called"}, 2), sent); d != "" {
		t.Errorf("sent (-want +got):\n%s", d)
	}
}
