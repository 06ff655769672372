package main

import (
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestEachLinterFindsItsFault compares what is found in a module that has a fault for each linter with what its lines say: "want" and the linters.
func TestEachLinterFindsItsFault(t *testing.T) {
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("testdata/faults")); err != nil {
		t.Fatal(err)
	}
	budgets(t, filepath.Join(dir, "long.go"))
	tool := filepath.Join(t.TempDir(), "lint")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", tool, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	vet := exec.CommandContext(t.Context(), "go", "vet", "-vettool="+tool, "./...")
	vet.Dir = dir
	out, err := vet.CombinedOutput()
	if err == nil {
		t.Error("go vet succeeds")
	}
	want, got := wantedIn(t, dir), foundIn(string(out))
	for _, line := range slices.Sorted(maps.Keys(want)) {
		if !got[line] {
			t.Errorf("not found: %s", line)
		}
	}
	for _, line := range slices.Sorted(maps.Keys(got)) {
		if !want[line] {
			t.Errorf("found: %s", line)
		}
	}
	for _, l := range append(linters(), linter{name: "nolintlint"}) {
		if !slices.ContainsFunc(slices.Collect(maps.Keys(want)), func(line string) bool { return strings.HasSuffix(line, " "+l.name) }) {
			t.Errorf("there is no fault for %s", l.name)
		}
	}
	if t.Failed() {
		t.Logf("%s", out)
	}
}

// budgets writes a file that goes beyond all budgets but that of interfaces.
func budgets(t *testing.T, path string) {
	t.Helper()
	text := "package faults\n\n" +
		"func long() { // want funlen\n\t_ = []int{\n" + strings.Repeat("\t\t0,\n", maxLines) + "\t}\n}\n\n" +
		"func statements() { // want funlen\n" + strings.Repeat("\thelpers()\n", maxStatements+1) + "}\n\n" +
		"func branches(n int) { // want cyclop\n" + strings.Repeat("\tif n > 0 {\n\t\thelpers()\n\t}\n", maxComplexity) + "}\n"
	text += strings.Repeat("\n", maxFile-strings.Count(text, "\n")) + "var _ = 0 // want revive\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

var wants = regexp.MustCompile(`want ([a-z ]+)$`)

// wantedIn are the faults in the files of a folder: "file:line linter".
func wantedIn(t *testing.T, dir string) map[string]bool {
	t.Helper()
	out := map[string]bool{}
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".go") {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for i, line := range strings.Split(string(text), "\n") {
			if match := wants.FindStringSubmatch(line); match != nil {
				for name := range strings.FieldsSeq(match[1]) {
					out[fmt.Sprintf("%s:%d %s", filepath.Base(path), i+1, name)] = true
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

var finding = regexp.MustCompile(`(?m)^(\S+\.go):(\d+):\d+: .* \(([a-z]+)\)$`)

// foundIn are the findings in what go vet says, as wantedIn has them.
func foundIn(out string) map[string]bool {
	found := map[string]bool{}
	for _, match := range finding.FindAllStringSubmatch(out, -1) {
		found[filepath.Base(match[1])+":"+match[2]+" "+match[3]] = true
	}
	return found
}
