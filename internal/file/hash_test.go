package file_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/json"
)

func seal(t interface {
	Helper()
	Fatalf(string, ...any)
}, raw string,
) (canonical, hash string) {
	t.Helper()
	var p file.Prompt
	if err := json.Unmarshal([]byte(raw), &p); err != nil {
		t.Fatalf("%v in %s", err, raw)
	}
	c, h, err := file.Seal(&p)
	if err != nil {
		t.Fatalf("%v in %s", err, raw)
	}
	if c, err = json.Canonical(c); err != nil {
		t.Fatalf("%v in %s", err, raw)
	}
	return string(c), h
}

func TestMembersStayInTheOrderTheyWereGiven(t *testing.T) {
	var p file.Prompt
	raw := `{"model":"m","response_format":{"type":"json_schema","json_schema":{"properties":{"reasoning":{},"answer":{}}}}}`
	if err := json.Unmarshal([]byte(raw), &p); err != nil {
		t.Fatal(err)
	}
	content, _, err := file.Seal(&p)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"model":"m","endpoint":"chat","provider":"openai","response_format":{"type":"json_schema","json_schema":{"properties":{"reasoning":{},"answer":{}}}}}`
	if d := cmp.Diff(want, string(content)); d != "" {
		t.Errorf("content (-want +got):\n%s", d)
	}
}

// TestHashesNeverChange fixes what versions are known by in databases: a change here makes every stored Prompt a new version.
func TestHashesNeverChange(t *testing.T) {
	for raw, want := range map[string][2]string{
		`{"model": "gpt-4o"}`: {
			`{"endpoint":"chat","model":"gpt-4o","provider":"openai"}`,
			"c92864552a0af15622fb4b8207eef89d6027fdd9a9384a68c8daac2d793188f8", // as sha256sum says
		},
		everything: {
			`{"attributes":{"team":"a"},"endpoint":"chat","frequency_penalty":0.2,"linked_tools":["tl_1"],"max_tokens":100,"model":"claude","other":{"k":[1,null]},` +
				`"presence_penalty":0.1,"provider":"anthropic","reasoning_effort":"low","response_format":{"json_schema":{"type":"object"},"type":"json_schema"},"seed":7,` +
				`"stop":["a","b"],"temperature":0.5,"template":[{"content":"Hi {{x}}","role":"system"},{"content":[{"text":"t","type":"text"},` +
				`{"image_url":{"detail":"low","url":"{{u}}"},"type":"image_url"}],"role":"user"}],"template_language":"jinja",` +
				`"tools":[{"description":"d","name":"f","parameters":{"type":"object"},"strict":true}],"top_p":0.9}`,
			"595bcc5ee98ea164f27d3d936b3f582b11cd279932b4962e29fb4ca1633e69ee",
		},
	} {
		canonical, hash := seal(t, raw)
		if d := cmp.Diff(want, [2]string{canonical, hash}); d != "" {
			t.Errorf("(-want +got):\n%s", d)
		}
	}
}

const everything = `{"model": "claude", "endpoint": "chat", "provider": "anthropic", "template_language": "jinja", "max_tokens": 100, "temperature": 0.5,
	"top_p": 0.9, "stop": ["a", "b"], "presence_penalty": 0.1, "frequency_penalty": 0.2, "other": {"k": [1, null]}, "seed": 7,
	"response_format": {"type": "json_schema", "json_schema": {"type": "object"}}, "reasoning_effort": "low",
	"tools": [{"name": "f", "description": "d", "strict": true, "parameters": {"type": "object"}}], "linked_tools": ["tl_1"], "attributes": {"team": "a"},
	"template": [{"role": "system", "content": "Hi {{x}}"}, {"role": "user", "content": [{"type": "text", "text": "t"},
		{"type": "image_url", "image_url": {"url": "{{u}}", "detail": "low"}}]}]}`

// TestWhatHasNoEffectIsNotHashed lists members that mean the same as their absence.
func TestWhatHasNoEffectIsNotHashed(t *testing.T) {
	_, bare := seal(t, `{"model": "m"}`)
	for _, member := range []string{
		`"endpoint": "chat"`, `"provider": "openai"`, `"template_language": "default"`, `"max_tokens": -1`, `"max_tokens": 0`, `"max_tokens": null`,
		`"temperature": null`, `"top_p": null`, `"stop": null`, `"stop": []`, `"presence_penalty": null`, `"frequency_penalty": null`, `"other": {}`,
		`"other": null`, `"other": { }`, `"seed": null`, `"response_format": null`, `"reasoning_effort": null`, `"tools": []`, `"tools": null`,
		`"linked_tools": []`, `"attributes": {}`, `"attributes": null`, `"template": null`, `"unknown": 1`,
	} {
		if _, hash := seal(t, `{"model": "m", `+member+`}`); hash != bare {
			t.Errorf("%s makes another version", member)
		}
	}
}

// TestWhatHasAnEffectIsHashed lists contents that all differ.
func TestWhatHasAnEffectIsHashed(t *testing.T) {
	seen := map[string]string{}
	for _, raw := range []string{
		`{"model": "m"}`, `{"model": "M"}`, `{"model": "m", "endpoint": "complete"}`, `{"model": "m", "provider": "mock"}`, `{"model": "m", "template_language": "jinja"}`,
		`{"model": "m", "max_tokens": 1}`, `{"model": "m", "temperature": 1}`, `{"model": "m", "temperature": 0}`, `{"model": "m", "top_p": 1}`,
		`{"model": "m", "presence_penalty": 0}`, `{"model": "m", "frequency_penalty": 0}`, `{"model": "m", "stop": ["a"]}`, `{"model": "m", "stop": ["a", "b"]}`,
		`{"model": "m", "stop": ["b", "a"]}`, `{"model": "m", "other": {"a": 1}}`, `{"model": "m", "attributes": {"a": 1}}`, `{"model": "m", "seed": 0}`,
		`{"model": "m", "response_format": {"type": "json_object"}}`, `{"model": "m", "reasoning_effort": "low"}`, `{"model": "m", "reasoning_effort": 100}`,
		`{"model": "m", "template": ""}`, `{"model": "m", "template": "a"}`, `{"model": "m", "template": []}`, `{"model": "m", "template": [{"role": "user", "content": "a"}]}`,
		`{"model": "m", "template": [{"role": "system", "content": "a"}]}`, `{"model": "m", "template": [{"role": "user", "content": "a"}, {"role": "user", "content": "b"}]}`,
		`{"model": "m", "template": [{"role": "user", "content": "b"}, {"role": "user", "content": "a"}]}`, `{"model": "m", "linked_tools": ["a"]}`,
		`{"model": "m", "tools": [{"name": "f", "description": ""}]}`, `{"model": "m", "tools": [{"name": "f", "description": "", "strict": true}]}`,
		`{"model": "m", "tools": [{"name": "f", "description": "", "parameters": {}}]}`,
	} {
		_, hash := seal(t, raw)
		if other, ok := seen[hash]; ok {
			t.Errorf("%s and %s are one version", raw, other)
		}
		seen[hash] = raw
	}
}

// TestOrderAndBlanksOfMembersDoNotCount writes one Prompt in many ways.
func TestOrderAndBlanksOfMembersDoNotCount(t *testing.T) {
	canonical, want := seal(t, everything)
	var v map[string]any
	if err := json.Unmarshal([]byte(canonical), &v); err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		random := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		raw := scramble(v, random)
		if _, hash := seal(t, raw); hash != want {
			t.Fatalf("another hash for %s", raw)
		}
	})
}

// scramble writes v with its members in any order, blanks between, and members that are null beside them.
func scramble(v any, random *rand.Rand) string {
	blank := strings.Repeat(" ", random.IntN(3))
	switch v := v.(type) {
	case map[string]any:
		var members []string
		for name, value := range v { // in any order
			members = append(members, fmt.Sprintf("%q:%s%s", name, blank, scramble(value, random)))
		}
		random.Shuffle(len(members), func(i, j int) { members[i], members[j] = members[j], members[i] })
		return "{" + strings.Join(members, ","+blank) + "}"
	case []any:
		var items []string
		for _, item := range v {
			items = append(items, scramble(item, random))
		}
		return "[" + blank + strings.Join(items, blank+",") + "]"
	default:
		raw, _ := json.Marshal(v)
		return string(raw)
	}
}

func TestSealRefusesMembersTwice(t *testing.T) {
	var p file.Prompt
	if err := json.Unmarshal([]byte(`{"model": "m", "other": {"a": 1, "a": 2}}`), &p); err != nil {
		t.Fatal(err)
	}
	if _, _, err := file.Seal(&p); err == nil {
		t.Errorf("sealed as %s", p.Other)
	}
}

// TestHashTellsKindsApart hashes one content of two kinds.
func TestHashTellsKindsApart(t *testing.T) {
	if file.Hash(file.PromptKind, []byte("{}")) == file.Hash(file.ToolKind, []byte("{}")) {
		t.Error("a Prompt and a Tool have one hash")
	}
}
