package main

import (
	"fmt"
	"slices"
	"strings"

	"codeberg.org/polyfloyd/go-errorlint/errorlint"
	cyclop "github.com/bkielbasa/cyclop/pkg/analyzer"
	"github.com/golangci/rowserrcheck/passes/rowserr"
	"github.com/gordonklaus/ineffassign/pkg/ineffassign"
	"github.com/gostaticanalysis/nilerr"
	"github.com/ldez/usetesting"
	"github.com/nishanths/exhaustive/passes/exhaustive"
	sqlclosecheck "github.com/ryanrolds/sqlclosecheck/pkg/analyzer"
	interfacebloat "github.com/sashamelentyev/interfacebloat/pkg/analyzer"
	"github.com/sonatard/noctx"
	"github.com/timakin/bodyclose/passes/bodyclose"
	"github.com/ultraware/funlen"
	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/appends"
	"golang.org/x/tools/go/analysis/passes/asmdecl"
	"golang.org/x/tools/go/analysis/passes/assign"
	"golang.org/x/tools/go/analysis/passes/atomic"
	"golang.org/x/tools/go/analysis/passes/bools"
	"golang.org/x/tools/go/analysis/passes/buildtag"
	"golang.org/x/tools/go/analysis/passes/cgocall"
	"golang.org/x/tools/go/analysis/passes/composite"
	"golang.org/x/tools/go/analysis/passes/copylock"
	"golang.org/x/tools/go/analysis/passes/defers"
	"golang.org/x/tools/go/analysis/passes/directive"
	"golang.org/x/tools/go/analysis/passes/errorsas"
	"golang.org/x/tools/go/analysis/passes/framepointer"
	"golang.org/x/tools/go/analysis/passes/hostport"
	"golang.org/x/tools/go/analysis/passes/httpresponse"
	"golang.org/x/tools/go/analysis/passes/ifaceassert"
	"golang.org/x/tools/go/analysis/passes/inline"
	"golang.org/x/tools/go/analysis/passes/loopclosure"
	"golang.org/x/tools/go/analysis/passes/lostcancel"
	"golang.org/x/tools/go/analysis/passes/modernize"
	"golang.org/x/tools/go/analysis/passes/nilfunc"
	"golang.org/x/tools/go/analysis/passes/printf"
	"golang.org/x/tools/go/analysis/passes/shift"
	"golang.org/x/tools/go/analysis/passes/sigchanyzer"
	"golang.org/x/tools/go/analysis/passes/slog"
	"golang.org/x/tools/go/analysis/passes/stdmethods"
	"golang.org/x/tools/go/analysis/passes/stdversion"
	"golang.org/x/tools/go/analysis/passes/stringintconv"
	"golang.org/x/tools/go/analysis/passes/structtag"
	"golang.org/x/tools/go/analysis/passes/testinggoroutine"
	"golang.org/x/tools/go/analysis/passes/tests"
	"golang.org/x/tools/go/analysis/passes/timeformat"
	"golang.org/x/tools/go/analysis/passes/unmarshal"
	"golang.org/x/tools/go/analysis/passes/unreachable"
	"golang.org/x/tools/go/analysis/passes/unsafeptr"
	"golang.org/x/tools/go/analysis/passes/unusedresult"
	"golang.org/x/tools/go/analysis/passes/waitgroup"
	"honnef.co/go/tools/analysis/lint"
	"honnef.co/go/tools/quickfix"
	"honnef.co/go/tools/simple"
	"honnef.co/go/tools/staticcheck"
	"honnef.co/go/tools/stylecheck"
)

// module is the code that is checked.
const module = "github.com/openloop-server/openloop"

// The budgets of the code. They ratchet: they only get tighter. That of a package is held by internal/archtest.
const (
	maxLines      = 60 // of a function, without comments
	maxStatements = 40 // of a function
	maxComplexity = 20 // of a function
	maxMethods    = 5  // of an interface
	maxFile       = 700
)

// linter is what a //nolint comment names.
type linter struct {
	name      string
	analyzers []*analysis.Analyzer
	except    func(file, message string) bool // findings that are none; nil means no findings
}

