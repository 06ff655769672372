package api_test

import (
	"fmt"
	"testing"

	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/json"
)

// TestHowManyStatementsAListOfLogsTakes lists Logs of a Prompt that links to a Tool and is monitored by two Evaluators, one by version and one
// by environment: after the first list, what the answers have in common is in memory.
func TestHowManyStatementsAListOfLogsTakes(t *testing.T) {
	s := start(t, nil)
	made := func(method, path, body string) (id, version string) {
		t.Helper()
		a := s.call(t, method, path, body)
		var out struct {
			ID        string `json:"id"`
			VersionID string `json:"version_id"`
		}
		if err := json.UnmarshalForeign([]byte(a.body), &out); err != nil || a.status >= 300 {
			t.Fatalf("%s %s: %d %s", method, path, a.status, a.body)
		}
		return out.ID, out.VersionID
	}
	tool, _ := made("POST", "/v5/tools", `{"path":"tool","function":{"name":"f","description":"d","parameters":{"type":"object"}}}`)
	const spec = `"spec":{"arguments_type":"target_free","return_type":"boolean","evaluator_type":"external"}`
	_, byVersion := made("POST", "/v5/evaluators", `{"path":"one",`+spec+`}`)
	evaluator, version := made("POST", "/v5/evaluators", `{"path":"two",`+spec+`}`)
	environments, err := s.db.Environments(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	environment := environments[0].ID
	made("POST", "/v5/evaluators/"+evaluator+"/environments/"+environment+"?version_id="+version, "")
	prompt, _ := made("POST", "/v5/prompts", `{"path":"p","model":"echo","provider":"mock","linked_tools":["`+tool+`"],"template":[{"role":"user","content":"{{x}}"}]}`)
	made("POST", "/v5/prompts/"+prompt+"/evaluators",
		fmt.Sprintf(`{"activate":[{"evaluator_version_id":%q},{"evaluator_id":%q,"environment_id":%q}]}`, byVersion, evaluator, environment))
	for range 3 {
		made("POST", "/v5/prompts/log", `{"path":"p","inputs":{"x":"1"},"output":"o"}`)
	}
	list := func() int64 {
		t.Helper()
		before := s.db.Statements()
		if a := s.call(t, "GET", "/v5/logs?file_id="+prompt, ""); a.status != 200 {
			t.Fatalf("%d %s", a.status, a.body)
		}
		return s.db.Statements() - before
	}
	first := list()
	const again = 7
	if n := list(); n != again {
		t.Errorf("the first list takes %d statements, a further one %d, want %d", first, n, again)
	}
	made("POST", "/v5/prompts/log", `{"path":"p","inputs":{"x":"1"},"output":"o"}`)
	if n := list(); n != again {
		t.Errorf("a list after a further Log takes %d statements, want %d", n, again)
	}
	if got, err := s.db.Snapshot(t.Context(), file.PromptKind, file.Ref{ID: prompt}); err != nil || got.File.LogsCount != 4 {
		t.Errorf("%+v, %v", got.File, err)
	}
}
