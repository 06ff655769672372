package archtest

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/json"
)

// root is the folder of the repository.
const root = "../.."

// TestModulesAreThoseOfADR6 compares the direct requirements of go.mod with the rows of docs/adr/0006-dependencies.md.
func TestModulesAreThoseOfADR6(t *testing.T) {
	if d := cmp.Diff(slices.Sorted(slices.Values(decided(t))), slices.Sorted(slices.Values(required(t)))); d != "" {
		t.Errorf("go.mod and ADR 6 differ (-ADR +go.mod):\n%s", d)
	}
}

// TestTheTableAllowsOnlyRequiredModules looks for modules in the table of layers that the server no longer uses.
func TestTheTableAllowsOnlyRequiredModules(t *testing.T) {
	modules := required(t)
	for _, r := range rules() {
		for _, allowed := range r.modules {
			if !slices.ContainsFunc(modules, func(m string) bool { return m == allowed || strings.HasPrefix(allowed, m+"/") }) {
				t.Errorf("%s may import %s, which go.mod does not require", r.pkg, allowed)
			}
		}
	}
}

// TestTheProgramHasNoTemplatesOfTheStandardLibrary looks for packages that call methods by name: with them the linker keeps all methods of all types,
// which makes the program a tenth larger.
func TestTheProgramHasNoTemplatesOfTheStandardLibrary(t *testing.T) {
	list, err := exec.CommandContext(t.Context(), "go", "list", "-deps", "../../cmd/openloop").Output()
	if err != nil {
		t.Fatal(err)
	}
	for name := range strings.FieldsSeq(string(list)) {
		if name == "text/template" || name == "html/template" {
			t.Errorf("the program imports %s; internal/web/markup writes HTML", name)
		}
	}
}

// decided are the modules that the table of ADR 6 gives a reason for.
func decided(t *testing.T) []string {
	t.Helper()
	page, err := os.ReadFile(filepath.Join(root, "docs", "adr", "0006-dependencies.md"))
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, row := range regexp.MustCompile("(?m)^\\| `([^`]+)` \\| [^|]+ \\|$").FindAllSubmatch(page, -1) {
		out = append(out, string(row[1]))
	}
	return out
}

// required are the modules that go.mod requires directly.
func required(t *testing.T) []string {
	t.Helper()
	text, err := exec.CommandContext(t.Context(), "go", "mod", "edit", "-json", filepath.Join(root, "go.mod")).Output()
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Require []struct {
			Path     string
			Indirect bool
		}
	}
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, r := range file.Require {
		if !r.Indirect {
			out = append(out, r.Path)
		}
	}
	return out
}
