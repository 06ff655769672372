package diff_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/file/diff"
	"github.com/openloop-server/openloop/internal/json"
)

func compare(t *testing.T, a, b string) *diff.Changes {
	t.Helper()
	d, err := diff.Contents(json.Value(a), json.Value(b))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestSummaries(t *testing.T) {
	for _, c := range []struct {
		a, b, want string
	}{
		{`{"model": "m"}`, `{"model":"m"}`, ""},
		{`{"model": "gpt-5-mini", "temperature": 0.2}`, `{"model": "gpt-5", "temperature": 0.7}`, "model gpt-5-mini → gpt-5, temperature 0.2 → 0.7"},
		{`{"model": "m", "max_tokens": 5}`, `{"model": "m", "temperature": 1}`, "temperature 1 added, max_tokens removed"},
		{`{"template": "a\nb\nc"}`, `{"template": "a\nx\ny\nc"}`, "+2 −1 lines"},
		{`{"template": [{"role": "user", "content": "a"}]}`, `{"template": [{"role": "system", "content": "s\nt"}, {"role": "user", "content": "a"}]}`, "+2 −0 lines"},
		{`{"template": [{"role": "user", "content": "a"}]}`, `{"template": [{"role": "system", "content": "a"}]}`, "roles or blank texts changed"},
		{`{"tools": [{"name": "f", "description": "d"}, {"name": "g", "description": ""}]}`, `{"tools": [{"name": "f", "description": "e"}], "linked_tools": ["tl_1"]}`, "tool f changed, tool tl_1 added, tool g removed"},
		{`{"attributes": {"a": 1, "b": 2}}`, `{"attributes": {"b": 2, "a": 3}}`, "attributes.a 1 → 3"},
		{`{"stop": ["a"]}`, `{"stop": ["b"]}`, "stop changed"},
		{`{"a": 1, "b": 1, "c": 1, "d": 1, "e": 1, "f": 1}`, `{}`, "a removed, b removed, c removed, d removed, 2 more"},
		{`{"code": "a", "prompt": {"model": "m", "template": "x"}}`, `{"code": "b", "prompt": {"model": "n", "template": "x"}}`, "prompt.model m → n, +1 −1 lines"},
		{`{"tools": [{"type": "inline", "json_schema": {"name": "f", "description": "d"}}]}`, `{"tools": [{"type": "file", "link": {"file_id": "pr_1"}}]}`, "tool pr_1 added, tool f removed"},
		{`{"function": {"name": "f", "description": "d"}}`, `{"function": {"name": "g", "description": "d"}}`, "function.name f → g"},
		{`{"datapoints_count": 1, "datapoints": "0000000000000000000000000000000000000000000000000"}`, `{"datapoints_count": 3, "datapoints": "1000000000000000000000000000000000000000000000000"}`, "datapoints_count 1 → 3, datapoints changed"},
	} {
		d := compare(t, c.a, c.b)
		if got := d.Summary(); got != c.want || d.Same() != (c.want == "") {
			t.Errorf("%s and %s differ by %q, want %q; same: %v", c.a, c.b, got, c.want, d.Same())
		}
	}
}

func TestMessagesArePaired(t *testing.T) {
	d := compare(t,
		`{"template": [{"role": "system", "content": "s"}, {"role": "user", "content": "one\ntwo"}, {"role": "assistant", "content": "end"}]}`,
		`{"template": [{"role": "system", "content": "s"}, {"role": "user", "content": "one\n2"}, {"role": "user", "content": "more"}, {"role": "assistant", "content": "end"}]}`)
	want := []diff.Text{
		{Name: "template", Role: "system", Old: new("s"), New: new("s")},
		{Name: "template", Role: "user", Old: new("one\ntwo"), New: new("one\n2"), Added: 1, Removed: 1},
		{Name: "template", Role: "user", New: new("more"), Added: 1},
		{Name: "template", Role: "assistant", Old: new("end"), New: new("end")},
	}
	if diff := cmp.Diff(want, d.Texts); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestPartsOfMessagesAreLines(t *testing.T) {
	d := compare(t, `{}`, `{"template": [{"role": "user", "content": [{"type": "text", "text": "look"}, {"type": "image_url", "image_url": {"url": "u"}}]},
		{"role": "assistant", "tool_calls": [{"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}]}, {"role": "tool", "tool_call_id": "c", "content": "r"}]}`)
	got := make([]string, len(d.Texts))
	for i := range d.Texts {
		got[i] = *d.Texts[i].New
	}
	want := []string{
		"look\n" + `{"type":"image_url","image_url":{"url":"u"}}`,
		`{"id":"c","type":"function","function":{"name":"f","arguments":"{}"}}`,
		"r\n" + `{"name":"","tool_call_id":"c"}`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
