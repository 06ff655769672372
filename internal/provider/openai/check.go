package openai

import (
	"math"

	"openloop/internal/errs"
	"openloop/internal/llm"
)

// check refuses what the endpoint of r has no place for.
func check(v *Vendor, r *llm.Request) error {
	if r.Effort.Level == "" && r.Effort.Budget != 0 && (v.Effort == EffortLevel || r.Endpoint == llm.Responses) {
		return llm.Unsupported("reasoning_effort", "%s takes a level of reasoning effort, such as low, medium or high, not a number of tokens.", v.display())
	}
	if !finite(r.Temperature, r.TopP, r.PresencePenalty, r.FrequencyPenalty) {
		return errs.New(errs.InvalidRequest, "A parameter is not a finite number.")
	}
	if anyImage(r, llm.ImageURL.Untyped) {
		return llm.Unsupported("messages", "An image has no media type: neither its data URI nor its data tell one.")
	}
	if err := checkParts(v, r); err != nil {
		return err
	}
	switch r.Endpoint {
	case llm.Chat, "":
		return checkChat(v, r)
	case llm.Complete:
		return checkComplete(v, r)
	case llm.Responses:
		return checkResponses(v, r)
	case llm.Edit:
	}
	return llm.Unsupported("endpoint", "%s does not serve the endpoint %s.", v.display(), r.Endpoint)
}

func checkChat(v *Vendor, r *llm.Request) error {
	if r.Suffix != "" {
		return lacks(v, r, "suffix")
	}
	return llm.CheckToolChoice(r)
}

func checkComplete(v *Vendor, r *llm.Request) error {
	switch {
	case v.NoComplete:
		return llm.Unsupported("endpoint", "%s has no endpoint for completions.", v.display())
	case len(r.Messages) > 0:
		return lacks(v, r, "messages")
	case len(r.Tools) > 0:
		return lacks(v, r, "tools")
	case r.ToolChoice.Mode != "" && r.ToolChoice.Mode != llm.ToolsNone && r.ToolChoice.Mode != llm.ToolsAuto:
		return lacks(v, r, "tool_choice")
	case r.ResponseFormat != nil && r.ResponseFormat.Type != textFormat:
		return lacks(v, r, "response_format")
	case r.Effort != llm.Effort{}:
		return lacks(v, r, "reasoning_effort")
	}
	return nil
}

func checkResponses(v *Vendor, r *llm.Request) error {
	switch {
	case v.NoResponses:
		return llm.Unsupported("endpoint", "%s has no Responses endpoint.", v.display())
	case r.Suffix != "":
		return lacks(v, r, "suffix")
	case r.Seed != nil:
		return lacks(v, r, "seed")
	case len(r.Stop) > 0:
		return lacks(v, r, "stop")
	case r.PresencePenalty != nil && *r.PresencePenalty != 0:
		return lacks(v, r, "presence_penalty")
	case r.FrequencyPenalty != nil && *r.FrequencyPenalty != 0:
		return lacks(v, r, "frequency_penalty")
	}
	if named(r) {
		return llm.Unsupported("name", "The responses endpoint of %s takes no name of a message's author.", v.display())
	}
	return llm.CheckToolChoice(r)
}

func lacks(v *Vendor, r *llm.Request, param string) error {
	endpoint := r.Endpoint
	if endpoint == "" {
		endpoint = llm.Chat
	}
	return llm.Unsupported(param, "The %s endpoint of %s does not take %s.", endpoint, v.display(), param)
}

func finite(numbers ...*float64) bool {
	for _, n := range numbers {
		if n != nil && (math.IsNaN(*n) || math.IsInf(*n, 0)) {
			return false
		}
	}
	return true
}
