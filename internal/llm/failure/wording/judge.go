package wording

import (
	"slices"
	"strings"
)

// bounds are the words that precede a limit.
var bounds = []string{"most", "only", "to", "maximum", "max", "limit", "holds", "take", "takes", "handle", "supports", "window", "context", "n_ctx", "size"}

// overWindow reports whether a message counts the tokens of a prompt and names a smaller bound: "Prompt has
// 4097 tokens but the context size is 4096".
func overWindow(u understood) bool {
	if m := u.means(); !m.has(prompt|window) || !m.has(tokens) || m.has(output|short) {
		return false
	}
	var counts, limits []int64
	for _, s := range u {
		since := reach + 1 // number of words since a bound was named
		for _, w := range s.words {
			since++
			switch {
			case slices.Contains(bounds, w.text):
				since = 0
			case w.number > 0 && since <= reach:
				limits = append(limits, w.number)
			case w.number > 0:
				counts = append(counts, w.number)
			}
		}
	}
	return len(counts) > 0 && len(limits) > 0 && slices.Max(counts) > slices.Max(limits)
}

// parameters are those that look like ordinary words.
var parameters = []string{"tools", "stop", "seed", "temperature", "logprobs", "suffix", "stream", "n", "thinking", "user"}

// kinds are words that turn the name after them into something other than a parameter: "model 'x'".
var kinds = []string{"model", "type", "format", "file", "role", "language", "region", "version", "api", "encoding", "image", "value", "location"}

// refusesParameter reports whether a sentence has a parameter as its subject and refuses it: "'top_k' is not supported".
func refusesParameter(u understood) bool {
	return slices.ContainsFunc(u, func(s sentence) bool { return refusedSubject(s.words) != "" })
}

// refusedSubject returns the parameter that the sentence refuses as its subject, or "".
func refusedSubject(words []word) string {
	for i, w := range words {
		var refused bool
		switch w.text {
		case "unsupported":
			refused = true
		case "deprecated":
			refused = i+1 < len(words) && words[i+1].text == "for"
		case "supported", "accepted", "recognized", "recognised":
		default:
			continue
		}
		for i--; i >= 0 && slices.Contains(copulas, words[i].text); i-- {
			refused = refused || words[i].text == "not" || words[i].text == "no" || strings.HasSuffix(words[i].text, "n't")
		}
		if i >= 3 && words[i-2].text == "of" && slices.Contains(kinds, words[i-1].text) {
			i -= 3 // "x of type y"
		}
		if refused && i >= 0 && isParameter(words[i]) && (i == 0 || !slices.Contains(kinds, words[i-1].text)) {
			return words[i].raw
		}
	}
	return ""
}

// copulas may stand between a subject and its predicate.
var copulas = []string{"is", "are", "was", "isn't", "aren't", "not", "no", "longer", "currently", "yet", "be", "been", "has"}

// isParameter reports whether a word may be the name of a parameter: a well-known one, one in quotes, or one with an underscore or inner
// capitals. Names with hyphens or digits are names of models.
func isParameter(w word) bool {
	if Identifier(w.raw) == "" || strings.Contains(w.raw, "-") {
		return false
	}
	return w.quoted || strings.Contains(w.raw, "_") || w.name && !strings.ContainsAny(w.raw, "0123456789.") || slices.Contains(parameters, w.text)
}

// parameterOf finds the parameter that a refusal speaks of: its subject, the name after the word "parameter", the name after the verb, or
// the first name at all. It returns "" if there is none.
func parameterOf(u understood) string {
	for _, find := range []func([]word) string{refusedSubject, namedParameter, refusedObject, firstParameter} {
		for _, s := range u {
			if name := find(s.words); name != "" {
				return name
			}
		}
	}
	return ""
}

// fillers may stand between the word "parameter" and the name.
var fillers = []string{"supplied", "s", "name", "named", "argument", "parameter", "field"}

func namedParameter(words []word) string {
	for i, w := range words {
		noun, _ := lookup(words[i:])
		isKey := w.text == "key" || w.text == "name"
		if !noun.means.has(parameter) && !isKey {
			continue
		}
		rest := words[i+1:]
		for len(rest) > 0 && slices.Contains(fillers, rest[0].text) && !rest[0].quoted {
			rest = rest[1:]
		}
		if len(rest) == 0 {
			continue
		}
		next := rest[0]
		plain := !isKey && (next.colon || len(rest) > 1 && (slices.Contains(copulas, rest[1].text) || rest[1].text == "cannot")) && Identifier(next.raw) != "" && !slices.Contains(copulas, next.text)
		if isParameter(next) || plain {
			return next.raw
		}
	}
	return ""
}

// refusedObject returns the parameter after "does not support".
func refusedObject(words []word) string {
	for i, w := range words {
		if w.text != "support" && w.text != "accept" {
			continue
		}
		for _, next := range words[i+1:] {
			if isParameter(next) {
				return next.raw
			}
		}
	}
	return ""
}

func firstParameter(words []word) string {
	for i, w := range words {
		if w.text == "support" || w.text == "accept" {
			return ""
		}
		if isParameter(w) && (i == 0 || !slices.Contains(kinds, words[i-1].text)) {
			return w.raw
		}
	}
	return ""
}
