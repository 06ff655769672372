package archtest

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestEveryFaultHasATest looks for the ids of docs/faults.md in the tests, which name them as "Fault B7".
func TestEveryFaultHasATest(t *testing.T) {
	page, err := os.ReadFile(filepath.Join(root, "docs", "faults.md"))
	if err != nil {
		t.Fatal(err)
	}
	named := faultsIn(t, root)
	rows := regexp.MustCompile(`(?m)^\| ([A-G]\d+) \|`).FindAllStringSubmatch(string(page), -1)
	if len(rows) == 0 {
		t.Fatal("the page has no rows")
	}
	for _, row := range rows {
		if !named[row[1]] {
			t.Errorf("no test names Fault %s", row[1])
		}
	}
}

// faultsIn are the ids that tests and their helpers name.
func faultsIn(t *testing.T, root string) map[string]bool {
	t.Helper()
	id := regexp.MustCompile(`Fault ([A-G]\d+)\b`)
	named := map[string]bool{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && strings.HasPrefix(d.Name(), ".") && path != root {
			return filepath.SkipDir
		}
		if d.IsDir() || !isTest(filepath.ToSlash(path)) {
			return nil
		}
		text, err := os.ReadFile(path)
		for _, found := range id.FindAllSubmatch(text, -1) {
			named[string(found[1])] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return named
}

func isTest(path string) bool {
	return strings.HasSuffix(path, "_test.go") || strings.Contains(path, "test/") && strings.HasSuffix(path, ".go") || strings.Contains(path, "/e2e/")
}
