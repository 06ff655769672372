package main

import (
	"go/ast"
	"go/token"
	"strconv"
	"strings"

	"golang.org/x/tools/go/analysis"
)

var initsAnalyzer = &analysis.Analyzer{
	Name: "gochecknoinits",
	Doc:  "find init functions",
	Run: func(pass *analysis.Pass) (any, error) {
		for _, f := range pass.Files {
			for _, d := range f.Decls {
				if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == "init" {
					pass.Reportf(fn.Pos(), "there are no init functions here: what runs is called")
				}
			}
		}
		return nil, nil
	},
}

var importsAnalyzer = &analysis.Analyzer{
	Name: "gci",
	Doc:  "check that imports stand in groups: the standard library, what others make, our own",
	Run: func(pass *analysis.Pass) (any, error) {
		for _, f := range pass.Files {
			for i := 1; i < len(f.Imports); i++ {
				if before, spec := f.Imports[i-1], f.Imports[i]; !inGroups(pass.Fset, before, spec) {
					pass.Reportf(spec.Pos(), "imports stand in groups with a line between them: the standard library, what others make, our own")
					break
				}
			}
		}
		return nil, nil
	},
}

// inGroups reports whether an import may follow another as it does.
func inGroups(fset *token.FileSet, before, spec *ast.ImportSpec) bool {
	start := spec.Pos()
	if spec.Doc != nil {
		start = spec.Doc.Pos()
	}
	lines := fset.Position(start).Line - fset.Position(before.End()).Line
	a, b := groupOf(before), groupOf(spec)
	return a == b && lines == 1 || a < b && lines == 2
}

func groupOf(spec *ast.ImportSpec) int {
	path, err := strconv.Unquote(spec.Path.Value)
	first, _, _ := strings.Cut(path, "/")
	switch {
	case err != nil || !strings.Contains(first, "."):
		return 0
	case path == module || strings.HasPrefix(path, module+"/"):
		return 2
	}
	return 1
}
