package api_test

import (
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/openloop-server/openloop/internal/json"
)

// kernels are values for each field of a Prompt's or an Agent's content.
var kernels = map[string][]string{
	"model":             {`"m"`, `"null"`, `"accounts/x/y: z"`},
	"endpoint":          {`"chat"`, `"complete"`, `"responses"`},
	"template":          {`""`, `" Hi {{name}}\n"`, `[]`, `[{"role": "system", "content": "Be <b>kind</b>.\n\n  \\<user> "}, {"role": "user", "name": "Ann", "content": [{"type": "text", "text": "a"}, {"type": "image_url", "image_url": {"url": "https://x.example/{{y}}", "detail": "low"}}]}, {"role": "assistant", "tool_calls": [{"id": "c", "type": "function", "function": {"name": "f", "arguments": "{\"a\": 1}"}}]}, {"role": "tool", "tool_call_id": "c", "content": ""}]`},
	"template_language": {`"default"`, `"jinja"`},
	"provider":          {`"mock"`, `"openai"`, `"vertex_ai"`},
	"max_tokens":        {`-1`, `1`, `100000`},
	"temperature":       {`0`, `0.7`, `1`},
	"top_p":             {`0`, `1`},
	"stop":              {`"END"`, `["a", "\n"]`, `["a"]`},
	"presence_penalty":  {`-2`, `0.5`},
	"frequency_penalty": {`0`, `2`},
	"other":             {`{}`, `{"a": [1, 2.50, {"b": null}], "c": "---"}`},
	"seed":              {`0`, `-7`, `9007199254740991`},
	"response_format":   {`{"type": "json_object"}`, `{"type": "json_schema", "json_schema": {"type": "object", "properties": {"b": {}, "a": {}}}}`},
	"reasoning_effort":  {`"low"`, `2048`},
	"attributes":        {`{"team": "x: y"}`},
	"max_retries":       {`0`, `3`},
	"fallbacks":         {`[{"model": "n"}]`, `[{"model": "n", "provider": "anthropic"}]`},
}

// What serialize writes, deserialize reads as the same content, whatever fields it has.
func TestTextsHoldAllFields(t *testing.T) {
	s := start(t, nil)
	var tool struct {
		ID string `json:"id"`
	}
	s.ask(t, "POST", "/v5/tools", `{"path": "t", "function": {"name": "f", "description": "d"}}`, &tool)
	prompt, agent := maps.Clone(kernels), maps.Clone(kernels)
	prompt["tools"] = []string{`[{"name": "f", "description": "", "strict": true, "parameters": {"type": "object"}}]`}
	prompt["linked_tools"] = []string{`["` + tool.ID + `"]`}
	agent["tools"] = []string{`[{"type": "inline", "json_schema": {"name": "g", "description": "d"}, "on_agent_call": "stop"}, {"type": "file", "link": {"file_id": "` + tool.ID + `"}}]`}
	agent["max_iterations"] = []string{`1`, `1000`}
	hold := map[string]map[string][]string{"prompt": prompt, "agent": agent}
	for kind, fields := range hold {
		expectContract(t, strings.ToUpper(kind[:1])+kind[1:]+"KernelRequest", fields)
		rapid.Check(t, func(r *rapid.T) { s.throughText(t, r, kind, fields) })
	}
}

// A text that people wrote is not normalized: what it leaves out is left out.
func TestDeserializeAddsNothing(t *testing.T) {
	s := start(t, nil)
	got := s.call(t, "POST", "/v5/prompts/deserialize", `{"prompt": "---\nmodel: m\nfallbacks: [{model: n}]\n---\n"}`)
	if want := `{"model":"m","fallbacks":[{"model":"n"}]}`; got.body != want {
		t.Errorf("%d %s, want %s", got.status, got.body, want)
	}
}

// throughText makes a version, takes its text, and makes a version of what the text says: the same.
func (s *server) throughText(t *testing.T, r *rapid.T, kind string, fields map[string][]string) {
	body := map[string]json.Value{"path": json.Value(`"` + kind + `"`)}
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		if name == "model" || rapid.Bool().Draw(r, "has "+name) {
			body[name] = json.Value(rapid.SampledFrom(fields[name]).Draw(r, name))
		}
	}
	made, again := s.version(t, kind, body), map[string]json.Value{}
	text := s.call(t, "GET", "/v5/"+kind+"s/"+made.ID+"/serialize?version_id="+made.VersionID, "")
	raw, err := json.Marshal(map[string]string{kind: text.body})
	if err != nil {
		r.Fatal(err)
	}
	s.ask(t, "POST", "/v5/"+kind+"s/deserialize", string(raw), &again)
	again["path"] = body["path"]
	if second := s.version(t, kind, again); second != made {
		r.Fatalf("%s comes back as another version:\n%s\n%s", body, text.body, again)
	}
}

type versionOf struct {
	ID        string `json:"id"`
	VersionID string `json:"version_id"`
}

func (s *server) version(t *testing.T, kind string, body map[string]json.Value) (made versionOf) {
	t.Helper()
	raw, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	s.ask(t, "POST", "/v5/"+kind+"s", string(raw), &made)
	return made
}

// ask makes a request that must succeed, and reads the answer.
func (s *server) ask(t *testing.T, method, path, body string, out any) {
	t.Helper()
	got := s.call(t, method, path, body)
	if err := json.Unmarshal([]byte(got.body), out); err != nil || got.status != 200 {
		t.Fatalf("%s %s: %d %s\n%s", method, path, got.status, got.body, body)
	}
}

// expectContract holds the fields of a test to those of a type of the contract, and to those that this server adds.
func expectContract(t *testing.T, name string, fields map[string][]string) {
	t.Helper()
	raw, err := os.ReadFile("testdata/humanloop-v5.json")
	if err != nil {
		t.Fatal(err)
	}
	var contract struct {
		Schemas map[string]struct {
			Fields []struct {
				Name string `json:"name"`
			} `json:"fields"`
		} `json:"schemas"`
	}
	if err := json.Unmarshal(raw, &contract); err != nil {
		t.Fatal(err)
	}
	want := []string{"max_retries", "fallbacks"}
	for _, f := range contract.Schemas[name].Fields {
		want = append(want, f.Name)
	}
	slices.Sort(want)
	if d := cmp.Diff(want, slices.Sorted(maps.Keys(fields))); d != "" {
		t.Errorf("the fields of %s (-want +got):\n%s", name, d)
	}
}
