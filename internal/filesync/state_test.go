package filesync

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func openTest(t *testing.T) *folder {
	t.Helper()
	f, err := openFolder(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := f.close(); err != nil {
			t.Error(err)
		}
	})
	return f
}

func TestStateComesBack(t *testing.T) {
	f := openTest(t)
	name := stateName("http://LLM.example.com:8080/base")
	want := state{Version: 1, Files: map[string]synced{
		"a.prompt":       {ID: "pr_1", VersionID: "prv_1", Seen: "prv_0", Hash: "h"},
		`b "c"/d.prompt`: {ID: "pr_2", VersionID: "prv_2", Hash: "i"},
	}}
	if err := want.save(f, name); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(filepath.Join(f.dir, ".openloop", "llm.example.com_8080_base.json"))
	if err != nil {
		t.Fatal(err)
	}
	text := `{"version": 1, "files": {
"a.prompt": {"id":"pr_1","version_id":"prv_1","seen":"prv_0","hash":"h"},
"b \"c\"/d.prompt": {"id":"pr_2","version_id":"prv_2","hash":"i"}
}}
`
	if d := cmp.Diff(text, string(raw)); d != "" {
		t.Errorf("the state's file (-want +got):\n%s", d)
	}
	got, err := loadState(f, name)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("loadState (-want +got):\n%s", d)
	}
}

func TestNoStateIsMadeForNothing(t *testing.T) {
	f := openTest(t)
	s, err := loadState(f, ".openloop/x.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.save(f, ".openloop/x.json"); err != nil {
		t.Fatal(err)
	}
	if left, err := os.ReadDir(f.dir); err != nil || len(left) > 0 {
		t.Errorf("there is %v, %v", left, err)
	}
}

// A state that cannot be read is not taken for none: that would make conflicts of all files.
func TestStatesThatCannotBeRead(t *testing.T) {
	for _, raw := range []string{"", "[]", "<<<<<<< HEAD\n", `{"version": 2, "files": {}}`, `{"version": 1, "files": {"a": 1}}`} {
		f := openTest(t)
		if err := f.write(".openloop/x.json", []byte(raw)); err != nil {
			t.Fatal(err)
		}
		if _, err := loadState(f, ".openloop/x.json"); err == nil || !strings.Contains(err.Error(), "x.json cannot be read") {
			t.Errorf("the state %q is read: %v", raw, err)
		}
	}
}

// What can be read can be written, and is then the same.
func FuzzParseState(f *testing.F) {
	f.Add(`{"version": 1, "files": {"a.prompt": {"id":"pr_1","version_id":"prv_1","seen":"prv_0","hash":"h"}}}`)
	f.Add(`{"version": 1, "files": {"a": {}, "a": {"id": null}}}`)
	f.Add(`{"version": 1}`)
	f.Add("<<<<<<< HEAD\n")
	f.Fuzz(func(t *testing.T, raw string) {
		want, ok := parseState([]byte(raw))
		if !ok {
			return
		}
		text, err := want.text()
		if err != nil {
			t.Fatal(err)
		}
		got, ok := parseState(text)
		if d := cmp.Diff(want, got); d != "" || !ok {
			t.Errorf("what comes back (-want +got):\n%s", d)
		}
	})
}
