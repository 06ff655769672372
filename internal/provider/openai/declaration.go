package openai

import (
	"strconv"

	"openloop/internal/llm"
	"openloop/internal/vendor"
)

// Declare says what v serves, and how it differs from OpenAI.
func Declare(v vendor.Vendor) llm.Declaration {
	d, own := llm.Declaration{}, Vendor(v)
	serve := func(e llm.Endpoint, a llm.Abilities) {
		d.Endpoints = append(d.Endpoints, llm.Served{Endpoint: e, Path: v.Path + pathOf(e), Abilities: a})
	}
	serve(llm.Chat, own.chat())
	if !v.NoComplete {
		serve(llm.Complete, own.complete())
	}
	if !v.NoResponses {
		serve(llm.Responses, own.responses())
	}
	d.Quirks = own.quirks()
	return d
}

func (v *Vendor) chat() llm.Abilities {
	return llm.Abilities{
		Chat: true, ImageURL: v.Takes(vendor.Images) && v.Takes(vendor.ImageURLs), ImageData: v.Takes(vendor.Images),
		Tools: v.Takes(vendor.Tools), ParallelTools: v.Takes(vendor.Tools), FreeTools: !v.Takes(vendor.ToolChoice),
		JSONObject: v.Takes(vendor.JSONObject), JSONSchema: v.Takes(vendor.JSONSchema),
		Effort: true, EffortBudget: v.Effort != vendor.EffortLevel, Thinking: true, ThinkingKept: v.Reasoning != vendor.ReasoningDropped,
		LogProbs: v.Takes(vendor.LogProbs), Stop: true, Seed: v.Takes(vendor.Seed), Penalties: v.Takes(vendor.Penalties), User: v.Takes(vendor.User), CachedUsage: true,
	}
}

func (v *Vendor) complete() llm.Abilities {
	return llm.Abilities{LogProbs: v.Takes(vendor.LogProbs), Stop: true, Seed: v.Takes(vendor.Seed), Penalties: v.Takes(vendor.Penalties), Suffix: true, User: v.Takes(vendor.User)}
}

func (v *Vendor) responses() llm.Abilities {
	a := v.chat()
	a.EffortBudget, a.Stop, a.Seed, a.Penalties, a.ThinkingKept = false, false, false, false, true
	return a
}

// quirks are the sentences that the fields of v amount to.
func (v *Vendor) quirks() []string {
	var out []string
	for _, q := range []struct {
		holds    bool
		sentence string
	}{
		{v.Auth == vendor.APIKeyHeader, "The key is sent in the header `api-key`."},
		{v.NoKey, "No key is needed; one that is set is sent as a bearer token."},
		{v.Path != "", "A base URL with a path of its own, as `http://127.0.0.1:8000/v1`, stands for the `" + v.Path + "` of the paths above."},
		{v.Deployments != "", "The model is the name of a deployment. A base URL that ends in `" + unversioned + "` takes it in the body; of every " +
			"other it is part of the path, `/openai/deployments/MODEL/…`, and the version of the API is sent as `api-version`, by default `" + v.Deployments + "`."},
		{v.TokenLimit == vendor.LimitByModel, "`max_tokens` is sent as `max_completion_tokens` to reasoning models, which are known by their names. " +
			"What a model refuses under one of the two names is sent once more under the other, which is remembered; one that `other` holds is sent alone."},
		{v.TokenLimit == vendor.MaxCompletionTokens, "`max_tokens` is sent as `max_completion_tokens`."},
		{v.SeedName != "", "`seed` is sent as `" + v.SeedName + "`."},
		{v.RequiredChoice != "", "The tool choice `required` is sent as `" + v.RequiredChoice + "`."},
		{v.CountsLogProbs, "`logprobs` is sent as a number on chat too."},
		{v.Effort == vendor.EffortNumber, "`reasoning_effort` may be a number of tokens on chat; it is sent in the member of that name."},
		{v.Effort == vendor.EffortObject, "`reasoning_effort` is sent on chat as `reasoning`: a level as its `effort`, a number of tokens as its `max_tokens`."},
		{v.Reasoning == vendor.ReasoningDropped, "Reasoning of earlier turns is not sent on chat, which has no place for it."},
		{v.Reasoning == vendor.ReasoningContent, "Reasoning of earlier turns goes back as `reasoning_content`."},
		{v.Reasoning == vendor.ReasoningText, "Reasoning of earlier turns goes back as `reasoning`."},
		{v.Reasoning == vendor.ReasoningDetails, "Reasoning of earlier turns goes back as `reasoning_details`, signatures included, to models of the maker that signed them; without any, as `reasoning`."},
		{v.Reasoning == vendor.ReasoningParts, "Reasoning of earlier turns goes back as a part of the content, of type `thinking`."},
		{v.CallIDLength > 0, "An id of a tool call that is not " + strconv.Itoa(v.CallIDLength) + " letters and digits long is replaced by one made from it."},
		{v.Alternates, "Neighbouring messages of the user become one, and so do those of the assistant: they have to take turns."},
		{v.AnswersTools, "Where a user speaks right after the result of a tool, an answer of one word (`" + done + "`) stands between."},
		{!v.Takes(vendor.Tools), "Earlier calls of tools, and their results, are told as text."},
		{v.NoInclude, "The Responses endpoint returns no encrypted reasoning."},
		{v.NoDeveloper, "Messages of the role `developer` are sent as `system`."},
		{v.NoStreamUsage, "Usage is not asked for in streams (`stream_options` is refused there); what is told without asking is kept."},
		{!v.Takes(vendor.Names), "A message that names its author is refused (`name`)."},
		{!v.Takes(vendor.User), "`user` is not sent."},
	} {
		if q.holds {
			out = append(out, q.sentence)
		}
	}
	return out
}
