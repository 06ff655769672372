package archtest_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestMakeTestTellsWhatWasNotRun runs the target with stand-ins for Go, on machines that have a C compiler, PostgreSQL, both or neither.
//
// Fault F15: nothing was said.
func TestMakeTestTellsWhatWasNotRun(t *testing.T) {
	makeTool, err := exec.LookPath("make")
	if err != nil {
		t.Skip("there is no make")
	}
	const race = "the race detector, which needs a C compiler"
	const postgres = "the tests on PostgreSQL, which is not installed"
	for _, c := range []struct{ tools, want string }{
		{"gcc postgres", ""},
		{"clang postgres", ""},
		{"postgres", "Not run: " + race + "."},
		{"gcc", "Not run: " + postgres + "."},
		{"", "Not run: " + race + "; " + postgres + "."},
	} {
		for _, code := range []string{"0", "1"} {
			dir := t.TempDir()
			for _, tool := range append(strings.Fields(c.tools), "go") {
				if err := os.WriteFile(filepath.Join(dir, tool), []byte("#!/bin/sh\nexit "+code+"\n"), 0o700); err != nil {
					t.Fatal(err)
				}
			}
			args := []string{"-s", "-C", "../..", "test", "GO=" + filepath.Join(dir, "go"), "SHELL=/bin/sh"}
			if !strings.Contains(c.tools, "postgres") {
				args = append(args, "POSTGRES=") // it may be where no PATH leads
			}
			cmd := exec.CommandContext(t.Context(), makeTool, args...)
			cmd.Env = []string{"PATH=" + dir}
			out, err := cmd.Output()
			lines := strings.Split(strings.TrimSpace(string(out)), "\n")
			last := lines[len(lines)-1]
			if (err == nil) != (code == "0") || strings.HasPrefix(last, "Not run: ") != (c.want != "") || c.want != "" && last != c.want {
				t.Errorf("with %q and tests that end with %s: %v, %s", c.tools, code, err, out)
			}
		}
	}
}
