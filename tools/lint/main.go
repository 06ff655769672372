// Command lint finds mistakes in the code of this repository: go vet -vettool=bin/lint ./...
//
// The go command runs it on one package at a time, beside compiling, and remembers what it said of packages that have not changed.
package main

import (
	"encoding/json"
	"os"
	"slices"
	"strings"

	"github.com/nishanths/exhaustive/passes/enumerated"
	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/ctrlflow"
	"golang.org/x/tools/go/analysis/passes/printf"
	"golang.org/x/tools/go/analysis/unitchecker"
	"honnef.co/go/tools/analysis/facts/deprecated"
)

func main() {
	last := os.Args[len(os.Args)-1]
	if !strings.HasSuffix(last, ".cfg") { // the go command asks about this program
		unitchecker.Main(all()...)
	}
	unit := read(last)
	if unit.VetxOnly && isDeep(unit.ImportPath) {
		if err := os.WriteFile(unit.VetxOutput, nil, 0o666); err != nil { // no facts
			panic(err)
		}
		return
	}
	unitchecker.Main(wanted(&unit)...)
}

// read reads the file in which the go command describes a package.
func read(file string) (unit unitchecker.Config) {
	text, err := os.ReadFile(file)
	if err != nil {
		panic(err)
	}
	if err := json.Unmarshal(text, &unit); err != nil {
		panic(err)
	}
	return unit
}

// isDeep reports whether a package is one of others that we cannot import, or of SQLite in Go, of which we use little. There is nothing to learn of
// it for us, and reading it takes long.
func isDeep(path string) bool {
	host, _, _ := strings.Cut(path, "/")
	ofOthers := strings.Contains(host, ".") && !strings.HasPrefix(path, module+"/")
	return ofOthers && (host == "modernc.org" || strings.Contains(path, "/internal/") || strings.HasSuffix(path, "/internal"))
}

// wanted are the analyzers for a package: those that learn facts alone, where the package is only imported. All of them would take minutes for the
// packages of others, so those have the facts that can be read off their declarations.
func wanted(unit *unitchecker.Config) []*analysis.Analyzer {
	switch {
	case !unit.VetxOnly:
		return all()
	case unit.ModulePath == module || strings.HasPrefix(unit.ImportPath, module+"/"):
		return learning(all())
	}
	return []*analysis.Analyzer{ctrlflow.Analyzer, deprecated.Analyzer, enumerated.Analyzer, printf.Analyzer}
}

// all are the analyzers of all linters, and that of the comments which hold them back.
func all() []*analysis.Analyzer {
	list := linters()
	var out []*analysis.Analyzer
	for i := range list {
		for _, a := range list[i].analyzers {
			list[i].guard(a)
			out = append(out, a)
		}
	}
	return append(out, nolintlint(list))
}

// learning are those of the analyzers, and of what they stand on, that learn facts.
func learning(list []*analysis.Analyzer) []*analysis.Analyzer {
	var out []*analysis.Analyzer
	var visit func([]*analysis.Analyzer)
	visit = func(list []*analysis.Analyzer) {
		for _, a := range list {
			if len(a.FactTypes) > 0 && !slices.Contains(out, a) {
				out = append(out, a)
			}
			visit(a.Requires)
		}
	}
	visit(list)
	return out
}
