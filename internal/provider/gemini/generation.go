package gemini

import (
	"errors"
	"strconv"
	"strings"

	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
)

func encodeGeneration(r *llm.Request) (generationConfig, error) {
	out := generationConfig{
		Temperature:      r.Temperature,
		TopP:             r.TopP,
		TopK:             r.TopK,
		MaxOutputTokens:  max(r.MaxTokens, 0),
		StopSequences:    r.Stop,
		PresencePenalty:  llm.Unless(r.PresencePenalty, 0),
		FrequencyPenalty: llm.Unless(r.FrequencyPenalty, 0),
		Seed:             r.Seed,
	}
	if r.LogProbs != nil {
		out.ResponseLogprobs = true
		if *r.LogProbs > 0 {
			out.Logprobs = r.LogProbs
		}
	}
	schema, wanted, err := r.ResponseFormat.Wanted("Gemini")
	if err != nil {
		return out, err
	}
	if wanted {
		out.ResponseMimeType, out.ResponseJSONSchema = "application/json", schema
	}
	out.ThinkingConfig, err = encodeEffort(r)
	return out, err
}

func encodeEffort(r *llm.Request) (*thinkingConfig, error) {
	level, budget := r.Effort.Level, r.Effort.Budget
	switch {
	case r.Effort == llm.Effort{}:
		return nil, nil
	case level == "none":
		return &thinkingConfig{ThinkingBudget: new(int)}, nil
	case level == "":
	case takesLevel(r.Model):
		return &thinkingConfig{IncludeThoughts: true, ThinkingLevel: strings.ToUpper(level)}, nil
	default:
		var known bool
		if budget, known = r.Effort.Tokens(); !known {
			return nil, llm.Unsupported("reasoning_effort",
				"The model %s takes a reasoning_effort of none, low, medium, high or a number of tokens, not %s.", r.Model, level)
		}
	}
	return &thinkingConfig{IncludeThoughts: true, ThinkingBudget: &budget}, nil
}

// takesLevel reports whether a model is of Gemini 3 or later, whose thinking is set by a level and whose function calls must carry
// a signature. A name that tells no version is of the latest models ("gemini-flash-latest").
func takesLevel(model string) bool {
	_, rest, ok := strings.Cut(model, "gemini-")
	if !ok {
		return false
	}
	digits := rest
	if i := strings.IndexFunc(rest, func(r rune) bool { return r < '0' || r > '9' }); i >= 0 {
		digits = rest[:i]
	}
	major, err := strconv.Atoi(digits)
	return err != nil || major >= 3
}

const generationMember = "generationConfig"

// generationNames are the members of generationConfig that a caller may write directly into other, by their names in lower case and
// without underscores.
var generationNames = func() map[string]string {
	out := map[string]string{}
	for _, name := range [...]string{
		"audioTimestamp", "candidateCount", "enableEnhancedCivicAnswers", "frequencyPenalty", "imageConfig", "logprobs", "maxOutputTokens",
		"mediaResolution", "presencePenalty", "responseJsonSchema", "responseLogprobs", "responseMimeType", "responseModalities",
		"responseSchema", "seed", "speechConfig", "stopSequences", "temperature", "thinkingConfig", "topK", "topP",
	} {
		out[strings.ToLower(name)] = name
	}
	return out
}()

// mergeOther puts the members of other into body. Those of generationConfig are merged into its own.
func mergeOther(body, other json.Value) (json.Value, error) {
	if len(other) == 0 || json.Kind(other) == 'n' {
		return body, nil
	}
	var out, over map[string]json.Value
	if err := errors.Join(json.Unmarshal(body, &out), json.Unmarshal(other, &over)); err != nil {
		return nil, err
	}
	const snake = "generation_config"
	generation := map[string]json.Value{}
	for _, nested := range [...]json.Value{out[generationMember], over[snake], over[generationMember]} {
		if k := json.Kind(nested); k == 0 || k == 'n' {
			continue
		}
		if err := json.Unmarshal(nested, &generation); err != nil {
			return nil, err
		}
	}
	delete(over, snake)
	delete(over, generationMember)
	for name, value := range over {
		if own, ok := generationNames[strings.ToLower(strings.ReplaceAll(name, "_", ""))]; ok {
			generation[own] = value
		} else {
			out[name] = value
		}
	}
	if len(generation) > 0 {
		nested, err := json.Marshal(generation)
		if err != nil {
			return nil, err
		}
		out[generationMember] = nested
	}
	return json.Marshal(out)
}
