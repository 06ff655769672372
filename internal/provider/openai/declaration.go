package openai

import (
	"strconv"

	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/vendor"
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
	if !v.NoEmbeddings {
		d.Embeds = v.Path + pathOf(llm.Embeddings)
	}
	if v.Counts {
		d.Counts = v.Path + countPath
	}
	d.Quirks = own.quirks()
	return d
}

func (v *Vendor) chat() llm.Abilities {
	return llm.Abilities{
		Chat: true, ImageURL: v.Takes(vendor.Images) && v.Takes(vendor.ImageURLs), ImageData: v.Takes(vendor.Images),
		FileData: v.Takes(vendor.Files), Audio: v.Takes(vendor.Audio),
		LogitBias: v.Takes(vendor.LogitBias), SerialTools: v.Takes(vendor.Tools) && v.Takes(vendor.SerialTools), TopK: v.TopK,
		ServiceTier: v.Takes(vendor.ServiceTiers), Verbosity: v.Takes(vendor.Verbosity),
		Tools: v.Takes(vendor.Tools), ParallelTools: v.Takes(vendor.Tools), FreeTools: !v.Takes(vendor.ToolChoice),
		JSONObject: v.Takes(vendor.JSONObject), JSONSchema: v.Takes(vendor.JSONSchema),
		Effort: true, EffortBudget: v.Effort != vendor.EffortLevel, Thinking: true, ThinkingKept: v.Reasoning != vendor.ReasoningDropped,
		LogProbs: v.Takes(vendor.LogProbs), Stop: true, Seed: v.Takes(vendor.Seed), Penalties: v.Takes(vendor.Penalties), User: v.Takes(vendor.User), CachedUsage: true,
	}
}

func (v *Vendor) complete() llm.Abilities {
	return llm.Abilities{LogProbs: v.Takes(vendor.LogProbs), Stop: true, Seed: v.Takes(vendor.Seed), Penalties: v.Takes(vendor.Penalties), Suffix: true, LogitBias: v.Takes(vendor.LogitBias), User: v.Takes(vendor.User)}
}

func (v *Vendor) responses() llm.Abilities {
	a := v.chat()
	a.FileURL, a.Audio, a.LogitBias, a.TopK = a.FileData, false, false, false
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
		{v.NoKey, "No key is needed. If you set one, it is sent as a bearer token."},
		{v.Path != "", "If the base URL has a path, as in `http://127.0.0.1:8000/v1`, that path replaces the `" + v.Path + "` of the paths above."},
		{v.Deployments != "", "The model is the name of a deployment. If the base URL ends in `" + unversioned + "`, the model is sent in the body. Otherwise it is part of " +
			"the path, `/openai/deployments/MODEL/…`, and the version of the API is sent as `api-version`, by default `" + v.Deployments + "`."},
		{v.TokenLimit == vendor.LimitByModel, "`max_tokens` is sent as `max_completion_tokens` to reasoning models, which are recognised by their names. " +
			"If a model refuses one of the two names, the call is repeated with the other, and later calls use that. If `other` has one of them, only that is sent."},
		{v.TokenLimit == vendor.MaxCompletionTokens, "`max_tokens` is sent as `max_completion_tokens`."},
		{v.DimensionsName != "", "`dimensions` of embeddings is sent as `" + v.DimensionsName + "`."},
		{v.NoEmbeddings, "There are no embeddings."},
		{v.SeedName != "", "`seed` is sent as `" + v.SeedName + "`."},
		{v.RequiredChoice != "", "The tool choice `required` is sent as `" + v.RequiredChoice + "`."},
		{v.CountsLogProbs, "`logprobs` is sent as a number, on chat too."},
		{v.Effort == vendor.EffortNumber, "On chat, `reasoning_effort` may be a number of tokens, which is sent under that name."},
		{v.Effort == vendor.EffortObject, "On chat, `reasoning_effort` is sent in `reasoning`: a level as `effort`, a number of tokens as `max_tokens`."},
		{v.Reasoning == vendor.ReasoningDropped, "On chat, reasoning of earlier turns is not sent, because the API has no place for it."},
		{v.Reasoning == vendor.ReasoningContent, "Reasoning of earlier turns goes back as `reasoning_content`."},
		{v.Reasoning == vendor.ReasoningText, "Reasoning of earlier turns goes back as `reasoning`."},
		{v.Reasoning == vendor.ReasoningDetails, "Reasoning of earlier turns goes back as `reasoning_details`, with signatures, to models of the maker that signed them. Without signatures, it goes back as `reasoning`."},
		{v.Reasoning == vendor.ReasoningParts, "Reasoning of earlier turns goes back as a content part of type `thinking`."},
		{v.CallIDLength > 0, "An id of a tool call that is not " + strconv.Itoa(v.CallIDLength) + " letters and digits long is replaced by one derived from it."},
		{v.Alternates, "Consecutive messages of the user become one, and so do those of the assistant, because the roles must alternate."},
		{v.AnswersTools, "If a user message follows the result of a tool, an answer of one word (`" + done + "`) is inserted between them."},
		{!v.Takes(vendor.Tools), "Earlier tool calls and their results are sent as text."},
		{v.NoInclude, "The Responses endpoint returns no encrypted reasoning."},
		{v.NoDeveloper, "Messages of the role `developer` are sent as `system`."},
		{v.NoStreamUsage, "Streams are not asked for usage, because the API refuses `stream_options`. Usage that they send anyway is kept."},
		{!v.Takes(vendor.Names), "A message with a `name` is refused."},
		{!v.Takes(vendor.User), "`user` is not sent."},
	} {
		if q.holds {
			out = append(out, q.sentence)
		}
	}
	return out
}
