package main

import (
	"cmp"
	"fmt"
	"go/token"
	"io"
	"log"
	"os"
	"strconv"
	"strings"

	"github.com/golangci/misspell"
	"github.com/golangci/unconvert"
	"github.com/kisielk/errcheck/errcheck"
	"github.com/mgechev/revive/lint"
	"github.com/mgechev/revive/rule"
	"github.com/securego/gosec/v2"
	"github.com/securego/gosec/v2/analyzers"
	"github.com/securego/gosec/v2/rules"
	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/buildssa"
	"golang.org/x/tools/go/packages"
	"honnef.co/go/tools/unused"
	"mvdan.cc/unparam/check"
)

// What follows makes analyzers of libraries that have none, or one that says less.

var errcheckAnalyzer = &analysis.Analyzer{
	Name: "errcheck",
	Doc:  "find errors that are not checked",
	Run: func(pass *analysis.Pass) (any, error) {
		c := errcheck.Checker{Exclusions: errcheck.Exclusions{BlankAssignments: true, TypeAssertions: true, Symbols: errcheck.DefaultExcludedSymbols}}
		for _, e := range c.CheckPackage(loaded(pass)).Unique().UncheckedErrors {
			pass.Reportf(pos(pass, e.Pos), "the error of %s is not checked", cmp.Or(e.SelectorName, e.FuncName))
		}
		return nil, nil
	},
}

// What gosec does not look for: unchecked errors, since errcheck finds them and knows what may be ignored; and files named by a variable,
// since the operator's settings and command lines name files.
var notSecurity = []string{"G104", "G304"}

var gosecAnalyzer = &analysis.Analyzer{
	Name:     "gosec",
	Doc:      "find what attackers look for",
	Requires: []*analysis.Analyzer{buildssa.Analyzer},
	Run: func(pass *analysis.Pass) (any, error) {
		g := gosec.NewAnalyzer(gosec.NewConfig(), true, false, false, 1, log.New(io.Discard, "", 0))
		g.LoadRules(rules.Generate(false, rules.NewRuleFilter(true, notSecurity...)).RulesInfo())
		g.LoadAnalyzers(analyzers.Generate(false, analyzers.NewAnalyzerFilter(true, notSecurity...)).AnalyzersInfo())
		pkg := loaded(pass)
		g.CheckRules(pkg)
		g.CheckAnalyzersWithSSA(pkg, pass.ResultOf[buildssa.Analyzer].(*buildssa.SSA))
		issues, _, _ := g.Report()
		for _, i := range issues {
			first, _, _ := strings.Cut(i.Line, "-")
			line, err := strconv.Atoi(first)
			if err != nil {
				return nil, err
			}
			column, err := strconv.Atoi(i.Col)
			if err != nil {
				return nil, err
			}
			pass.Reportf(pos(pass, token.Position{Filename: i.File, Line: line, Column: column}), "%s: %s", i.RuleID, i.What)
		}
		return nil, nil
	},
}

var misspellAnalyzer = &analysis.Analyzer{
	Name: "misspell",
	Doc:  "find misspelled words",
	Run: func(pass *analysis.Pass) (any, error) {
		words := misspell.Replacer{Replacements: misspell.DictMain}
		words.Compile()
		for _, f := range pass.Files {
			file := pass.Fset.File(f.FileStart)
			text, err := pass.ReadFile(file.Name())
			if err != nil {
				return nil, err
			}
			_, found := words.Replace(string(text))
			for _, d := range found {
				pass.Reportf(file.LineStart(d.Line)+token.Pos(d.Column), "%q is a misspelling of %q", d.Original, d.Corrected)
			}
		}
		return nil, nil
	},
}

// Comments are contracts: exported names and packages have them. Other rules of revive overlap with other linters.
var reviveAnalyzer = &analysis.Analyzer{
	Name: "revive",
	Doc:  "find names without comments, and long files",
	Run: func(pass *analysis.Pass) (any, error) {
		list := []lint.Rule{&rule.ExportedRule{}, &rule.PackageCommentsRule{}, &rule.FileLengthLimitRule{}}
		arguments := map[string]lint.RuleConfig{
			"exported":          {Arguments: lint.Arguments{"disableStutteringCheck"}}, // a name such as errs.Error reads well where it is used
			"file-length-limit": {Arguments: lint.Arguments{map[string]any{"max": int64(maxFile)}}},
		}
		for _, r := range list {
			if c, ok := r.(lint.ConfigurableRule); ok {
				if err := c.Configure(arguments[r.Name()].Arguments); err != nil {
					return nil, err
				}
			}
		}
		var files []string
		for _, f := range pass.Files {
			files = append(files, pass.Fset.Position(f.FileStart).Filename)
		}
		revive := lint.New(os.ReadFile, 0)
		found, err := revive.Lint([][]string{files}, list, lint.Config{Confidence: 0.8, Rules: arguments})
		if err != nil {
			return nil, err
		}
		for f := range found {
			if f.Confidence >= 0.8 {
				pass.Reportf(pos(pass, f.Position.Start), "%s", f.Failure)
			}
		}
		return nil, nil
	},
}

var unconvertAnalyzer = &analysis.Analyzer{
	Name: "unconvert",
	Doc:  "find conversions that change nothing",
	Run: func(pass *analysis.Pass) (any, error) {
		for _, at := range unconvert.Run(pass) {
			pass.Reportf(pos(pass, at), "this conversion changes nothing")
		}
		return nil, nil
	},
}

var unparamAnalyzer = &analysis.Analyzer{
	Name:     "unparam",
	Doc:      "find parameters and results that are not used",
	Requires: []*analysis.Analyzer{buildssa.Analyzer},
	Run: func(pass *analysis.Pass) (any, error) {
		var c check.Checker
		c.Packages([]*packages.Package{loaded(pass)})
		c.ProgramSSA(pass.ResultOf[buildssa.Analyzer].(*buildssa.SSA).Pkg.Prog)
		found, err := c.Check()
		for _, i := range found {
			pass.Reportf(i.Pos(), "%s", i.Message())
		}
		return nil, err
	},
}

var unusedAnalyzer = &analysis.Analyzer{
	Name:     "unused",
	Doc:      "find names that are not used",
	Requires: []*analysis.Analyzer{unused.Analyzer.Analyzer},
	Run: func(pass *analysis.Pass) (any, error) {
		for _, o := range pass.ResultOf[unused.Analyzer.Analyzer].(unused.Result).Unused {
			if o.Kind != "type param" {
				pass.Reportf(pos(pass, o.Position), "%s %s is not used", o.Kind, o.Name)
			}
		}
		return nil, nil
	},
}

// loaded is the package of a pass in the form that libraries take.
func loaded(pass *analysis.Pass) *packages.Package {
	return &packages.Package{Name: pass.Pkg.Name(), Fset: pass.Fset, Syntax: pass.Files, Types: pass.Pkg, TypesInfo: pass.TypesInfo, TypesSizes: pass.TypesSizes}
}

// pos is where a position is that a library tells.
func pos(pass *analysis.Pass, at token.Position) token.Pos {
	for _, f := range pass.Files {
		if file := pass.Fset.File(f.FileStart); file.Name() == at.Filename {
			return file.LineStart(at.Line) + token.Pos(max(at.Column, 1)-1)
		}
	}
	panic(fmt.Sprintf("%s is not in the package", at.Filename))
}
