package llm

import (
	"cmp"
	"slices"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/json"
)

// Refuse returns an unsupported_parameter error for the first part of r that the endpoint of r does not take, or nil if it takes
// everything. display is the vendor's name for the message, and serves lists its endpoints. Names of authors and labels of end users are
// not abilities; drivers decide about them.
func Refuse(display string, serves []Served, r *Request) *errs.Error {
	endpoint := cmp.Or(r.Endpoint, Chat)
	a := AbilitiesOf(serves, endpoint)
	if a == nil {
		return Unsupported("endpoint", "%s does not serve the endpoint %s.", display, endpoint)
	}
	if len(serves) > 1 {
		display = "The endpoint " + string(endpoint) + " of " + display
	}
	for k := range refusals {
		if f := &refusals[k]; !f.taken(a) && f.used(r) {
			return Unsupported(f.param, "%s does not take %s.", display, f.what)
		}
	}
	if err := RefuseStrict(display, serves, r); err != nil {
		return err
	}
	return checkToolChoice(r)
}

// RefuseStrict returns an unsupported_parameter error for the first part of a strict request that would be ignored, see [Ignored].
func RefuseStrict(display string, serves []Served, r *Request) *errs.Error {
	if left := Ignored(serves, r); r.Strict && len(left) > 0 {
		return Unsupported(left[0], "%s has no use for %s, and the request is strict.", display, left[0])
	}
	return nil
}

// Ignored returns the names of the parts of r that have no effect at an endpoint among serves. A strict request with one is refused.
func Ignored(serves []Served, r *Request) []string {
	a := AbilitiesOf(serves, r.Endpoint)
	if a == nil {
		return nil
	}
	return a.ignored(r)
}

func (a *Abilities) ignored(r *Request) (out []string) {
	for i := range extras {
		if e := &extras[i]; e.used(r) && !e.taken(a) {
			out = append(out, e.param)
		}
	}
	return out
}

// Ignores returns the names of the parts that have no effect at an endpoint with these abilities.
func (a *Abilities) Ignores() (out []string) {
	for i := range extras {
		if e := &extras[i]; !e.taken(a) {
			out = append(out, e.param)
		}
	}
	return out
}

// extras lists the parts of a request that an answer can do without, under their names in a chat of OpenAI or a message of Anthropic.
var extras = [...]struct {
	param string
	used  func(*Request) bool
	taken func(*Abilities) bool
	drop  func(*Request)
}{
	{"parallel_tool_calls", (*Request).Serial, func(a *Abilities) bool { return a.SerialTools }, func(r *Request) { r.ParallelTools = nil }},
	{"top_k", func(r *Request) bool { return r.TopK != nil }, func(a *Abilities) bool { return a.TopK }, func(r *Request) { r.TopK = nil }},
	{"service_tier", func(r *Request) bool { return ServiceTier(r.ServiceTier) != "" }, func(a *Abilities) bool { return a.ServiceTier }, func(r *Request) { r.ServiceTier = "" }},
	{"verbosity", func(r *Request) bool { return r.Verbosity != "" }, func(a *Abilities) bool { return a.Verbosity }, func(r *Request) { r.Verbosity = "" }},
	{"thinking.display", func(r *Request) bool { return r.HideThinking }, func(a *Abilities) bool { return a.HideThinking }, func(r *Request) { r.HideThinking = false }},
	{"cache_control", (*Request).caches, func(a *Abilities) bool { return a.Cache }, func(r *Request) { r.keepMarks(0) }},
}

// Serial reports whether an answer may have one call at most, of several tools.
func (r *Request) Serial() bool {
	return r.ParallelTools != nil && !*r.ParallelTools && len(r.Tools) > 0
}

// AbilitiesOf returns the abilities of an endpoint among serves, nil if it is not served. "" means Chat.
func AbilitiesOf(serves []Served, endpoint Endpoint) *Abilities {
	i := slices.IndexFunc(serves, func(s Served) bool { return s.Endpoint == cmp.Or(endpoint, Chat) })
	if i < 0 {
		return nil
	}
	return &serves[i].Abilities
}

