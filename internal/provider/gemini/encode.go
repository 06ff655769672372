package gemini

import (
	"openloop/internal/errs"
	"openloop/internal/json"
	"openloop/internal/llm"
)

// encode translates r into the body of a call.
func encode(r *llm.Request) (json.Value, error) {
	if err := supported(r); err != nil {
		return nil, err
	}
	out := request{Tools: encodeTools(r.Tools), ToolConfig: encodeToolConfig(r)}
	var err error
	if out.SystemInstruction, out.Contents, err = encodeMessages(r.Model, r.Messages); err != nil {
		return nil, err
	}
	if out.GenerationConfig, err = encodeGeneration(r); err != nil {
		return nil, err
	}
	body, err := json.Marshal(&out)
	if err != nil {
		return nil, invalid("messages", "A JSON value of the request is not valid.", err)
	}
	merged, err := mergeOther(body, r.Other)
	if err != nil {
		return nil, invalid("other", "The member other, and generationConfig in it, have to be JSON objects.", err)
	}
	return merged, nil
}

func invalid(param, message string, cause error) error {
	return &errs.Error{Reason: errs.InvalidRequest, Param: param, Message: message, Err: cause}
}

// supported finds a parameter that the API does not have.
func supported(r *llm.Request) error {
	switch {
	case r.Endpoint != "" && r.Endpoint != llm.Chat:
		return llm.Unsupported("endpoint", "Gemini serves the endpoint chat only, not %s.", r.Endpoint)
	case r.Suffix != "":
		return llm.Unsupported("suffix", "Gemini has no parameter suffix.")
	default:
		return nil
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
	var c functionCallingConfig
	switch r.ToolChoice.Mode {
	case "", llm.ToolsAuto:
		c.Mode = "AUTO"
		for _, t := range r.Tools {
			if t.Strict {
				c.Mode = "VALIDATED"
			}
		}
		if r.ToolChoice.Mode == "" && c.Mode == "AUTO" {
			return nil
		}
	case llm.ToolsNone:
		c.Mode = "NONE"
	case llm.ToolsRequired:
		c.Mode = "ANY"
	case llm.ToolsFunction:
		c.Mode, c.AllowedFunctionNames = "ANY", []string{r.ToolChoice.Function}
	default:
		c.Mode = r.ToolChoice.Mode
	}
	if len(r.Tools) == 0 && c.Mode != "ANY" {
		return nil
	}
	return &toolConfig{FunctionCallingConfig: c}
}
