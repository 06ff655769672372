package main

import (
	"go/ast"
	"go/token"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"sync"

	"golang.org/x/tools/go/analysis"
)

// comment is //nolint:linter,linter // why. It holds back what the linters find on its line; alone on a line, in what begins below it.
type comment struct {
	pos      token.Pos
	file     string
	from, to int // lines
	linters  []string

	mu   sync.Mutex
	used []string // linters that it has held back
}

// written is what a comment must look like: it names linters, and says why.
var written = regexp.MustCompile(`^//nolint:([a-z0-9]+(?:,[a-z0-9]+)*) // ?\S`)

// suppressions is what a package holds back.
type suppressions struct {
	comments  []*comment
	generated map[string]bool // files
	malformed []token.Pos     // of comments
}

// suppressionsAnalyzer reads the comments of a package. It reports nothing.
var suppressionsAnalyzer = &analysis.Analyzer{
	Name:       "suppressions",
	Doc:        "read the //nolint comments",
	ResultType: reflect.TypeFor[*suppressions](),
	Run: func(pass *analysis.Pass) (any, error) {
		s := &suppressions{generated: map[string]bool{}}
		for _, f := range pass.Files {
			s.generated[pass.Fset.Position(f.FileStart).Filename] = ast.IsGenerated(f)
			s.read(pass.Fset, f)
		}
		return s, nil
	},
}

func (s *suppressions) read(fset *token.FileSet, f *ast.File) {
	var here []*comment
	for _, group := range f.Comments {
		for _, c := range group.List {
			if !strings.HasPrefix(strings.TrimLeft(c.Text, "/ "), "nolint") {
				continue
			}
			match := written.FindStringSubmatch(c.Text)
			if match == nil {
				s.malformed = append(s.malformed, c.Pos())
				continue
			}
			at := fset.Position(c.Pos())
			here = append(here, &comment{pos: c.Pos(), file: at.Filename, from: at.Line, to: at.Line, linters: strings.Split(match[1], ",")})
		}
	}
	if len(here) == 0 {
		return
	}
	for node := range ast.Preorder(f) {
		begins := fset.Position(node.Pos())
		for _, c := range here {
			if begins.Line == c.from+1 && begins.Column == fset.Position(c.pos).Column {
				c.to = max(c.to, fset.Position(node.End()).Line)
			}
		}
	}
	s.comments = append(s.comments, here...)
}

// hold reports whether a finding of a linter is held back.
func (s *suppressions) hold(linter string, at token.Position) bool {
	if s.generated[at.Filename] {
		return true
	}
	for _, d := range s.comments {
		if d.file == at.Filename && d.from <= at.Line && at.Line <= d.to && slices.Contains(d.linters, linter) {
			d.mu.Lock()
			d.used = append(d.used, linter)
			d.mu.Unlock()
			return true
		}
	}
	return false
}

// guard has an analyzer report only what nothing holds back, with the name of its linter.
func (l linter) guard(a *analysis.Analyzer) {
	run := a.Run
	a.Requires = append(slices.Clone(a.Requires), suppressionsAnalyzer)
	a.Run = func(pass *analysis.Pass) (any, error) {
		held := pass.ResultOf[suppressionsAnalyzer].(*suppressions)
		guarded := *pass
		guarded.Report = func(d analysis.Diagnostic) {
			at := pass.Fset.Position(d.Pos)
			if l.except != nil && l.except(at.Filename, d.Message) || held.hold(l.name, at) {
				return
			}
			d.Message += " (" + l.name + ")"
			pass.Report(d)
		}
		return run(&guarded)
	}
}

// nolintlint finds comments that do not say what or why, and those that hold nothing back. It comes after all the linters.
func nolintlint(list []linter) *analysis.Analyzer {
	a := &analysis.Analyzer{Name: "nolintlint", Doc: "check the //nolint comments", Requires: []*analysis.Analyzer{suppressionsAnalyzer}}
	var names []string
	for _, l := range list {
		names = append(names, l.name)
		a.Requires = append(a.Requires, l.analyzers...)
	}
	a.Run = func(pass *analysis.Pass) (any, error) {
		s := pass.ResultOf[suppressionsAnalyzer].(*suppressions)
		for _, pos := range s.malformed {
			pass.Reportf(pos, "write //nolint:linter // why (nolintlint)")
		}
		for _, d := range s.comments {
			for _, name := range d.linters {
				switch {
				case !slices.Contains(names, name):
					pass.Reportf(d.pos, "there is no linter %s (nolintlint)", name)
				case !slices.Contains(d.used, name):
					pass.Reportf(d.pos, "%s finds nothing here (nolintlint)", name)
				}
			}
		}
		return nil, nil
	}
	return a
}
