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
	unitchecker.Main(wanted(last)...)
}

// wanted are the analyzers for the package that a file of the go command describes: those that learn facts alone, where the package is only
// imported. All of them would take minutes for the packages of others, so those have the facts that can be read off their declarations.
func wanted(file string) []*analysis.Analyzer {
	text, err := os.ReadFile(file)
	if err != nil {
		panic(err)
	}
	var unit unitchecker.Config
	if err := json.Unmarshal(text, &unit); err != nil {
		panic(err)
	}
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
