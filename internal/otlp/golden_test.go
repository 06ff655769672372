package otlp_test

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/otlp"
	"github.com/openloop-server/openloop/internal/trace"
)

var update = flag.Bool("update", false, "write the golden files")

// shown is an export as the golden files show it.
type shown struct {
	Entries []shownEntry `json:"entries"`
	Traces  []otlp.Trace `json:"traces,omitempty"`
	Refused string       `json:"refused,omitempty"`
}

type shownEntry struct {
	Path    string       `json:"path"`
	Kind    file.Kind    `json:"kind"`
	Content file.Content `json:"content"`
	Log     trace.Log    `json:"log"`
	Usage   llm.Usage    `json:"usage,omitzero"`
}

func read(t *testing.T, name string) *otlp.Batch {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	parse := otlp.ReadJSON
	if filepath.Ext(name) == ".pb" {
		parse = otlp.ReadProto
	}
	batch, err := parse(data)
	if err != nil {
		t.Fatal(err)
	}
	return batch
}

// all are the entries of a batch, taken a few at a time.
func all(b *otlp.Batch) []otlp.SpanLog { return slices.Concat(slices.Collect(b.Entries(3))...) }

// TestExports reads exports as the SDKs and the instrumentations sent them (see testdata/README.md) and compares all that is made of them.
func TestExports(t *testing.T) {
	files, err := filepath.Glob("testdata/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		if ext := filepath.Ext(name); ext != ".pb" && ext != ".json" {
			continue
		}
		t.Run(filepath.Base(name), func(t *testing.T) {
			batch := read(t, name)
			entries := all(batch)
			out := shown{Traces: batch.Traces(), Refused: batch.Refusals.Message()}
			for _, e := range entries {
				out.Entries = append(out.Entries, shownEntry{e.Path, e.Content.Kind(), e.Content, e.Log, e.Usage})
			}
			compare(t, strings.TrimSuffix(name, filepath.Ext(name))+".golden", &out)
		})
	}
}

func compare(t *testing.T, golden string, v any) {
	t.Helper()
	got, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var plain any
	if err := json.Unmarshal(got, &plain); err != nil {
		t.Fatal(err)
	}
	if got, err = json.MarshalIndent(prune(plain)); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(golden, append(got, '\n'), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), string(got)+"\n"); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

// prune leaves out the fields of Go's structs that are zero, so that the golden files show what was found.
func prune(v any) any {
	switch v := v.(type) {
	case []any:
		for i := range v {
			v[i] = prune(v[i])
		}
	case map[string]any:
		for name, member := range v {
			v[name] = prune(member)
			if unicode.IsUpper(rune(name[0])) && zero(member) {
				delete(v, name)
			}
		}
	}
	return v
}

func zero(v any) bool {
	switch v := v.(type) {
	case string:
		return v == "" || v == "0001-01-01T00:00:00Z"
	case []any:
		return len(v) == 0
	case map[string]any:
		return len(v) == 0
	default:
		return v == nil || v == false || v == 0.0
	}
}
