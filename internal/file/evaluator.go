package file

import "github.com/openloop-server/openloop/internal/json"

// Evaluator is the content of an Evaluator's version: how it judges a Log, and which judgments it may give.
type Evaluator struct {
	Type          EvaluatorType `json:"evaluator_type"`
	ArgumentsType string        `json:"arguments_type"` // "target_free" or "target_required"
	ReturnType    ReturnType    `json:"return_type"`
	Attributes    json.Value    `json:"attributes,omitzero"` // an object
	Options       []Option      `json:"options,omitempty"`   // of boolean, select and multi_select
	NumberLimits  *NumberLimits `json:"number_limits,omitzero"`
	NumberValence string        `json:"number_valence,omitempty"`
	Prompt        *Prompt       `json:"prompt,omitzero"`        // of llm
	Code          string        `json:"code,omitempty"`         // of python
	Instructions  string        `json:"instructions,omitempty"` // of human
}

// EvaluatorType says who or what judges.
type EvaluatorType string

// The types of Evaluators, as the API names them.
const (
	LLMEvaluator      EvaluatorType = "llm"
	PythonEvaluator   EvaluatorType = "python"
	HumanEvaluator    EvaluatorType = "human"
	ExternalEvaluator EvaluatorType = "external" // the client judges, and logs the judgment
)

// ReturnType is the type of a judgment.
type ReturnType string

// The types of judgments, as the API names them.
const (
	ReturnsBoolean     ReturnType = "boolean"
	ReturnsNumber      ReturnType = "number"
	ReturnsSelect      ReturnType = "select"       // the name of an option
	ReturnsMultiSelect ReturnType = "multi_select" // the names of options
	ReturnsText        ReturnType = "text"
)

// Option is a possible judgment. Valence is "positive", "negative" or "neutral", which is the default.
type Option struct {
	Name    string `json:"name"`
	Valence string `json:"valence,omitempty"`
}

// NumberLimits bound a judgment that is a number.
type NumberLimits struct {
	Min  *float64 `json:"min,omitzero"`
	Max  *float64 `json:"max,omitzero"`
	Step *float64 `json:"step,omitzero"`
}

// Kind implements [Content].
func (e *Evaluator) Kind() Kind { return EvaluatorKind }

// Normalize implements [Content].
func (e *Evaluator) Normalize() {
	e.Attributes = dropEmpty(e.Attributes)
	if len(e.Options) == 0 {
		e.Options = nil
	}
	for i := range e.Options {
		if e.Options[i].Valence == neutral {
			e.Options[i].Valence = ""
		}
	}
	if e.NumberLimits != nil && *e.NumberLimits == (NumberLimits{}) {
		e.NumberLimits = nil
	}
	if e.NumberValence == neutral {
		e.NumberValence = ""
	}
	if e.Prompt != nil {
		e.Prompt.Normalize()
	}
}

const neutral = "neutral"
