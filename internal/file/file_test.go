package file_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/ids"
)

func TestCleanPath(t *testing.T) {
	for given, want := range map[string]string{
		"a": "a", "/a/b/": "a/b", "//a": "a", "a b/c.d": "a b/c.d", "ü/😀": "ü/😀", "...": "...", strings.Repeat("x", file.MaxPath): strings.Repeat("x", file.MaxPath),
		"": "", "/": "", "///": "", "a//b": "", ".": "", "a/./b": "", "../a": "", "a/..": "", "a/ /b": "", "a\nb": "", "a\x00": "", "\xff": "", "a\u0085": "",
		strings.Repeat("x", file.MaxPath+1): "",
	} {
		got, problem := file.CleanPath(given)
		if got != want || (problem == "") != (want != "") {
			t.Errorf("CleanPath(%.40q) is %.40q, %q", given, got, problem)
		}
	}
}

func FuzzCleanPath(f *testing.F) {
	for _, seed := range []string{"a/b", "/a/", "..", "a//b", "\xff", "😀", "a\x00"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, given string) {
		clean, problem := file.CleanPath(given)
		if problem != "" {
			if clean != "" {
				t.Fatalf("%q is refused and cleaned to %q", given, clean)
			}
			return
		}
		if again, problem := file.CleanPath(clean); again != clean || problem != "" {
			t.Fatalf("%q is cleaned to %q, and that to %q, %q", given, clean, again, problem)
		}
		if !utf8.ValidString(clean) || len(clean) > file.MaxPath || strings.HasPrefix(clean, "/") || strings.HasSuffix(clean, "/") {
			t.Fatalf("%q is cleaned to %q", given, clean)
		}
		joined := file.BaseName(clean)
		if parent := file.ParentPath(clean); parent != "" {
			joined = parent + "/" + joined
		}
		if joined != clean {
			t.Fatalf("%q is not its parent and its name: %q", clean, joined)
		}
	})
}

func TestNames(t *testing.T) {
	for path, want := range map[string][2]string{"a": {"", "a"}, "a/b": {"a", "b"}, "a/b/c": {"a/b", "c"}} {
		f := file.File{Path: path}
		if got := [2]string{file.ParentPath(path), f.Name()}; got != want {
			t.Errorf("%s lies in %q as %q", path, got[0], got[1])
		}
	}
}

func TestSpecs(t *testing.T) {
	seen := map[ids.Prefix]bool{}
	for _, s := range file.Specs() {
		if s.Kind.Spec() != s || seen[s.ID] || seen[s.VersionID] || s.NotFound.Code() != 404 || s.Plural != string(s.Kind)+"s" || !strings.EqualFold(s.Title, string(s.Kind)) {
			t.Errorf("%+v", s)
		}
		seen[s.ID], seen[s.VersionID] = true, true
	}
	if s := file.Kind("other").Spec(); s.NotFound != errs.FileNotFound || s.Title != "File" {
		t.Errorf("an unknown kind is %+v", s)
	}
}

func TestDeployedTo(t *testing.T) {
	s := file.Snapshot{Version: file.Version{Environments: []file.Environment{{ID: "env_1", Name: "production", Tag: file.DefaultTag}, {ID: "env_2", Name: "staging", Tag: file.OtherTag}}}}
	for ref, want := range map[file.Ref]string{
		{Path: "a"}: "production", {Path: "a", Environment: "staging"}: "staging", {Path: "a", Environment: "env_2"}: "staging",
		{Path: "a", Environment: "development"}: "", {Path: "a", VersionID: "prv_1"}: "",
	} {
		if got := s.DeployedTo(ref); got != want {
			t.Errorf("%+v means the deployment in %q, want %q", ref, got, want)
		}
	}
	if got := (&file.Snapshot{}).DeployedTo(file.Ref{Path: "a"}); got != "" {
		t.Errorf("a version that is not deployed means the deployment in %q", got)
	}
}
