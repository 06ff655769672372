package judgment

import (
	"cmp"
	"slices"

	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/judgment/inference"
)

// Verdict is what the judgments of one Evaluator say of a Run beside another.
type Verdict string

// The verdicts, as the API names them.
const (
	Better            Verdict = "better"
	Worse             Verdict = "worse"
	NoClearDifference Verdict = "no_clear_difference"
	NoVerdict         Verdict = "none" // the Evaluator does not say what is better, or has judged too little of both
)

// leastPoints is how many datapoints both Runs must have for a verdict.
const leastPoints = 5

// Subject is an Evaluator with its judgments of two Runs.
type Subject struct {
	VersionID, Path string
	Content         *file.Evaluator
	Base, Run       []Mark
}

// Difference is how an Evaluator judged a Run beside another, datapoint by datapoint. Only datapoints count that it judged in both.
type Difference struct {
	VersionID, Path string
	Valence         Valence
	N               int // datapoints

	Paired     *inference.Paired // nil without a finite result of at least two
	Adjusted   *float64          // p as corrected for the number of Evaluators with a verdict; nil without a verdict
	Detectable *float64          // the true difference that would show in 80 % of cases; nil without a verdict, or if nothing can be said

	Improved, Same, Regressed int // datapoints; those with a higher score are improved if the valence is neutral
	Verdict                   Verdict

	numbers bool // compared by Student's test
}

// Regression is a datapoint whose Log was judged worse than that of the other Run.
type Regression struct {
	VersionID        string // of the Evaluator
	Datapoint        int64
	BaseLog, Log     int64 // of several the first
	BaseScore, Score float64
}

// maxRegressions is how many a comparison tells.
const maxRegressions = 100

// Comparison is how all Evaluators judged a Run beside another.
type Comparison struct {
	Differences []Difference // in the order of the subjects
	Regressions []Regression // the worst of each Evaluator, then the second worst of each, and so on
}

// Compare compares a Run with another by the Evaluators of both. The error of all verdicts together is held by Holm's correction.
func Compare(subjects []Subject) *Comparison {
	c := &Comparison{Differences: make([]Difference, len(subjects))}
	regressions := make([][]Regression, len(subjects))
	for i := range subjects {
		c.Differences[i], regressions[i] = subjects[i].compare()
	}
	decide(c.Differences)
	for rank := range maxRegressions {
		for _, list := range regressions {
			if rank < len(list) && len(c.Regressions) < maxRegressions {
				c.Regressions = append(c.Regressions, list[rank])
			}
		}
	}
	return c
}

// compare makes everything of a Difference but the verdict, and finds the regressions, worst first.
func (s *Subject) compare() (Difference, []Regression) {
	scale := scaleOf(s.Content)
	d := Difference{VersionID: s.VersionID, Path: s.Path, Valence: scale.valence, Verdict: NoVerdict}
	pairs := pairsOf(scale.clusters(s.Base), scale.clusters(s.Run))
	d.N = len(pairs)
	sign := cmp.Or(scale.valence.sign(), 1)
	differences, up, down, whole := make([]float64, len(pairs)), 0, 0, true
	var regressions []Regression
	for i := range pairs {
		p := &pairs[i]
		change := p.run.mean() - p.base.mean()
		differences[i] = change
		whole = whole && isShare(p.base.mean()) && isShare(p.run.mean())
		switch {
		case change > 0:
			up++
		case change < 0:
			down++
		}
		if sign*change < 0 && scale.valence != Neutral {
			regressions = append(regressions, Regression{s.VersionID, p.run.datapoint, p.base.log, p.run.log, p.base.mean(), p.run.mean()})
		}
	}
	d.Improved, d.Regressed, d.Same = up, down, d.N-up-down
	if sign < 0 {
		d.Improved, d.Regressed = down, up
	}
	d.numbers = !scale.shares() || !whole
	d.Paired = d.paired(differences, up, down)
	slices.SortFunc(regressions, func(a, b Regression) int {
		return cmp.Or(cmp.Compare(sign*(a.Score-a.BaseScore), sign*(b.Score-b.BaseScore)), cmp.Compare(a.Datapoint, b.Datapoint))
	})
	return d, regressions[:min(len(regressions), maxRegressions)]
}

// isShare reports whether the mean of a datapoint's Logs is that of each of them.
func isShare(mean float64) bool { return mean == 0 || mean == 1 }

func (d *Difference) paired(differences []float64, up, down int) *inference.Paired {
	if d.numbers {
		if p, ok := inference.PairedNumbers(differences); ok {
			return &p
		}
		return nil
	}
	if d.N < 2 {
		return nil
	}
	return new(inference.PairedShares(up, down, d.N))
}

// pair is a datapoint that was judged in both Runs.
type pair struct{ base, run cluster }

func pairsOf(base, run []cluster) []pair {
	at := make(map[int64]int, len(base))
	for i := range base {
		at[base[i].datapoint] = i
	}
	pairs := make([]pair, 0, len(run))
	for i := range run {
		if place, ok := at[run[i].datapoint]; ok && run[i].datapoint != 0 {
			pairs = append(pairs, pair{base[place], run[i]})
		}
	}
	return pairs
}

// decide gives verdicts to those that can have one.
func decide(list []Difference) {
	var with []*Difference
	var p []float64
	for i := range list {
		if d := &list[i]; d.Paired != nil && d.N >= leastPoints && d.Valence != Neutral {
			with, p = append(with, d), append(p, d.Paired.P)
		}
	}
	clear := 0
	for i, adjusted := range inference.Holm(p) {
		d := with[i]
		d.Adjusted, d.Verdict = new(adjusted), NoClearDifference
		if adjusted > inference.Alpha {
			continue
		}
		clear++
		d.Verdict = Better
		if d.Paired.Difference*d.Valence.sign() < 0 {
			d.Verdict = Worse
		}
	}
	for _, d := range with {
		left := len(with) - clear // tests that the smallest p of the unclear ones had to pass
		if detectable := d.Paired.Detectable(inference.Alpha/float64(max(left, 1)), d.numbers); detectable > 0 && inference.Finite(detectable) {
			d.Detectable = &detectable
		}
	}
}
