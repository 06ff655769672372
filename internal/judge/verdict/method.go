// Package verdict says how a model is asked for a judgment, and reads its answer. It asks nobody.
package verdict

import (
	"slices"
	"strconv"
	"strings"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
)

// Method is how a judgment is asked for. The numbers go from the surest to the least.
type Method int

// The methods.
const (
	ByTool   Method = iota // a function that the model must call
	BySchema               // an answer that follows a schema
	ByJSON                 // an answer that is an object
	ByText                 // an answer in words
)

// String returns the name of m in the metadata of Logs.
func (m Method) String() string { return [...]string{"tool", "schema", "json", "text"}[m] }

// submit is the function that a model calls with its judgment.
const submit = "submit_judgment"

// Surest returns the surest method, from floor on, by which a model that can do so much gives a judgment. A model that is told to reason
// is not asked for a call, because some vendors do not allow both.
func Surest(floor Method, can llm.Abilities, r *llm.Request) Method {
	reasons := r.Effort != llm.Effort{} && r.Effort.Level != "none"
	switch {
	case r.Endpoint == llm.Complete || len(r.Tools) > 0 || r.ResponseFormat != nil: // what the Prompt brings along is kept
		return ByText
	case floor <= ByTool && can.Tools && !can.FreeTools && !reasons:
		return ByTool
	case floor <= BySchema && can.JSONSchema:
		return BySchema
	case floor <= ByJSON && can.JSONObject:
		return ByJSON
	default:
		return ByText
	}
}

// Shape makes r ask for a judgment of e by m.
func (m Method) Shape(e *file.Evaluator, r *llm.Request) {
	switch m {
	case ByTool:
		r.Tools = []llm.Tool{{Name: submit, Description: "Submits the judgment.", Parameters: schemaOf(e)}}
		r.ToolChoice = llm.ToolChoice{Mode: llm.ToolsFunction, Function: submit}
	case BySchema:
		named := append([]byte(`{"name":"judgment","strict":true,"schema":`), schemaOf(e)...)
		r.ResponseFormat = &llm.ResponseFormat{Type: "json_schema", JSONSchema: append(named, '}')}
	case ByJSON:
		r.ResponseFormat = &llm.ResponseFormat{Type: "json_object"}
		line := `Answer with a JSON object: {"reasoning": a text, "judgment": ` + Wanted(e) + "}."
		r.Messages = append(slices.Clip(r.Messages), llm.Message{Role: llm.User, Content: llm.Text(line)})
	case ByText:
	}
}

// Refused reports whether err says that a provider refused a request because of the way in which it asks for a judgment. The caller then
// asks in another way.
func Refused(err error) bool {
	if errs.Is(err, errs.UnsupportedParameter) {
		return true
	}
	if !errs.Is(err, errs.InvalidRequest) {
		return false
	}
	e := errs.From(err)
	text := strings.ToLower(e.Param + " " + e.Message)
	for _, word := range []string{"tool_choice", "tool choice", "toolchoice", "tools", "response_format", "response format", "json_schema", "schema"} {
		if strings.Contains(text, word) {
			return true
		}
	}
	return false
}

// Wanted describes the judgments of e to a model: "a number from 1 to 5".
func Wanted(e *file.Evaluator) string {
	switch e.ReturnType {
	case file.ReturnsBoolean:
		return "true or false"
	case file.ReturnsNumber:
		return "a number" + limitsOf(e.NumberLimits)
	case file.ReturnsSelect:
		return "one of " + namesOf(e.Options)
	case file.ReturnsMultiSelect:
		return "a list of some of " + namesOf(e.Options)
	case file.ReturnsText:
	}
	return "a text"
}

func namesOf(options []file.Option) string {
	names := make([]string, len(options))
	for i, o := range options {
		names[i] = string(json.AppendString(nil, o.Name))
	}
	if len(names) == 0 {
		return "the names that fit"
	}
	return strings.Join(names, ", ")
}

// limitsOf is " from 1 to 5", or as much of that as is limited.
func limitsOf(l *file.NumberLimits) string {
	if l == nil {
		return ""
	}
	text := ""
	if l.Min != nil {
		text += " from " + strconv.FormatFloat(*l.Min, 'g', -1, 64)
	}
	if l.Max != nil {
		text += " to " + strconv.FormatFloat(*l.Max, 'g', -1, 64)
	}
	return text
}

// schemaOf is the schema of an object with a judgment of e. The reasoning comes first, so that the judgment follows from it. Limits of numbers
// are only described, because not all vendors take them in a schema.
func schemaOf(e *file.Evaluator) json.Value {
	out := json.Value(`{"type":"object","properties":{"reasoning":{"type":"string","description":"Why you judge so, in a few sentences."},"judgment":`)
	out = append(out, judgmentSchema(e)...)
	return append(out, `},"required":["reasoning","judgment"],"additionalProperties":false}`...)
}

func judgmentSchema(e *file.Evaluator) json.Value {
	description := append(json.AppendString(json.Value(`,"description":`), "The judgment: "+Wanted(e)+"."), '}')
	typed := func(head string) json.Value { return append(json.Value(head), description...) }
	switch e.ReturnType {
	case file.ReturnsBoolean:
		return typed(`{"type":"boolean"`)
	case file.ReturnsNumber:
		return typed(`{"type":"number"`)
	case file.ReturnsSelect:
		return typed(`{"type":"string"` + enumOf(e))
	case file.ReturnsMultiSelect:
		return typed(`{"type":"array","items":{"type":"string"` + enumOf(e) + `}`)
	case file.ReturnsText:
	}
	return typed(`{"type":"string"`)
}

func enumOf(e *file.Evaluator) string {
	if len(e.Options) == 0 {
		return ""
	}
	out := []byte(`,"enum":[`)
	for i, o := range e.Options {
		if i > 0 {
			out = append(out, ',')
		}
		out = json.AppendString(out, o.Name)
	}
	return string(append(out, ']'))
}
