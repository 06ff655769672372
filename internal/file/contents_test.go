package file_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/json"
)

// sealed is the canonical content and the hash of a content of a kind, written in JSON.
func sealed(t *testing.T, kind file.Kind, raw string) [2]string {
	t.Helper()
	contents := map[file.Kind]file.Content{
		file.PromptKind: &file.Prompt{}, file.ToolKind: &file.Tool{}, file.EvaluatorKind: &file.Evaluator{}, file.FlowKind: &file.Flow{}, file.AgentKind: &file.Agent{},
	}
	c := contents[kind]
	if err := json.Unmarshal([]byte(raw), c); err != nil {
		t.Fatalf("%v in %s", err, raw)
	}
	content, hash, err := file.Seal(c)
	if err != nil {
		t.Fatalf("%v in %s", err, raw)
	}
	canonical, err := json.Canonical(content)
	if err != nil {
		t.Fatal(err)
	}
	return [2]string{string(canonical), hash}
}

// TestHashesOfAllKindsNeverChange fixes what versions are known by in databases.
func TestHashesOfAllKindsNeverChange(t *testing.T) {
	for _, test := range []struct {
		kind      file.Kind
		raw       string
		canonical string
		hash      string
	}{
		{file.FlowKind, `{"attributes": {}}`, `{}`, "a7bbe57976764bb01b9a11613c9bd438d27d3243f02a6d3ededa0c2145407d00"},
		{file.FlowKind, `{"attributes": {"b": 1, "a": [2]}}`, `{"attributes":{"a":[2],"b":1}}`, "ed708e3dcac20bd3b5c12111d330b818c5151941ea08e6f8d24b5bb256b9d8a4"},
		{
			file.ToolKind, `{"tool_type": "json_schema", "function": {"name": "f", "description": "d", "parameters": {"type": "object"}}, "setup_values": {"k": "v"}, "attributes": {"a": 1}}`,
			`{"attributes":{"a":1},"function":{"description":"d","name":"f","parameters":{"type":"object"}},"setup_values":{"k":"v"}}`, "8e9c8daaa17062e340840e8b2e0fa6c5bce5e6ba0891bc5f3022fd3f5bc13d27",
		},
		{file.ToolKind, `{"tool_type": "snippet", "source_code": "x"}`, `{"source_code":"x","tool_type":"snippet"}`, "ac679bb0879cab27290ea7bb80852c2c0be7e403ba290143ff271eb2b1282112"},
		{
			file.EvaluatorKind, `{"evaluator_type": "human", "arguments_type": "target_free", "return_type": "select", "options": [{"name": "a", "valence": "neutral"}, {"name": "b", "valence": "positive"}], "instructions": "i", "number_valence": "neutral", "number_limits": {}}`,
			`{"arguments_type":"target_free","evaluator_type":"human","instructions":"i","options":[{"name":"a"},{"name":"b","valence":"positive"}],"return_type":"select"}`, "bd04fa0d06fd3591d6314d643cacc846333a032fe18f2197ca58976f85c4018e",
		},
		{
			file.AgentKind, `{"model": "m", "max_iterations": 3, "tools": [{"type": "inline", "json_schema": {"name": "f", "description": "d"}, "on_agent_call": "continue"}, {"type": "file", "link": {"file_id": "tl_1"}, "on_agent_call": "stop"}]}`,
			`{"endpoint":"chat","max_iterations":3,"model":"m","provider":"openai","tools":[{"json_schema":{"description":"d","name":"f"},"type":"inline"},{"link":{"file_id":"tl_1"},"on_agent_call":"stop","type":"file"}]}`, "b4f3fc5d9b288c3937e0a70e0d8ad7749c4d830f79a1c8ec047bce4f87e558f5",
		},
	} {
		if d := cmp.Diff([2]string{test.canonical, test.hash}, sealed(t, test.kind, test.raw)); d != "" {
			t.Errorf("%s (-want +got):\n%s", test.kind, d)
		}
	}
}