// linters are all there are. Each has to earn its place by finding mistakes, not tastes.
func linters() []linter {
	return []linter{
		{name: "bodyclose", analyzers: one(bodyclose.Analyzer), except: inTests},
		{name: "cyclop", analyzers: one(set(cyclop.NewAnalyzer(), "maxComplexity", maxComplexity))},
		{name: "errcheck", analyzers: one(errcheckAnalyzer), except: closingInTests},
		{name: "errorlint", analyzers: one(set(errorlint.NewAnalyzer(), "errorf", true))},
		{name: "exhaustive", analyzers: one(set(exhaustive.Analyzer, "d", true))}, // a default case is a decision about all other values
		{name: "funlen", analyzers: one(funlen.NewAnalyzer(maxLines, maxStatements, true)), except: inTests},
		{name: "gci", analyzers: one(importsAnalyzer)},
		{name: "gochecknoinits", analyzers: one(initsAnalyzer)},
		{name: "gosec", analyzers: one(gosecAnalyzer), except: inTests},
		{name: "govet", analyzers: vet},
		{name: "ineffassign", analyzers: one(ineffassign.Analyzer)},
		{name: "interfacebloat", analyzers: one(set(interfacebloat.New(), "max", maxMethods))},
		{name: "misspell", analyzers: one(misspellAnalyzer)},
		{name: "modernize", analyzers: without(modernize.Suite, "stringsbuilder")}, // joining a few short texts reads best with +
		{name: "nilerr", analyzers: one(nilerr.Analyzer)},
		{name: "noctx", analyzers: one(noctx.Analyzer), except: inTests},
		{name: "revive", analyzers: one(reviveAnalyzer)},
		{name: "rowserrcheck", analyzers: one(rowserr.NewAnalyzer())},
		{name: "sqlclosecheck", analyzers: one(sqlclosecheck.NewDeferOnlyAnalyzer())},
		{name: "staticcheck", analyzers: static()},
		{name: "unconvert", analyzers: one(unconvertAnalyzer)},
		{name: "unparam", analyzers: one(unparamAnalyzer), except: inTests},
		{name: "unused", analyzers: one(unusedAnalyzer)},
		{name: "usetesting", analyzers: one(set(usetesting.NewAnalyzer(), "ossetenv", true))},
	}
}

// inTests is about tests and what helps them: they hold tables and scenarios, which may be long, and throw-away files and processes. Their
// helpers close bodies for them, and have parameters that say what a test is about even where all tests agree.
func inTests(file, _ string) bool { return isTest(file) || inTestPackage(file) }

func inTestPackage(file string) bool {
	parts := strings.Split(file, "/")
	return len(parts) > 1 && strings.HasSuffix(parts[len(parts)-2], "test")
}

func isTest(file string) bool { return strings.HasSuffix(file, "_test.go") }

// closingInTests is about tests that close something: they have read what they wanted.
func closingInTests(file, message string) bool {
	return isTest(file) && strings.Contains(message, "Close")
}

// vet is what go vet finds by itself, and where a function should be inlined.
var vet = []*analysis.Analyzer{
	appends.Analyzer, asmdecl.Analyzer, assign.Analyzer, atomic.Analyzer, bools.Analyzer, buildtag.Analyzer, cgocall.Analyzer, composite.Analyzer,
	copylock.Analyzer, defers.Analyzer, directive.Analyzer, errorsas.Analyzer, framepointer.Analyzer, hostport.Analyzer, httpresponse.Analyzer,
	ifaceassert.Analyzer, inline.Analyzer, loopclosure.Analyzer, lostcancel.Analyzer, nilfunc.Analyzer, printf.Analyzer, shift.Analyzer,
	sigchanyzer.Analyzer, slog.Analyzer, stdmethods.Analyzer, stdversion.Analyzer, stringintconv.Analyzer, structtag.Analyzer,
	testinggoroutine.Analyzer, tests.Analyzer, timeformat.Analyzer, unmarshal.Analyzer, unreachable.Analyzer, unsafeptr.Analyzer,
	unusedresult.Analyzer, waitgroup.Analyzer,
}

// static are the checks of staticcheck, but for those of names and comments: they are revive's task.
func static() []*analysis.Analyzer {
	var out []*analysis.Analyzer
	for _, list := range [][]*lint.Analyzer{staticcheck.Analyzers, simple.Analyzers, stylecheck.Analyzers, quickfix.Analyzers} {
		for _, a := range list {
			out = append(out, a.Analyzer)
		}
	}
	return without(out, "ST1000", "ST1003", "ST1016", "ST1020", "ST1021", "ST1022")
}

func one(a *analysis.Analyzer) []*analysis.Analyzer { return []*analysis.Analyzer{a} }

func without(list []*analysis.Analyzer, names ...string) []*analysis.Analyzer {
	return slices.DeleteFunc(slices.Clone(list), func(a *analysis.Analyzer) bool { return slices.Contains(names, a.Name) })
}

// set returns the analyzer with a flag set.
func set(a *analysis.Analyzer, flag string, value any) *analysis.Analyzer {
	if err := a.Flags.Set(flag, fmt.Sprint(value)); err != nil {
		panic(err)
	}
	return a
}
