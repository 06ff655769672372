package otlp_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/otlp"
)

// seed adds the exports of testdata with the given ending.
func seed(f *testing.F, ending string) {
	files, err := filepath.Glob("testdata/*" + ending)
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
}

// FuzzProto reads anything as Protocol Buffers.
func FuzzProto(f *testing.F) {
	seed(f, ".pb")
	f.Add(protoExport(okSpan()))
	f.Fuzz(func(t *testing.T, data []byte) { sound(t, data, otlp.ReadProto) })
}

// FuzzJSON reads anything as JSON.
func FuzzJSON(f *testing.F) {
	seed(f, ".json")
	f.Fuzz(func(t *testing.T, data []byte) { sound(t, data, otlp.ReadJSON) })
}

// FuzzAttribute gives a span an attribute of any name and value, beside those that make it a call.
func FuzzAttribute(f *testing.F) {
	for _, name := range []string{"gen_ai.input.messages", "gen_ai.prompt.0.content", "humanloop.file.function.parameters.required", "humanloop.log.inputs.a.0.b", "metadata", "ai.prompt.tools"} {
		for _, value := range []string{"", "x", "(1, 'a')", `[{"role":"user","parts":[{"type":"tool_call","arguments":{}}]}]`, `{"a":[1]}`, "null", "\x00"} {
			f.Add("prompt", name, value)
			f.Add("tool", name, value)
		}
	}
	f.Fuzz(func(t *testing.T, kind, name, value string) {
		span := message(2, bytesField(1, "0123456789abcdef"), bytesField(2, "01234567"), bytesField(5, "fuzz"),
			message(9, bytesField(1, "humanloop.file.type"), message(2, bytesField(1, kind))),
			message(9, bytesField(1, "gen_ai.request.model"), message(2, bytesField(1, "m"))),
			message(9, bytesField(1, name), message(2, bytesField(1, value))))
		sound(t, protoExport(span), otlp.ReadProto)
	})
}

// sound checks that every span is either kept or refused, and that what is kept can be stored.
func sound(t *testing.T, data []byte, read func([]byte) (*otlp.Batch, error)) {
	batch, err := read(data)
	if err != nil {
		return
	}
	spans, refused := len(batch.Spans), batch.Refusals.Count
	entries := all(batch)
	if len(entries)+batch.Refusals.Count != spans+refused {
		t.Fatalf("%d spans became %d entries and %d refusals", spans, len(entries), batch.Refusals.Count-refused)
	}
	for _, e := range entries {
		if e.Log.ID == "" || e.Log.Kind != e.Content.Kind() {
			t.Errorf("an entry %q of a %s has a %s", e.Log.ID, e.Log.Kind, e.Content.Kind())
		}
		if _, problem := file.CleanPath(e.Path); problem != "" {
			t.Errorf("%q: %s", e.Path, problem)
		}
		for _, v := range []json.Value{e.Log.Metadata, e.Log.Payload.Inputs} {
			if len(v) > 0 && (json.Kind(v) != '{' || !json.Valid(v)) {
				t.Errorf("no object: %s", v)
			}
		}
		if _, err := json.Marshal(e); err != nil {
			t.Error(err)
		}
	}
}
