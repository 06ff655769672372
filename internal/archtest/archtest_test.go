package archtest

import (
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/openloop-server/openloop/internal/json"
)

// listed is what `go list -json` says of a package.
type listed struct {
	ImportPath string
	Imports    []string
	Dir        string
	GoFiles    []string
}

const module = "github.com/openloop-server/openloop/"

// aside are packages that are no part of the server: tools, tests and their helpers.
func aside(pkg string) bool {
	for _, prefix := range []string{"bench", "e2e", "internal/archtest", "internal/models/gen", "internal/docgen", "internal/llm/llmtest", "internal/store/storetest", "internal/store/pgtest", "internal/sandbox/fetch", "internal/sandbox/sandboxtest", "internal/netguard/netguardtest"} {
		if pkg == prefix || strings.HasPrefix(pkg, prefix+"/") {
			return true
		}
	}
	return false
}

func TestImportsGoToLowerLayers(t *testing.T) {
	for _, p := range packages(t) {
		name := strings.TrimPrefix(p.ImportPath, module)
		if aside(name) {
			continue
		}
		from, ok := find(name)
		if !ok {
			t.Errorf("%s has no row in the table", name)
			continue
		}
		for _, imported := range p.Imports {
			check(t, name, from, imported)
		}
	}
}

func check(t *testing.T, name string, from rule, imported string) {
	t.Helper()
	local, ours := strings.CutPrefix(imported, module)
	if !ours {
		if strings.Contains(strings.Split(imported, "/")[0], ".") && !allowed(from.modules, imported) {
			t.Errorf("%s imports %s, which the table does not allow it", name, imported)
		}
		return
	}
	to, ok := find(local)
	switch {
	case !ok:
		t.Errorf("%s imports %s, which is a helper of tests or has no row in the table", name, local)
	case to.layer >= from.layer && !isRoomBefore(to, from):
		t.Errorf("%s (layer %d) imports %s (layer %d)", name, from.layer, local, to.layer)
	case to.sealed != nil && !slices.Contains(to.sealed, name):
		t.Errorf("%s imports %s, which only %v may", name, local, to.sealed)
	}
}

// isRoomBefore reports whether to and from are rooms of one package, or a room and the package, and the row of to comes first.
func isRoomBefore(to, from rule) bool {
	of := func(r rule) string { return strings.Join(strings.SplitN(r.pkg, "/", 3)[:2], "/") }
	row := func(r rule) int {
		return slices.IndexFunc(rules(), func(other rule) bool { return other.pkg == r.pkg })
	}
	return to.layer == from.layer && of(to) == of(from) && row(to) < row(from)
}

func allowed(modules []string, imported string) bool {
	return slices.ContainsFunc(modules, func(m string) bool { return imported == m || strings.HasPrefix(imported, m+"/") })
}

func find(name string) (rule, bool) {
	for _, r := range rules() {
		prefix, all := strings.CutSuffix(r.pkg, "*")
		if r.pkg == name || all && strings.HasPrefix(name, prefix) {
			return r, true
		}
	}
	return rule{}, false
}

// packages lists the packages of the module with what their code, not their tests, imports.
func packages(t *testing.T) []listed {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Imports,Dir,GoFiles", "github.com/openloop-server/openloop/...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var list []listed
	for object := range strings.SplitSeq(string(out), "\n}\n") {
		if strings.TrimSpace(object) == "" {
			continue
		}
		var p listed
		if err := json.Unmarshal([]byte(object+"}"), &p); err != nil {
			t.Fatalf("go list printed %q: %v", object, err)
		}
		list = append(list, p)
	}
	return list
}
