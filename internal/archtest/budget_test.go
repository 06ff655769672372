package archtest

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// maxPackage is the most lines of a package, apart from its tests and generated files. A package that needs more holds two things. It only
// gets smaller, as do the other budgets of code, which are in tools/lint.
const maxPackage = 3000

// frozen are packages that do not grow: Jinja and the values of Python are as large as those are.
func frozen(pkg string) bool { return strings.HasPrefix(pkg, "internal/tmpl/") }

func TestNoPackageIsTooLarge(t *testing.T) {
	for _, p := range packages(t) {
		name := strings.TrimPrefix(p.ImportPath, module)
		if aside(name) || frozen(name) {
			continue
		}
		if lines := linesOf(t, p); lines > maxPackage {
			t.Errorf("%s has %d lines, and may have %d", name, lines, maxPackage)
		}
	}
}

// linesOf counts the lines that people wrote of a package, without its tests.
func linesOf(t *testing.T, p listed) int {
	t.Helper()
	lines := 0
	for _, name := range p.GoFiles {
		text, err := os.ReadFile(filepath.Join(p.Dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.HasPrefix(text, []byte("// Code generated")) {
			lines += bytes.Count(text, []byte("\n"))
		}
	}
	return lines
}
