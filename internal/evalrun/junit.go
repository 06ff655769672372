package evalrun

import (
	"encoding/xml"
	"fmt"
	"strings"

	"github.com/openloop-server/openloop/internal/judgment"
)

type testSuite struct {
	XMLName  xml.Name   `xml:"testsuite"`
	Name     string     `xml:"name,attr"`
	Tests    int        `xml:"tests,attr"`
	Failures int        `xml:"failures,attr"`
	Errors   int        `xml:"errors,attr"`
	Skipped  int        `xml:"skipped,attr"`
	Cases    []testCase `xml:"testcase"`
}

type testCase struct {
	Name    string   `xml:"name,attr"`
	Class   string   `xml:"classname,attr"`
	Failure *message `xml:"failure"`
	Error   *message `xml:"error"`
	Skipped *message `xml:"skipped"`
}

type message struct {
	Text string `xml:"message,attr"`
}

// JUnit writes the outcome as a test suite: a test case for each Evaluator, and one for each regression. A regression is a failure if its Evaluator
// says that the version is worse, and otherwise skipped, so that a run that passed has no failures.
func (o *Outcome) JUnit(name string) ([]byte, error) {
	suite := testSuite{Name: name}
	worse, paths := map[string]bool{}, map[string]string{}
	for _, c := range o.Checks {
		test := testCase{Name: c.Path, Class: name}
		worse[c.VersionID], paths[c.VersionID] = c.Compared == judgment.Worse, c.Path
		if reasons := (&Outcome{Checks: []Checked{c}}).shortcomings(); len(reasons) > 0 {
			test.Failure = &message{strings.Join(reasons, "; ")}
		}
		suite.add(test)
	}
	for _, r := range o.Comparison.Regressions {
		path, asked := paths[r.VersionID]
		if !asked {
			continue
		}
		text := fmt.Sprintf("%s was %s in Log %s, and is %s in Log %s", path, short(r.BaseScore), r.BaseLogID, short(r.Score), r.LogID)
		test := testCase{Name: r.DatapointID, Class: name + "." + path}
		if worse[r.VersionID] {
			test.Failure = &message{text}
		} else {
			test.Skipped = &message{text}
		}
		suite.add(test)
	}
	if o.Verdict == Nothing {
		suite.add(testCase{Name: "evaluation", Class: name, Error: &message{strings.Join(o.Reasons, "; ")}})
	}
	raw, err := xml.MarshalIndent(suite, "", "  ")
	return append([]byte(xml.Header), append(raw, '\n')...), err
}

func (s *testSuite) add(c testCase) {
	s.Tests++
	switch {
	case c.Failure != nil:
		s.Failures++
	case c.Error != nil:
		s.Errors++
	case c.Skipped != nil:
		s.Skipped++
	}
	s.Cases = append(s.Cases, c)
}
