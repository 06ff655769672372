package mock_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/provider/mock"
)

func TestAgentCallsATool(t *testing.T) {
	tools := []llm.Tool{{Name: "time", Parameters: json.Value(`{"type": "object", "properties": {"zone": {"type": "string"}}}`)}, {Name: "weather"}}
	user := llm.Message{Role: llm.User, Content: llm.Text("What time is it?")}
	called := llm.Message{Role: llm.Assistant, ToolCalls: []llm.ToolCall{{ID: "a", Function: llm.FunctionCall{Name: "time", Arguments: "{}"}}}}
	result := llm.Message{Role: llm.ToolRole, ToolCallID: "a", Content: llm.Text("noon")}
	type answer struct {
		Text  string
		Calls []llm.FunctionCall
	}
	for name, c := range map[string]struct {
		request llm.Request
		want    answer
	}{
		"the first tool":              {llm.Request{Tools: tools, Messages: []llm.Message{user}}, answer{Calls: []llm.FunctionCall{{Name: "time", Arguments: `{"zone": "What time is it?"}`}}}},
		"what the tool gave":          {llm.Request{Tools: tools, Messages: []llm.Message{user, called, result}}, answer{Text: "noon"}},
		"with a message after it":     {llm.Request{Tools: tools, Messages: []llm.Message{user, called, result, user}}, answer{Text: "noon"}},
		"JSON where there is no tool": {llm.Request{Messages: []llm.Message{user}}, answer{Text: `{"input":"What time is it?"}`}},
		"a tool that is forced": {
			llm.Request{Tools: tools, Messages: []llm.Message{user}, ToolChoice: llm.ToolChoice{Mode: llm.ToolsFunction, Function: "weather"}},
			answer{Calls: []llm.FunctionCall{{Name: "weather", Arguments: `{"input":"What time is it?"}`}}},
		},
		"no tool that is forbidden": {
			llm.Request{Tools: tools, Messages: []llm.Message{user}, ToolChoice: llm.ToolChoice{Mode: llm.ToolsNone}}, answer{Text: `{"input":"What time is it?"}`},
		},
	} {
		c.request.Model = "agent"
		out, err := new(mock.Driver).Generate(t.Context(), &c.request)
		if err != nil {
			t.Fatal(err)
		}
		got := answer{Text: out.Message.Content.String()}
		for _, call := range out.Message.ToolCalls {
			got.Calls = append(got.Calls, call.Function)
		}
		if d := cmp.Diff(c.want, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
	}
}
