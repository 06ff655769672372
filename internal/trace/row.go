package trace

import (
	"slices"
	"time"

	"github.com/openloop-server/openloop/internal/json"
)

// Row is a Log as a list across Files shows it. Its Log has no Payload.
type Row struct {
	*Log
	Path        string // of the File
	VersionName string // "" for none
	Differs     bool   // another version than this one is deployed in the default environment
	Input       string // the beginning of the last message of the user, or of the inputs
	Output      string // its beginning
	KeyName     string // of the API key CreatedBy; "" if it is not known
	Children    int    // number of Logs directly below
	Judgments   []RowJudgment
}

// RowJudgment is the latest judgment of an Evaluator.
type RowJudgment struct {
	EvaluatorID string
	Path        string     // of the Evaluator
	Judgment    json.Value // nil if the Evaluator failed, or if the judgment is a long text
	Failed      bool
}

// RowFilter selects Logs of all Files. Zero fields select everything. Fields are joined by AND.
type RowFilter struct {
	Paths    Choice // each a File, or a directory with all that is below it
	FileIDs  Choice
	Versions Choice // ids
	Kinds    Choice
	Facts    map[Fact]Choice
	Amounts  map[Amount][]Range // each must hold
	Metadata []Member           // each must hold
	Judged   []JudgedAs         // each must hold
	Search   string             // in inputs and output, without regard to case
	InTrace  *bool
	From, To time.Time // of creation, both ends included
}

// Choice is a condition on a text. The zero Choice is none.
type Choice struct {
	Any  []string // it is one of these; none means any text
	None []string // it is none of these
}

// Set reports whether c is a condition.
func (c Choice) Set() bool { return len(c.Any)+len(c.None) > 0 }

// Holds reports whether text is as c wants it. Of Any, "*" is any text but "".
func (c Choice) Holds(text string) bool {
	if slices.Contains(c.None, text) {
		return false
	}
	return len(c.Any) == 0 || slices.Contains(c.Any, text) || text != "" && slices.Contains(c.Any, "*")
}

// Member is a condition on a member of metadata, compared as text: a string by its characters, anything else by its JSON.
type Member struct {
	Key, Value string
	Not        bool
}

// JudgedAs is [Judged] by the path of the Evaluator.
type JudgedAs struct {
	Path     string
	Is       Operator
	Judgment json.Value
}

// Range is a condition on a number. A number that is not known is in no range.
type Range struct {
	From, To     *float64 // nil for open
	Above, Below bool     // From, To themselves do not count
}

// Holds reports whether v is in r.
func (r *Range) Holds(v float64) bool {
	if r.From != nil && (v < *r.From || r.Above && v == *r.From) {
		return false
	}
	return r.To == nil || v < *r.To || !r.Below && v == *r.To
}

// Fact is a text of a Log that lists can be narrowed by. The numbers are stored.
type Fact int

// The facts.
const (
	FactProvider Fact = iota
	FactModel
	FactEnvironment // the environment whose deployment was used, else the label
	FactStatus      // of [RowStatus]
	FactOrigin      // who raised the failure
	FactFault       // whose failure it is: caller, provider or server
	FactReason      // of the failure
	FactFinish
	FactUser
	FactSource
	FactKey     // id of the API key
	FactRun     // id of the Run
	FactRequest // id of the request
	Facts
)

// Amount is a number of a Log that lists can be narrowed and ordered by. The numbers are stored.
type Amount int

// The amounts.
const (
	Latency Amount = iota // seconds
	Cost                  // US dollars, of prompt and output
	Tokens                // of prompt and output
	Amounts
)

// RowStatus is what became of a Log.
type RowStatus string

// The states of rows.
const (
	RowOK         RowStatus = "ok"
	RowFailed     RowStatus = "failed"
	RowIncomplete RowStatus = "incomplete"
)

// RowStatus says what became of l.
func (l *Log) RowStatus() RowStatus {
	switch {
	case l.Error != nil || l.Detail != nil:
		return RowFailed
	case l.Status == Incomplete:
		return RowIncomplete
	default:
		return RowOK
	}
}

// RowOrder is the order of a list of rows.
type RowOrder string

// The orders. Those by an amount begin with the greatest; Logs without it come last.
const (
	NewestFirst RowOrder = "newest"
	OldestFirst RowOrder = "oldest"
	ByCost      RowOrder = "cost"
	ByLatency   RowOrder = "latency"
	ByTokens    RowOrder = "tokens"
)

// RowKey is the place of a Log in a list: a list can begin after it or end before it, whatever is added meanwhile.
type RowKey struct {
	Amount  *float64 // of a list by an amount; nil if it is not known
	Created int64    // microseconds
	Seq     int64
}

// RowList asks for a part of a list of rows.
type RowList struct {
	Filter RowFilter
	Order  RowOrder
	Size   int
	After  *RowKey       // begin after this Log
	Before *RowKey       // end before this Log
	Budget time.Duration // how long to look into Logs at most; 0 for ever
}

// RowPage is an answer to RowList.
type RowPage struct {
	Rows       []Row
	First      *RowKey // of the first row; nil if nothing comes before it
	Last       *RowKey // of the last row looked at; nil if nothing comes after it
	Total      int
	TotalExact bool // otherwise Total is a lower bound
	LookedInto int  // Logs that were decided; less than Of if the search was not followed to its end
	Of         int  // Logs to decide
}

// Field is what Logs can be counted by, as the API names it.
type Field string

// The fields that are no facts: what a Log is of.
const (
	FieldType    Field = "type"
	FieldPath    Field = "path" // of the File
	FieldFile    Field = "file_id"
	FieldVersion Field = "version_id"
)

// factFields are the fields that are facts.
var factFields = map[Field]Fact{
	"provider": FactProvider, "model": FactModel, "environment": FactEnvironment, "status": FactStatus, "origin": FactOrigin, "fault": FactFault,
	"error_reason": FactReason, "finish_reason": FactFinish, "user": FactUser, "source": FactSource, "api_key": FactKey, "run_id": FactRun,
}

// Fact returns the fact that f is, and false if it is none.
func (f Field) Fact() (Fact, bool) {
	fact, ok := factFields[f]
	return fact, ok
}

// FacetValue is a value of a field with the number of its Logs.
type FacetValue struct {
	Value string
	Label string // for an id: what people call it
	Count int
}

// Facets are the most frequent values of a field.
type Facets struct {
	Values     []FacetValue
	More       bool // there are more values
	Exact      bool // otherwise the counts are lower bounds
	LookedInto int
	Of         int
}

// FacetList asks for the values of a field.
type FacetList struct {
	Filter RowFilter
	Field  Field
	Prefix string // of a value or its label, without regard to case
	Limit  int
	Budget time.Duration // how long to look into Logs at most; 0 for ever
}
