package judgment

import (
	"math"
	"strings"

	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/judgment/inference"
)

// Valence says whether a higher score is better.
type Valence string

// The valences, as the API names them.
const (
	Positive Valence = "positive" // higher is better
	Negative Valence = "negative" // lower is better
	Neutral  Valence = "neutral"  // neither
)

// sign is 1 when higher is better, -1 when lower is, and otherwise 0.
func (v Valence) sign() float64 {
	switch v {
	case Positive:
		return 1
	case Negative:
		return -1
	case Neutral:
	}
	return 0
}

// scale turns the judgments of an Evaluator into scores: numbers are their own, booleans 1 and 0. A choice is 1 if an option of it is positive and
// none negative, else 0; without positive options it has no score. Texts have none.
type scale struct {
	returns   file.ReturnType
	valence   Valence
	valenceOf map[string]Valence // of options, if any is positive
}

func scaleOf(e *file.Evaluator) scale {
	s := scale{returns: e.ReturnType, valence: Neutral}
	switch e.ReturnType {
	case file.ReturnsNumber:
		if v := Valence(e.NumberValence); v != "" {
			s.valence = v
		}
	case file.ReturnsBoolean:
		s.valence = valenceOfTrue(e.Options)
	case file.ReturnsSelect, file.ReturnsMultiSelect:
		of := map[string]Valence{}
		for _, o := range e.Options {
			of[o.Name] = Valence(o.Valence)
			if of[o.Name] == Positive {
				s.valence, s.valenceOf = Positive, of
			}
		}
	case file.ReturnsText:
	}
	return s
}

// ValenceOf returns whether higher scores of an Evaluator are better.
func ValenceOf(e *file.Evaluator) Valence {
	s := scaleOf(e)
	return s.valence
}

// valenceOfTrue is positive, unless the options of a boolean say that true is negative or false positive.
func valenceOfTrue(options []file.Option) Valence {
	for _, o := range options {
		isTrue := strings.EqualFold(o.Name, "true") || strings.EqualFold(o.Name, "yes")
		isFalse := strings.EqualFold(o.Name, "false") || strings.EqualFold(o.Name, "no")
		if isTrue && Valence(o.Valence) == Negative || isFalse && Valence(o.Valence) == Positive {
			return Negative
		}
	}
	return Positive
}

// shares reports whether scores are 1 and 0.
func (s *scale) shares() bool { return s.returns != file.ReturnsNumber }

// score is the score of a judgment. ok is false for abstentions, failures, and what is no judgment of this scale.
func (s *scale) score(j *Judgment) (score float64, ok bool) {
	switch {
	case s.returns == file.ReturnsNumber && j.Outcome == Number:
		return j.Number, true
	case s.returns == file.ReturnsBoolean && j.Outcome == True:
		return 1, true
	case s.returns == file.ReturnsBoolean && j.Outcome == False:
		return 0, true
	case s.valenceOf != nil && j.Outcome == Chosen:
		return s.positive(readChoice(j.Choice)), true
	default:
		return 0, false
	}
}

func (s *scale) positive(options []string) float64 {
	score := 0.0
	for _, name := range options {
		switch s.valenceOf[name] {
		case Positive:
			score = 1
		case Negative:
			return 0
		case Neutral:
		}
	}
	return score
}

// Estimate is the mean of the scores that an Evaluator gave, and how certain it is. The scores of several Logs of one datapoint count as one,
// their mean.
type Estimate struct {
	Mean          float64
	N             int                 // datapoints; a Log that has none counts as one
	StandardError *float64            // nil for fewer than two numbers
	Interval      *inference.Interval // at 95 %, likewise
}

// estimate estimates from the means of datapoints, which come from so many Logs. It is nil without any, or without a finite mean.
func (s *scale) estimate(means []float64, logs int) *Estimate {
	sample := inference.Describe(means)
	if sample.N == 0 || !inference.Finite(sample.Mean) {
		return nil
	}
	e := &Estimate{Mean: sample.Mean, N: sample.N}
	if s.shares() {
		size := effective(sample, logs)
		e.StandardError, e.Interval = new(math.Sqrt(e.Mean*(1-e.Mean)/size)), new(inference.Wilson(e.Mean, size))
		return e
	}
	if sample.N < 2 || !inference.Finite(sample.Variance) {
		return e
	}
	standardError := sample.StandardError()
	e.StandardError, e.Interval = &standardError, new(inference.Student(e.Mean, standardError, e.N))
	return e
}

// effective is the number of independent Logs that would tell a share as exactly as these: the number of datapoints if their Logs always agree,
// and up to that of Logs if they do not.
func effective(s inference.Sample, logs int) float64 {
	population := s.Variance * float64(s.N-1) / float64(s.N)
	if population == 0 {
		return float64(s.N)
	}
	return min(float64(logs), max(float64(s.N), float64(s.N)*s.Mean*(1-s.Mean)/population))
}
