package judgment

import (
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/judgment/inference"
)

// Judge is an Evaluator with its judgments of a Run.
type Judge struct {
	VersionID, Path string
	Content         *file.Evaluator
	Marks           []Mark
}

// Agreement is how far an Evaluator agrees with people, on the Logs that both have judged.
type Agreement struct {
	People, Judge         string // versions of the Evaluators
	PeoplePath, JudgePath string
	N, Agreed             int      // Logs
	Kappa                 *float64 // Cohen's; nil for numbers, and when both always said the same
	Correlation           *float64 // Pearson's, of numbers; nil when one of both does not vary
}

// Agreements compares each Evaluator that people answer with each other one of the same return type. Texts are not compared, nor are
// Evaluators that have no Log in common.
func Agreements(judges []Judge) []Agreement {
	var out []Agreement
	for i := range judges {
		people := &judges[i]
		if people.Content.Type != file.HumanEvaluator || people.Content.ReturnType == file.ReturnsText {
			continue
		}
		of := byLog(people.Marks)
		for k := range judges {
			judge := &judges[k]
			if judge.Content.Type == file.HumanEvaluator || judge.Content.ReturnType != people.Content.ReturnType {
				continue
			}
			if a := agreement(people.Content.ReturnType, of, judge.Marks); a.N > 0 {
				a.People, a.PeoplePath, a.Judge, a.JudgePath = people.VersionID, people.Path, judge.VersionID, judge.Path
				out = append(out, a)
			}
		}
	}
	return out
}

func byLog(marks []Mark) map[int64]*Judgment {
	of := make(map[int64]*Judgment, len(marks))
	for i := range marks {
		of[marks[i].Log] = &marks[i].Judgment
	}
	return of
}

func agreement(returns file.ReturnType, people map[int64]*Judgment, marks []Mark) Agreement {
	var a Agreement
	var pairs [][2]Judgment
	for i := range marks {
		person, ok := people[marks[i].Log]
		if !ok || !person.says(returns) || !marks[i].says(returns) {
			continue
		}
		pairs = append(pairs, [2]Judgment{*person, marks[i].Judgment})
		if *person == marks[i].Judgment {
			a.Agreed++
		}
	}
	a.N = len(pairs)
	if returns == file.ReturnsNumber {
		if r, ok := inference.Pearson(numbersOf(pairs)); ok {
			a.Correlation = &r
		}
		return a
	}
	if kappa, ok := inference.Kappa(pairs); ok {
		a.Kappa = &kappa
	}
	return a
}

// says reports whether it is a judgment of the return type, neither an abstention nor a failure.
func (j *Judgment) says(returns file.ReturnType) bool {
	switch returns {
	case file.ReturnsNumber:
		return j.Outcome == Number
	case file.ReturnsBoolean:
		return j.Outcome == True || j.Outcome == False
	case file.ReturnsSelect, file.ReturnsMultiSelect, file.ReturnsText:
	}
	return j.Outcome == Chosen
}

func numbersOf(pairs [][2]Judgment) [][2]float64 {
	out := make([][2]float64, len(pairs))
	for i, p := range pairs {
		out[i] = [2]float64{p[0].Number, p[1].Number}
	}
	return out
}