// TestWhatHasNoEffectIsNotHashedInAnyKind lists members that mean the same as their absence.
func TestWhatHasNoEffectIsNotHashedInAnyKind(t *testing.T) {
	const evaluator = `"evaluator_type": "external", "arguments_type": "target_free", "return_type": "number"`
	for _, test := range []struct {
		kind    file.Kind
		bare    string
		members []string
	}{
		{file.FlowKind, ``, []string{`"attributes": {}`, `"attributes": null`, `"unknown": 1`}},
		{file.ToolKind, `"source_code": "x"`, []string{`"tool_type": "python"`, `"function": null`, `"setup_values": {}`, `"attributes": null`}},
		{file.EvaluatorKind, evaluator, []string{`"options": []`, `"number_limits": {}`, `"number_valence": "neutral"`, `"attributes": {}`, `"prompt": null`, `"code": ""`}},
		{file.AgentKind, `"model": "m"`, []string{`"tools": []`, `"max_iterations": null`, `"endpoint": "chat"`, `"provider": "openai"`, `"temperature": null`, `"attributes": {}`}},
	} {
		bare := sealed(t, test.kind, `{`+test.bare+`}`)
		for _, member := range test.members {
			raw := `{` + test.bare + `, ` + member + `}`
			if test.bare == "" {
				raw = `{` + member + `}`
			}
			if got := sealed(t, test.kind, raw); got != bare {
				t.Errorf("%s: %s makes another version: %s", test.kind, member, got[0])
			}
		}
	}
}

// TestWhatHasAnEffectIsHashedInAllKinds lists contents that all differ.
func TestWhatHasAnEffectIsHashedInAllKinds(t *testing.T) {
	seen := map[string]string{}
	for kind, contents := range map[file.Kind][]string{
		file.FlowKind: {`{}`, `{"attributes": {"a": 1}}`, `{"attributes": {"a": [1]}}`},
		file.ToolKind: {
			`{}`, `{"source_code": "a"}`, `{"source_code": "a", "tool_type": "mock"}`, `{"function": {"name": "a", "description": ""}}`, `{"function": {"name": "a", "description": "", "strict": true}}`,
			`{"function": {"name": "a", "description": "", "parameters": {}}}`, `{"setup_values": {"a": 1}}`, `{"attributes": {"a": 1}}`,
		},
		file.EvaluatorKind: {
			`{"evaluator_type": "human", "return_type": "text"}`, `{"evaluator_type": "external", "return_type": "text"}`, `{"evaluator_type": "human", "return_type": "number"}`,
			`{"evaluator_type": "human", "return_type": "text", "instructions": "a"}`, `{"evaluator_type": "human", "return_type": "text", "options": [{"name": "a"}]}`,
			`{"evaluator_type": "human", "return_type": "text", "options": [{"name": "a", "valence": "negative"}]}`, `{"evaluator_type": "human", "return_type": "text", "number_limits": {"min": 0}}`,
			`{"evaluator_type": "llm", "return_type": "text", "prompt": {"model": "a"}}`, `{"evaluator_type": "llm", "return_type": "text", "prompt": {"model": "b"}}`,
		},
		file.AgentKind: {
			`{"model": "m"}`, `{"model": "m", "max_iterations": 1}`, `{"model": "m", "tools": [{"type": "inline", "json_schema": {"name": "a", "description": ""}}]}`,
			`{"model": "m", "tools": [{"type": "inline", "json_schema": {"name": "a", "description": ""}, "on_agent_call": "stop"}]}`, `{"model": "m", "tools": [{"type": "file", "link": {"file_id": "a"}}]}`,
			`{"model": "m", "tools": [{"type": "file", "link": {"file_id": "a", "version_id": "b"}}]}`, `{"model": "m", "temperature": 1}`,
		},
	} {
		for _, raw := range contents {
			hash := sealed(t, kind, raw)[1]
			if other, ok := seen[hash]; ok {
				t.Errorf("%s %s and %s are one version", kind, raw, other)
			}
			seen[hash] = raw
		}
	}
}
