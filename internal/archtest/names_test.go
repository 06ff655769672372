package archtest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestNoTwoPackagesDifferByAPlural compares the last elements of the packages' paths.
func TestNoTwoPackagesDifferByAPlural(t *testing.T) {
	seen := map[string]string{}
	for _, p := range packages(t) {
		seen[filepath.Base(p.ImportPath)] = p.ImportPath
	}
	for name, path := range seen {
		if plural, ok := seen[name+"s"]; ok {
			t.Errorf("%s and %s differ by a plural", path, plural)
		}
	}
}

// TestNoTypeNameMeansTwoThingsInOneLayer compares exported types. Rooms of one package speak one language, and wire types mean what they
// carry; an Error and Options belong to every package.
func TestNoTypeNameMeansTwoThingsInOneLayer(t *testing.T) {
	type home struct {
		layer int
		name  string
	}
	seen := map[home]string{}
	for _, p := range packages(t) {
		pkg := strings.TrimPrefix(p.ImportPath, module)
		from, ok := find(pkg)
		if !ok || pkg == "internal/api/v5" {
			continue
		}
		for _, name := range typesOf(t, p) {
			at := home{from.layer, name}
			if other := seen[at]; other != "" && room(other) != room(pkg) {
				t.Errorf("%s and %s, both of layer %d, have a type %s", other, pkg, from.layer, name)
			}
			seen[at] = pkg
		}
	}
}

// room is the package that pkg belongs to: "store" for internal/store/logs.
func room(pkg string) string { return strings.Split(pkg+"/", "/")[1] }

// typesOf returns the exported types of a package.
func typesOf(t *testing.T, p listed) []string {
	t.Helper()
	var names []string
	for _, file := range p.GoFiles {
		parsed, err := parser.ParseFile(token.NewFileSet(), filepath.Join(p.Dir, file), nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			if s, ok := n.(*ast.TypeSpec); ok && s.Name.IsExported() && !slices.Contains([]string{"Error", "Options"}, s.Name.Name) {
				names = append(names, s.Name.Name)
			}
			_, inside := n.(*ast.FuncDecl)
			return !inside
		})
	}
	return names
}