// refusals lists the parts of a request that not every endpoint takes, under their names in a Prompt.
var refusals = [...]struct {
	param, what string
	used        func(*Request) bool
	taken       func(*Abilities) bool
}{
	{"suffix", "a suffix", func(r *Request) bool { return r.Suffix != "" }, func(a *Abilities) bool { return a.Suffix }},
	{"messages", "messages", func(r *Request) bool { return len(r.Messages) > 0 }, func(a *Abilities) bool { return a.Chat }},
	{"tools", "tools", func(r *Request) bool { return len(r.Tools) > 0 }, func(a *Abilities) bool { return a.Tools }},
	{"tool_choice", "a tool choice that demands a call", demandsTool, func(a *Abilities) bool { return a.Tools && !a.FreeTools }},
	{"messages", "images", func(r *Request) bool { return r.HasImage(func(ImageURL) bool { return true }) }, func(a *Abilities) bool { return a.ImageURL || a.ImageData }},
	{"messages", "images by URL, only as base64 data URIs", func(r *Request) bool { return r.HasImage(ImageURL.Remote) }, func(a *Abilities) bool { return a.ImageURL }},
	{"messages", "audio", func(r *Request) bool { return r.has(func(p *Part) bool { return p.Audio != nil }) }, func(a *Abilities) bool { return a.Audio }},
	{"messages", "files, only texts and images", hasFile((*File).isBinary), func(a *Abilities) bool { return a.FileData || a.FileURL }},
	{"messages", "files by URL, only their data", hasFile(func(f *File) bool { return f.URL != "" }), func(a *Abilities) bool { return a.FileURL }},
	{"logit_bias", "a logit_bias", func(r *Request) bool { return len(json.Names(r.LogitBias)) > 0 }, func(a *Abilities) bool { return a.LogitBias }},
	{"response_format", "a response_format", func(r *Request) bool { return r.ResponseFormat != nil && r.ResponseFormat.Type != "text" },
		func(a *Abilities) bool { return a.JSONObject || a.JSONSchema }},
	{"response_format", "a response_format of type json_object", asksForObject, func(a *Abilities) bool { return a.JSONObject }},
	{"response_format", "a response_format of type json_schema", asksForSchema, func(a *Abilities) bool { return a.JSONSchema }},
	{"reasoning_effort", "a reasoning_effort", func(r *Request) bool { return r.Effort != Effort{} }, func(a *Abilities) bool { return a.Effort }},
	{"reasoning_effort", "a reasoning_effort as a number of tokens, only as a level such as low, medium or high",
		func(r *Request) bool { return r.Effort.Level == "" && r.Effort.Budget != 0 }, func(a *Abilities) bool { return a.EffortBudget }},
	{"logprobs", "logprobs", func(r *Request) bool { return r.LogProbs != nil }, func(a *Abilities) bool { return a.LogProbs }},
	{"stop", "stop sequences", func(r *Request) bool { return len(r.Stop) > 0 }, func(a *Abilities) bool { return a.Stop }},
	{"seed", "a seed", func(r *Request) bool { return r.Seed != nil }, func(a *Abilities) bool { return a.Seed }},
	{"presence_penalty", "a presence_penalty", func(r *Request) bool { return Unless(r.PresencePenalty, 0) != nil }, func(a *Abilities) bool { return a.Penalties }},
	{"frequency_penalty", "a frequency_penalty", func(r *Request) bool { return Unless(r.FrequencyPenalty, 0) != nil }, func(a *Abilities) bool { return a.Penalties }},
}

// hasFile returns a function that reports whether a request has a file for which is returns true.
func hasFile(is func(*File) bool) func(*Request) bool {
	return func(r *Request) bool { return r.has(func(p *Part) bool { return p.File != nil && is(p.File) }) }
}

func demandsTool(r *Request) bool {
	return r.ToolChoice.Mode == ToolsRequired || r.ToolChoice.Mode == ToolsFunction
}

// HasImage reports whether a message of r holds an image for which is returns true.
func (r *Request) HasImage(is func(ImageURL) bool) bool {
	for i := range r.Messages {
		for _, p := range r.Messages[i].Content.Parts {
			if p.Type == ImagePart && p.ImageURL != nil && is(*p.ImageURL) {
				return true
			}
		}
	}
	return false
}

// asksForSchema reports whether the answer must follow a schema. A format of type json_object that holds a schema counts too.
func asksForSchema(r *Request) bool {
	f := r.ResponseFormat
	return f != nil && (f.Type == "json_schema" || f.Type == "json_object" && json.Kind(f.JSONSchema) == '{')
}

func asksForObject(r *Request) bool {
	return r.ResponseFormat != nil && r.ResponseFormat.Type == "json_object" && !asksForSchema(r)
}
