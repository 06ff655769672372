// Package naming reads what the names of OpenAI's models tell.
package naming

import (
	"slices"
	"strings"
)

// Reasons reports whether model is one of OpenAI's reasoning models: o1 and its successors, GPT-5 and later, Codex. What the operator
// or a vendor writes around it ("openai/o3", "ft:o4-mini:…", "prod-gpt-5") does not matter: the first part that tells decides.
func Reasons(model string) bool {
	name := strings.ToLower(model)
	name = name[strings.LastIndexByte(name, '/')+1:]
	name, _, _ = strings.Cut(strings.TrimPrefix(name, "ft:"), ":")
	parts := strings.FieldsFunc(name, func(c rune) bool { return c == '-' || c == '_' || c == ' ' || c == '.' })
	for i, part := range parts {
		switch family, n := versionOf(part); {
		case part == "codex":
			return true
		case family == "gpt" && n == 0 && i+1 < len(parts):
			if n = generation(parts[i+1]); n > 0 {
				return reasoningGPT(n, parts[i+1:])
			}
		case family == "gpt" && n > 0:
			return reasoningGPT(n, parts[i:])
		case family == "o" && n > 0:
			return true
		}
	}
	return false
}

// reasoningGPT reports whether the GPT of generation n reasons; the chat models of a generation that does do not.
func reasoningGPT(n int, rest []string) bool {
	if n >= 30 && n < 50 { // Azure writes GPT-3.5 as gpt-35
		n /= 10
	}
	return n >= 5 && !slices.Contains(rest, "chat")
}

// versionOf splits "gpt5" or "o3": what is no word with a number has the family "".
func versionOf(part string) (family string, n int) {
	family = strings.TrimRight(part, "0123456789")
	switch {
	case strings.HasPrefix(part, "gpt"):
		return "gpt", generation(part[len("gpt"):])
	case family == "o":
		return family, generation(part[1:])
	default:
		return "", 0
	}
}

// generation is the number that s starts with, 0 when it starts with none.
func generation(s string) int {
	n := 0
	for i := 0; i < len(s) && i < 3 && s[i] >= '0' && s[i] <= '9'; i++ {
		n = 10*n + int(s[i]-'0')
	}
	return n
}
