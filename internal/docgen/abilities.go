package main

import (
	"strings"

	"github.com/openloop-server/openloop/internal/llm"
)

// ability is a row of a page's table.
type ability struct {
	title   string
	has     func(a *llm.Abilities) bool
	refused string                      // what Openloop refuses without the ability; "" for nothing
	of      func(a *llm.Abilities) bool // whether to list the refusal; nil means always
}

func abilities() []ability {
	messages := func(a *llm.Abilities) bool { return a.Chat }
	completes := func(a *llm.Abilities) bool { return !a.Chat }
	tools := func(a *llm.Abilities) bool { return a.Tools }
	return []ability{
		{title: "messages", has: func(a *llm.Abilities) bool { return a.Chat }, refused: "`messages`"},
		{title: "images as URLs", has: func(a *llm.Abilities) bool { return a.ImageURL }, refused: "images as URLs (`messages`)", of: messages},
		{title: "images as base64 data URIs", has: func(a *llm.Abilities) bool { return a.ImageData }, refused: "images as data URIs (`messages`)", of: messages},
		{title: "files as base64 data URIs", has: func(a *llm.Abilities) bool { return a.FileData }, refused: "files as data URIs that are no texts (`messages`)", of: messages},
		{title: "files as URLs", has: func(a *llm.Abilities) bool { return a.FileURL }, refused: "files as URLs (`messages`)", of: messages},
		{title: "audio", has: func(a *llm.Abilities) bool { return a.Audio }, refused: "audio (`messages`)", of: messages},
		{title: "`tools`", has: func(a *llm.Abilities) bool { return a.Tools }, refused: "`tools`"},
		{title: "`tool_choice` that forces a call", has: func(a *llm.Abilities) bool { return a.Tools && !a.FreeTools }, refused: "`tool_choice` of `required` or a function", of: tools},
		{title: "several tool calls in one answer", has: func(a *llm.Abilities) bool { return a.ParallelTools }},
		{title: "failures of tools, as such", has: func(a *llm.Abilities) bool { return a.ToolErrors }},
		{title: "`response_format` of type `json_object`", has: func(a *llm.Abilities) bool { return a.JSONObject }, refused: "`response_format` of type `json_object`"},
		{title: "`response_format` of type `json_schema`", has: func(a *llm.Abilities) bool { return a.JSONSchema }, refused: "`response_format` of type `json_schema`"},
		{title: "`reasoning_effort` as a level", has: func(a *llm.Abilities) bool { return a.Effort }, refused: "`reasoning_effort` as a level"},
		{title: "`reasoning_effort` as a number of tokens", has: func(a *llm.Abilities) bool { return a.EffortBudget }, refused: "`reasoning_effort` as a number"},
		{title: "reasoning in the answer", has: func(a *llm.Abilities) bool { return a.Thinking }},
		{title: "reasoning sent back in later turns", has: func(a *llm.Abilities) bool { return a.ThinkingKept }},
		{title: "`logprobs`", has: func(a *llm.Abilities) bool { return a.LogProbs }, refused: "`logprobs`"},
		{title: "`stop`", has: func(a *llm.Abilities) bool { return a.Stop }, refused: "`stop`"},
		{title: "`seed`", has: func(a *llm.Abilities) bool { return a.Seed }, refused: "`seed`"},
		{title: "`presence_penalty`, `frequency_penalty`", has: func(a *llm.Abilities) bool { return a.Penalties }, refused: "`presence_penalty` and `frequency_penalty` other than 0"},
		{title: "`suffix`", has: func(a *llm.Abilities) bool { return a.Suffix }, refused: "`suffix`", of: completes},
		{title: "`user`", has: func(a *llm.Abilities) bool { return a.User }},
		{title: "`logit_bias`", has: func(a *llm.Abilities) bool { return a.LogitBias }, refused: "`logit_bias`"},
		{title: "one tool call at a time", has: func(a *llm.Abilities) bool { return a.SerialTools }},
		{title: "`top_k`", has: func(a *llm.Abilities) bool { return a.TopK }},
		{title: "`service_tier`", has: func(a *llm.Abilities) bool { return a.ServiceTier }},
		{title: "`verbosity`", has: func(a *llm.Abilities) bool { return a.Verbosity }},
		{title: "thinking without its text", has: func(a *llm.Abilities) bool { return a.HideThinking }},
		{title: "`cache_control`", has: func(a *llm.Abilities) bool { return a.Cache }},
		{title: "cached tokens counted separately", has: func(a *llm.Abilities) bool { return a.CachedUsage }},
	}
}

// refusals lists what an endpoint refuses.
func refusals(a *llm.Abilities) []string {
	var out []string
	for _, row := range abilities() {
		if row.refused != "" && !row.has(a) && (row.of == nil || row.of(a)) {
			out = append(out, row.refused)
		}
	}
	return out
}

// column is a column of the table of all providers.
type column struct {
	title string
	cell  func(a *llm.Abilities) string
}

func columns() []column {
	mark := func(has bool, word string) string {
		if has {
			return word
		}
		return ""
	}
	one := func(title string, has func(a *llm.Abilities) bool) column {
		return column{title, func(a *llm.Abilities) string { return mark(has(a), yes) }}
	}
	two := func(title, first, second string, has func(a *llm.Abilities) (bool, bool)) column {
		return column{title, func(a *llm.Abilities) string {
			x, y := has(a)
			return strings.Trim(mark(x, first)+", "+mark(y, second), ", ")
		}}
	}
	return []column{
		two("images", "URL", "data", func(a *llm.Abilities) (bool, bool) { return a.ImageURL, a.ImageData }),
		two("files", "URL", "data", func(a *llm.Abilities) (bool, bool) { return a.FileURL, a.FileData }),
		one("audio", func(a *llm.Abilities) bool { return a.Audio }),
		one("tools", func(a *llm.Abilities) bool { return a.Tools }),
		two("tool calls", "forced", "parallel", func(a *llm.Abilities) (bool, bool) { return a.Tools && !a.FreeTools, a.ParallelTools }),
		two("JSON", "object", "schema", func(a *llm.Abilities) (bool, bool) { return a.JSONObject, a.JSONSchema }),
		two("effort", "level", "tokens", func(a *llm.Abilities) (bool, bool) { return a.Effort, a.EffortBudget }),
		two("reasoning", "out", "back", func(a *llm.Abilities) (bool, bool) { return a.Thinking, a.ThinkingKept }),
		one("logprobs", func(a *llm.Abilities) bool { return a.LogProbs }),
		one("stop", func(a *llm.Abilities) bool { return a.Stop }),
		one("seed", func(a *llm.Abilities) bool { return a.Seed }),
		one("penalties", func(a *llm.Abilities) bool { return a.Penalties }),
		one("cached", func(a *llm.Abilities) bool { return a.CachedUsage }),
	}
}

const yes = "✓"
