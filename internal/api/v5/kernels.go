package v5

import (
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/web/schema"
)

// ToolKernel is the content of a Tool's version.
type ToolKernel struct {
	Function    *llm.Tool  `json:"function,omitzero" doc:"The description of the Tool that the model gets."`
	SourceCode  string     `json:"source_code,omitempty" doc:"Python code that runs the Tool."`
	SetupValues json.Value `json:"setup_values,omitzero" object:"true" doc:"Settings of the Tool, for example the keys and values of a snippet."`
	Attributes  json.Value `json:"attributes,omitzero" object:"true" doc:"More members that distinguish this version from others."`
}

// Content returns k in the domain.
func (k *ToolKernel) Content() *file.Tool {
	return &file.Tool{Function: k.Function, SourceCode: k.SourceCode, SetupValues: k.SetupValues, Attributes: k.Attributes}
}

// ToolKernelOf returns t on the wire.
func ToolKernelOf(t *file.Tool) ToolKernel {
	return ToolKernel{Function: t.Function, SourceCode: t.SourceCode, SetupValues: t.SetupValues, Attributes: t.Attributes}
}

// FlowKernel is the content of a Flow's version.
type FlowKernel struct {
	Attributes json.Value `json:"attributes" required:"true" object:"true" doc:"Members that distinguish this version from others; may be empty."`
}

// Content returns k in the domain.
func (k *FlowKernel) Content() *file.Flow { return &file.Flow{Attributes: k.Attributes} }

// EvaluatorSpec is the content of an Evaluator's version, of any type.
type EvaluatorSpec struct {
	EvaluatorFields
	EvaluatorType string        `json:"evaluator_type"`
	Prompt        *PromptKernel `json:"prompt,omitzero"`
	Code          string        `json:"code,omitempty"`
	Instructions  string        `json:"instructions,omitempty"`
}

// EvaluatorFields is the members that all types of Evaluators have.
type EvaluatorFields struct {
	ArgumentsType string        `json:"arguments_type" required:"true" enum:"target_free,target_required" doc:"Whether the Evaluator needs a datapoint's target."`
	ReturnType    string        `json:"return_type" required:"true" enum:"boolean,number,select,multi_select,text"`
	Attributes    json.Value    `json:"attributes,omitzero" object:"true"`
	Options       []Option      `json:"options,omitempty" doc:"The possible judgments."`
	NumberLimits  *NumberLimits `json:"number_limits,omitzero"`
	NumberValence string        `json:"number_valence,omitempty" enum:"positive,negative,neutral"`
}

// Option is a possible judgment.
type Option struct {
	Name    string `json:"name" required:"true"`
	Valence string `json:"valence,omitempty" enum:"positive,negative,neutral"`
}

// NumberLimits bound a judgment that is a number.
type NumberLimits struct {
	Min  *float64 `json:"min,omitzero"`
	Max  *float64 `json:"max,omitzero"`
	Step *float64 `json:"step,omitzero"`
}

// The four types of specs, as the reference shows them.
type (
	// LLMEvaluator is a model that judges.
	LLMEvaluator struct {
		EvaluatorFields
		EvaluatorType string        `json:"evaluator_type" required:"true" enum:"llm"`
		Prompt        *PromptKernel `json:"prompt,omitzero"`
	}
	// CodeEvaluator is Python code that judges.
	CodeEvaluator struct {
		EvaluatorFields
		EvaluatorType string `json:"evaluator_type" required:"true" enum:"python"`
		Code          string `json:"code" required:"true" doc:"The last defined function is called with the Log and, if it takes two arguments, the datapoint."`
	}
	// HumanEvaluator is a person who judges.
	HumanEvaluator struct {
		EvaluatorFields
		EvaluatorType string `json:"evaluator_type" required:"true" enum:"human"`
		Instructions  string `json:"instructions,omitempty"`
	}
	// ExternalEvaluator is a program of the client that judges.
	ExternalEvaluator struct {
		EvaluatorFields
		EvaluatorType string `json:"evaluator_type" required:"true" enum:"external"`
	}
)

func evaluatorSpec() *schema.Schema {
	return schema.OneOf("EvaluatorSpec", "an Evaluator's content", "evaluator_type",
		schema.Of[LLMEvaluator](), schema.Of[CodeEvaluator](), schema.Of[HumanEvaluator](), schema.Of[ExternalEvaluator]())
}

// Content returns s in the domain.
func (s *EvaluatorSpec) Content() *file.Evaluator {
	e := &file.Evaluator{
		Type: file.EvaluatorType(s.EvaluatorType), ArgumentsType: s.ArgumentsType, ReturnType: file.ReturnType(s.ReturnType),
		Attributes: s.Attributes, NumberLimits: (*file.NumberLimits)(s.NumberLimits), NumberValence: s.NumberValence,
	}
	for _, o := range s.Options {
		e.Options = append(e.Options, file.Option(o))
	}
	switch e.Type { // what belongs to another type has no effect
	case file.LLMEvaluator:
		if s.Prompt != nil {
			e.Prompt = s.Prompt.Content()
		}
	case file.PythonEvaluator:
		e.Code = s.Code
	case file.HumanEvaluator:
		e.Instructions = s.Instructions
	case file.ExternalEvaluator:
	}
	return e
}

// EvaluatorSpecOf returns e on the wire.
func EvaluatorSpecOf(e *file.Evaluator) EvaluatorSpec {
	s := EvaluatorSpec{
		EvaluatorFields: EvaluatorFields{
			ArgumentsType: e.ArgumentsType, ReturnType: string(e.ReturnType), Attributes: e.Attributes,
			NumberLimits: (*NumberLimits)(e.NumberLimits), NumberValence: e.NumberValence,
		},
		EvaluatorType: string(e.Type), Code: e.Code, Instructions: e.Instructions,
	}
	for _, o := range e.Options {
		s.Options = append(s.Options, Option(o))
	}
	if e.Prompt != nil {
		s.Prompt = new(KernelOf(e.Prompt))
	}
	return s
}
