// Package naming reads what the names of OpenAI's models tell.
package naming

import (
	"slices"
	"strings"
)

// Reasons reports whether model is one of OpenAI's reasoning models: o1 and its successors, GPT-5 and later, Codex. What the operator
// or a vendor writes around it ("openai/o3", "ft:o4-mini:…", "prod-gpt-5") does not matter: the first part that tells decides.
func Reasons(model string) bool {
	parts := partsOf(model)
	for i, part := range parts {
		if rest := gpt(parts[i:]); rest != nil {
			return reasoningGPT(rest)
		}
		if part == "codex" || strings.TrimRight(part, digits) == "o" && generation(part[1:]) > 0 {
			return true
		}
	}
	return false
}

// ToolsOnResponses reports whether model calls functions on Responses alone, while it reasons. GPT-5.4 refuses them on Chat Completions if it is asked
// for an effort, and later ones unless they are asked for none (https://developers.openai.com/api/docs/guides/reasoning). effort is "" if none is asked for.
func ToolsOnResponses(model, effort string) bool {
	parts := partsOf(model)
	for i := range parts {
		rest := gpt(parts[i:])
		if rest == nil {
			continue
		}
		major, minor := generation(rest[0]), 0
		if len(rest) > 1 && len(rest[1]) < 3 { // a longer number is a year
			minor = generation(rest[1])
		}
		later := major > 5 || major == 5 && minor > 4
		return reasoningGPT(rest) && effort != "none" && (later || major == 5 && minor == 4 && effort != "")
	}
	return false
}

// partsOf is the name of model in lower case, without what the operator or a vendor writes around it, in its parts.
func partsOf(model string) []string {
	name := strings.ToLower(model)
	name = name[strings.LastIndexByte(name, '/')+1:]
	name, _, _ = strings.Cut(strings.TrimPrefix(name, "ft:"), ":")
	return strings.FieldsFunc(name, func(c rune) bool { return c == '-' || c == '_' || c == ' ' || c == '.' })
}

// gpt returns the parts from the generation on if parts begin with that of a GPT ("gpt-5", "gpt5"), else nil.
func gpt(parts []string) []string {
	rest, ok := strings.CutPrefix(parts[0], "gpt")
	switch {
	case ok && generation(rest) > 0:
		return append([]string{rest}, parts[1:]...)
	case parts[0] == "gpt" && len(parts) > 1 && generation(parts[1]) > 0:
		return parts[1:]
	}
	return nil
}

// reasoningGPT reports whether the GPT whose parts from the generation on these are reasons; the chat models of a generation that does do not.
func reasoningGPT(parts []string) bool {
	n := generation(parts[0])
	if n >= 30 && n < 50 { // Azure writes GPT-3.5 as gpt-35
		n /= 10
	}
	return n >= 5 && !slices.Contains(parts[1:], "chat")
}

const digits = "0123456789"

// generation is the number that s starts with, 0 when it starts with none.
func generation(s string) int {
	n := 0
	for i := 0; i < len(s) && i < 3 && s[i] >= '0' && s[i] <= '9'; i++ {
		n = 10*n + int(s[i]-'0')
	}
	return n
}
