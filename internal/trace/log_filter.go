package trace

import (
	"math"
	"time"

	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/json"
)

// Filter selects Logs. Zero fields select everything. Fields are joined by AND, and the members of a list by OR.
type Filter struct {
	Kind           file.Kind
	FileID         string
	FileExists     bool // FileID has to be that of a File which was not deleted
	VersionID      string
	IDContains     []string // any of these, anywhere in the id
	Search         string   // in inputs and output, without regard to case
	MetadataSearch string   // in metadata, without regard to case
	From, To       time.Time
	InTrace        []bool // true: Logs inside a trace; false: outside; both or none: all
	Sample         int    // about so many Logs, picked at random
	ErrorReason    string // Logs that failed for this reason; "*" for any
	Judged         []Judged
	Newest         bool // newest first; otherwise oldest first
	Page           Page
}

// Judged selects Logs by the latest judgment of an Evaluator: of all its versions. A Log that it did not judge, abstained from or failed at is not
// selected.
type Judged struct {
	EvaluatorID string
	Is          Operator
	Judgment    json.Value // a boolean, number or text, or a list of texts; a text also matches a list that holds it
}

// Operator compares a judgment with another. Less and More are for numbers.
type Operator string

// The operators, as the API names them.
const (
	Equal   Operator = "="
	Unequal Operator = "!="
	Less    Operator = "<"
	AtMost  Operator = "<="
	More    Operator = ">"
	AtLeast Operator = ">="
)

// Page selects the Number-th page, counted from 1, with Size records on each. A Size of 0 selects no records.
type Page struct {
	Number int
	Size   int
}

// Offset returns the number of records before the page. If it overflows, it is the largest number.
func (p Page) Offset() int {
	before := max(p.Number-1, 0)
	if p.Size > 0 && before > math.MaxInt/p.Size {
		return math.MaxInt
	}
	return before * p.Size
}
