// Package report holds what a benchmark found and prints it, as a table for people and as JSON for machines.
package report

import (
	"math"
	"time"

	"github.com/openloop-server/openloop/bench/internal/stats"
)

// Names of the targets.
const (
	Direct   = "direct"   // the client calls the upstream
	Proxy    = "proxy"    // through httputil.ReverseProxy
	Openloop = "openloop" // through the server under test
	Gateway  = "gateway"  // through another gateway, in OpenAI's format
)

// Report is one run of the benchmark.
type Report struct {
	Started  time.Time `json:"started"`
	Machine  Machine   `json:"machine"`
	Settings Settings  `json:"settings"`
	Cases    []Case    `json:"cases"`
}

// Machine says what a run was measured on. It names no host.
type Machine struct {
	System    string `json:"system"` // GOOS/GOARCH
	Processor string `json:"processor,omitzero"`
	Cores     int    `json:"cores"`
	Go        string `json:"go"`
}

// Settings says how a run was made.
type Settings struct {
	Rounds   int      `json:"rounds"`
	Seconds  float64  `json:"seconds"` // of one run of one target
	Targets  []string `json:"targets"`
	Database string   `json:"database"` // of the server under test
	Env      []string `json:"env"`      // given to it beside the usual, as KEY=value
}

// Case is what was found in one situation.
type Case struct {
	Name    string `json:"name"`
	Title   string `json:"title"`
	Rows    []Row  `json:"rows"`
	Failure string `json:"failure,omitzero"` // why the rows are missing
}

// Metric says what a row of figures means.
type Metric struct {
	Name   string `json:"name"`
	Unit   string `json:"unit,omitzero"`
	Digits int    `json:"-"` // after the decimal point, in the table
	// Compare asks for the ratio of the server under test to the proxy.
	Compare bool `json:"-"`
	Aim     Aim  `json:"-"`
}

// Aim is a wish for the server under test. The zero Aim wishes nothing.
type Aim struct {
	Ratio   bool    // about the ratio to the proxy, not the figure itself
	AtLeast float64 // 0: no such bound
	AtMost  float64 // 0: no such bound
}

// Row is one metric in one case: by target, the figure of each round and their median. A target without the figure is absent.
type Row struct {
	Metric
	Median map[string]float64   `json:"median"`
	Rounds map[string][]float64 `json:"rounds"`
	// Ratio is the median, over the rounds, of the server under test to the proxy in the same round.
	Ratio   *float64 `json:"ratio,omitzero"`
	Verdict *Verdict `json:"verdict,omitzero"`
}

// Verdict compares a row with its aim.
type Verdict struct {
	Aim string `json:"aim"`
	Met bool   `json:"met"`
}

// NewRow sums up the rounds of one metric. Rounds of one target are in the order in which they were run.
func NewRow(metric Metric, rounds map[string][]float64) Row {
	row := Row{Metric: metric, Median: map[string]float64{}, Rounds: rounds}
	for target, figures := range rounds {
		row.Median[target] = stats.Median(figures)
	}
	if metric.Compare {
		row.Ratio = ratio(rounds[Openloop], rounds[Proxy])
	}
	row.Verdict = row.judge()
	return row
}

// ratio divides round by round, so that what slowed the machine down during one round slowed down both sides, and takes the median.
func ratio(ours, theirs []float64) *float64 {
	var each []float64
	for i := range min(len(ours), len(theirs)) {
		if theirs[i] != 0 {
			each = append(each, ours[i]/theirs[i])
		}
	}
	if len(each) == 0 {
		return nil
	}
	return new(stats.Median(each))
}

// judge compares the row with its aim; nil when it has none or no figure.
func (r Row) judge() *Verdict {
	figure, known := r.Median[Openloop]
	if r.Aim.Ratio {
		if known = r.Ratio != nil; known {
			figure = *r.Ratio
		}
	}
	if r.Aim == (Aim{}) || !known || math.IsNaN(figure) {
		return nil
	}
	met := (r.Aim.AtLeast == 0 || figure >= r.Aim.AtLeast) && (r.Aim.AtMost == 0 || figure <= r.Aim.AtMost)
	return &Verdict{Aim: r.Aim.String(), Met: met}
}
