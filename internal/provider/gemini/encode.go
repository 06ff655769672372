package gemini

import (
	"slices"

	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
)

// encoder writes the body of a call.
type encoder struct {
	model  string
	signer llm.Signer
}

// signerOf is a provider of Gemini. What one signed is no other's: the Gemini API and Vertex AI call each other's signatures corrupted.
func signerOf(slug string) llm.Signer { return llm.Signer{Name: slug, Bare: llm.GeminiShape} }

// encode translates r into the body of a call, with or without the ids of function calls.
func encode(r *llm.Request, signer llm.Signer, ids bool) (json.Value, error) {
	out := request{Tools: encodeTools(r.Tools), ToolConfig: encodeToolConfig(r)}
	var err error
	e := encoder{model: r.Model, signer: signer}
	if out.SystemInstruction, out.Contents, err = e.encodeMessages(r.Messages); err != nil {
		return nil, err
	}
	if !ids {
		dropIDs(out.Contents)
	}
	if out.GenerationConfig, err = encodeGeneration(r); err != nil {
		return nil, err
	}
	body, err := json.Marshal(&out)
	if err != nil {
		return nil, llm.Invalid("", "A value of the request cannot be written as JSON.", err)
	}
	merged, err := mergeOther(body, r.Other)
	if err != nil {
		return nil, llm.Invalid("other", "The member other, and generationConfig in it, have to be JSON objects.", err)
	}
	return merged, nil
}

func dropIDs(contents []content) {
	for _, c := range contents {
		for _, p := range c.Parts {
			if p.FunctionCall != nil {
				p.FunctionCall.ID = ""
			}
			if p.FunctionResponse != nil {
				p.FunctionResponse.ID = ""
			}
		}
	}
}

func encodeTools(list []llm.Tool) []tools {
	if len(list) == 0 {
		return nil
	}
	out := make([]functionDeclaration, 0, len(list))
	for _, t := range list {
		schema := t.Parameters
		if json.Kind(schema) == 'n' || string(schema) == "{}" {
			schema = nil
		}
		out = append(out, functionDeclaration{Name: t.Name, Description: t.Description, ParametersJSONSchema: schema})
	}
	return []tools{{FunctionDeclarations: out}}
}

// encodeToolConfig says whether functions are called; without functions there is nothing to say.
func encodeToolConfig(r *llm.Request) *toolConfig {
	if len(r.Tools) == 0 {
		return nil
	}
	auto := "AUTO"
	if slices.ContainsFunc(r.Tools, func(t llm.Tool) bool { return t.Strict }) {
		auto = "VALIDATED"
	}
	var c functionCallingConfig
	switch r.ToolChoice.Mode {
	case llm.ToolsNone:
		c.Mode = "NONE"
	case llm.ToolsRequired:
		c.Mode = "ANY"
	case llm.ToolsFunction:
		c.Mode, c.AllowedFunctionNames = "ANY", []string{r.ToolChoice.Function}
	case "":
		if auto == "AUTO" {
			return nil
		}
		c.Mode = auto
	default:
		c.Mode = auto
	}
	return &toolConfig{FunctionCallingConfig: c}
}
