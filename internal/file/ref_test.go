package file_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
)

func TestARefIsChecked(t *testing.T) {
	for name, c := range map[string]struct {
		given, want file.Ref
		refused     bool
		param       string // of the error
	}{
		"nothing":                {refused: true},
		"an environment alone":   {given: file.Ref{Environment: "production"}, refused: true},
		"a version alone":        {given: file.Ref{VersionID: "prv_1"}, want: file.Ref{VersionID: "prv_1"}},
		"a path":                 {given: file.Ref{Path: "/a/b/"}, want: file.Ref{Path: "a/b"}},
		"an id and a path":       {given: file.Ref{ID: "pr_1", Path: "a"}, want: file.Ref{ID: "pr_1", Path: "a"}},
		"a bad path":             {given: file.Ref{Path: "a//b"}, refused: true, param: "path"},
		"a path of slashes":      {given: file.Ref{ID: "pr_1", Path: "/"}, refused: true, param: "path"},
		"two versions":           {given: file.Ref{ID: "pr_1", VersionID: "prv_1", Environment: "production"}, refused: true, param: "version_id"},
		"an id and environments": {given: file.Ref{ID: "pr_1", Environment: "env_1"}, want: file.Ref{ID: "pr_1", Environment: "env_1"}},
	} {
		t.Run(name, func(t *testing.T) {
			ref := c.given
			err := ref.Check()
			if c.refused {
				e := errs.From(err)
				if e == nil || e.Reason != errs.ValidationFailed || e.Param != c.param {
					t.Errorf("got %v", err)
				}
				return
			}
			if err != nil || ref != c.want {
				t.Errorf("got %+v, %v; want %+v", ref, err, c.want)
			}
		})
	}
}

func TestARefMustNameAFile(t *testing.T) {
	ref := file.Ref{VersionID: "prv_1"}
	if d := cmp.Diff(errs.Invalid("Either id or path must be given.", "path"), errs.From(ref.CheckFile())); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	ref.Path = "/a/"
	if err := ref.CheckFile(); err != nil || ref.Path != "a" {
		t.Errorf("got %+v, %v", ref, err)
	}
}

func TestARefMatchesTheFileOfItsID(t *testing.T) {
	ref := file.Ref{ID: "pr_1", Path: "a"}
	if err := ref.Matches("a"); err != nil {
		t.Error(err)
	}
	want := errs.Invalid("The path and the id name different Files: the one with this id is at `b`.", "path")
	if d := cmp.Diff(want, errs.From(ref.Matches("b"))); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}
