package errs

import (
	"regexp"
	"slices"
	"strings"

	"github.com/openloop-server/openloop/internal/json"
)

// Redacted replaces credentials.
const Redacted = "[redacted]"

// shortest is the least length of a secret. Replacing shorter strings would only garble the text.
const shortest = 4

// Redactor removes credentials from texts: the secrets of one call, and everything with the shape of a key. It keeps ARNs and the ids of
// organisations, projects and requests, which support desks ask for. The zero Redactor knows only shapes. It is safe for concurrent use.
type Redactor struct {
	secrets []string // longest first, so that no part of one remains of another
}

// NewRedactor returns a Redactor for the secrets of a call.
func NewRedactor(secrets ...string) Redactor {
	var known []string
	for _, s := range secrets {
		if len(s) < shortest {
			continue
		}
		known = append(known, s)
		quoted := json.AppendString(nil, s)
		if inner := string(quoted[1 : len(quoted)-1]); inner != s { // as in a JSON document
			known = append(known, inner)
		}
	}
	slices.SortFunc(known, func(a, b string) int { return len(b) - len(a) })
	return Redactor{secrets: known}
}

// Redact returns text without the given secrets and without anything that has the shape of a key.
func Redact(text string, secrets ...string) string { return NewRedactor(secrets...).Text(text) }

// Text returns text without credentials. Its time is linear in the text; a text with no sign of a key costs a few scans.
func (r Redactor) Text(text string) string {
	for _, s := range r.secrets {
		text = strings.ReplaceAll(text, s, Redacted)
	}
	if hasAny(text, prefixes[:]) {
		text = shapes.ReplaceAllLiteralString(text, Redacted)
	}
	if strings.Contains(text, "://") && strings.Contains(text, "@") {
		text = userinfo.ReplaceAllString(text, "://"+Redacted+"@")
	}
	if strings.Contains(text, "=") && strings.ContainsAny(text, "?&") {
		text = query.ReplaceAllString(text, "${1}"+Redacted)
	}
	if hasAny(text, []string{"earer", "EARER"}) {
		text = replaceValues(text, bearer, isCredential)
	}
	if strings.ContainsAny(text, ":=") && hasAny(text, []string{"key", "Key", "KEY", "oken", "OKEN"}) {
		text = replaceValues(text, named, isNamedValue)
	}
	return text
}

func hasAny(text string, signs []string) bool {
	return slices.ContainsFunc(signs, func(s string) bool { return strings.Contains(text, s) })
}

// prefixes are the literal beginnings of shapes.
var prefixes = [...]string{
	"sk-", "gsk_", "xai-", "pplx-", "r8_", "hf_", "fw_", "tgp_v1_", "hl_sk_", "nvapi-", "ghp_", "AIza", "AKIA", "ASIA", "ABSK", "ya29.", "eyJ",
}

// shapes are the keys that show by their prefix whose they are. A provider may have masked their middle with stars or dots.
// pplx- and xai- also begin names of models, so they need a key's length or a mask.
var shapes = regexp.MustCompile(strings.Join([]string{
	`\bsk-[\w*-]{4,}(?:[.…]+[\w*-]+)*`, `\bsk-[\w*-]*(?:\.{2,}|…)[\w*-]+`,
	`\bgsk_[\w*-]{4,}(?:(?:\.{2,}|…)[\w*-]+)*`,
	`\bxai-(?:[A-Za-z0-9]{16,}|[\w-]*(?:\*{2,}|\.{3,}|…)[\w*-]*)`,
	`\bpplx-(?:[A-Za-z0-9]{20,}|[\w-]*(?:\*{2,}|\.{3,}|…)[\w*-]*)`,
	`\br8_[\w*]{8,}`, `\bhf_[\w*]{12,}`, `\bfw_[\w*]{16,}`, `\btgp_v1_[\w*-]{8,}`, `\bhl_sk_[\w*-]{8,}`, `\bnvapi-[\w*-]{16,}`, `\bghp_[\w*]{16,}`,
	`\bAIza[\w*-]{8,}(?:(?:\.{2,}|…)[\w*-]+)*`, `\b(?:AKIA|ASIA)[A-Z0-9*]{8,}`, `\bABSK[A-Za-z0-9+/=*]{16,}`, `\bya29\.[\w.*-]{8,}`,
	`\beyJ[\w*-]{6,}(?:[.…]+[\w*-]+)*`,
}, "|"))

var (
	userinfo = regexp.MustCompile(`://[^\s/:@"'<>]+:[^\s/@"'<>]+@`)
	query    = regexp.MustCompile(`(?i)([?&](?:[\w.-]*(?:key|token|secret|password|signature|credential)|sig)=)[^\s&"'<>\\]+`)

	// bearer and named capture what stands before the value and the value.
	bearer = regexp.MustCompile(`(?i)(\bbearer[\s:]+)([\w.~+/*…-]+=*)`)
	named  = regexp.MustCompile(`(?i)((?:\b|_|x-)(?:api|access|secret|auth|security|session|subscription)(?:[ _-]?access)?[ _-]?(?:keys?|tokens?)(?: provided| id)?\\*["'` +
		"`" + `]?\s*[:=]\s*\\*["'` + "`" + `]?)([^\s"'` + "`" + `\\,;<>()\[\]{}]+)`)
)

// replaceValues redacts the second group of each match of re if accept accepts it. The punctuation at the end of a sentence does not belong
// to a value.
func replaceValues(text string, re *regexp.Regexp, accept func(label, value string) bool) string {
	matches := re.FindAllStringSubmatchIndex(text, -1)
	if matches == nil {
		return text
	}
	var out strings.Builder
	done := 0
	for _, m := range matches {
		value := strings.TrimRight(text[m[4]:m[5]], ".:!?")
		if value == "" || !accept(text[m[2]:m[3]], value) {
			continue
		}
		out.WriteString(text[done:m[4]])
		out.WriteString(Redacted)
		done = m[4] + len(value)
	}
	out.WriteString(text[done:])
	return out.String()
}

// isCredential reports whether the text after "Bearer" is a credential, unlike in "Bearer authentication is required" and "Bearer YOUR_KEY".
func isCredential(_, value string) bool {
	return len(value) > 20 || strings.ContainsAny(value, "0123456789*…")
}

// isNamedValue reports whether the text after "API key:" is a value, unlike in "API key: please provide one". After "provided:" it always is.
func isNamedValue(label, value string) bool {
	if strings.Contains(strings.ToLower(label), "provided") {
		return true
	}
	value = strings.ToLower(value)
	return !strings.HasPrefix(value, "http") && !slices.Contains(words[:], value)
}

var words = [...]string{
	"a", "an", "and", "are", "authentication", "cannot", "check", "could", "does", "expired", "go", "has", "how", "if", "in",
	"invalid", "is", "it", "key", "make", "missing", "must", "no", "none", "not", "null", "please", "provide", "required", "see", "set", "string",
	"the", "this", "to", "true", "false", "unauthorized", "use", "visit", "was", "wrong", "you", "your", "undefined", "nil",
}
