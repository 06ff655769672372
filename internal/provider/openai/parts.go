package openai

import "openloop/internal/llm"

// Part is a set of parts of a Prompt. What a vendor has no place for is refused before anything is sent, but for User, which is
// a label and left out.
type Part uint16

// The parts of a Prompt that not every vendor takes.
const (
	Tools      Part = 1 << iota
	ToolChoice      // that demands a tool call; the model may still choose one
	Images
	ImageURLs // images by their address; inline ones are taken
	JSONObject
	JSONSchema
	Seed
	LogProbs
	Names // of the messages' authors
	User
)

// unsupported are the parts in the names of a Prompt, and when a call uses them.
var unsupported = [...]struct {
	part  Part
	param string
	what  string
	used  func(*llm.Request) bool
}{
	{Tools, "tools", "tools", func(r *llm.Request) bool { return len(r.Tools) > 0 }},
	{ToolChoice, "tool_choice", "a tool choice that demands a call", demandsTool},
	{Images, "messages", "images", func(r *llm.Request) bool { return anyImage(r, func(llm.ImageURL) bool { return true }) }},
	{ImageURLs, "messages", "images by URL, only as base64 data URIs", func(r *llm.Request) bool { return anyImage(r, llm.ImageURL.Remote) }},
	{JSONObject, "response_format", "a response_format of type json_object", func(r *llm.Request) bool { return asksFor(r, objectFormat) }},
	{JSONSchema, "response_format", "a response_format with a schema", func(r *llm.Request) bool { return asksFor(r, schemaFormat) }},
	{Seed, "seed", "a seed", func(r *llm.Request) bool { return r.Seed != nil }},
	{LogProbs, "logprobs", "logprobs", func(r *llm.Request) bool { return r.LogProbs != nil }},
	{Names, "name", "names of authors", named},
}

// checkParts refuses what v lacks.
func checkParts(v *Vendor, r *llm.Request) error {
	if v.Lacks == 0 {
		return nil
	}
	for i := range unsupported {
		if u := &unsupported[i]; v.Lacks&u.part != 0 && u.used(r) {
			return llm.Unsupported(u.param, "%s does not take %s.", v.display(), u.what)
		}
	}
	return nil
}

func demandsTool(r *llm.Request) bool {
	return r.ToolChoice.Mode == llm.ToolsRequired || r.ToolChoice.Mode == llm.ToolsFunction
}

func anyImage(r *llm.Request, is func(llm.ImageURL) bool) bool {
	for i := range r.Messages {
		for _, p := range r.Messages[i].Content.Parts {
			if p.Type == llm.ImagePart && p.ImageURL != nil && is(*p.ImageURL) {
				return true
			}
		}
	}
	return false
}

// asksFor reports whether r asks for JSON of that kind; a format that is none is left to [formatOf].
func asksFor(r *llm.Request, kind string) bool {
	if r.ResponseFormat == nil {
		return false
	}
	f, err := formatOf(r.ResponseFormat)
	return err == nil && f.Type == kind
}

// named reports whether a message names its author.
func named(r *llm.Request) bool {
	for i := range r.Messages {
		if m := &r.Messages[i]; m.Name != "" && m.Role != llm.ToolRole {
			return true
		}
	}
	return false
}
