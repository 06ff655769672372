package wording

import (
	"regexp"
	"slices"
	"strings"

	"github.com/openloop-server/openloop/internal/errs"
)

// family is a set of wordings with one reason at certain statuses: phrases that providers are known to send, and rules for all other
// wordings. Status 0 stands for a 2xx or a stream. No statuses means all.
type family struct {
	reason   errs.Reason
	statuses []int
	phrases  []phrase
	rules    []rule
	judge    func(understood) bool // compares numbers or positions, which rules cannot; may be nil
}

// phrase is a text in lower case, with straight apostrophes. A leading "^" ties it to the start of the message. The mark " … " divides parts
// with up to 200 bytes of the same line between them, and the mark " ‥ " parts with up to 40. A "|" divides the alternatives of a part.
type phrase struct {
	parts []part
	start bool
}

type part struct {
	texts []string
	gap   int // the most bytes before the part
}

const farGap, nearGap = 200, 40

func phrases(all ...string) []phrase {
	out := make([]phrase, 0, len(all))
	for _, text := range all {
		rest, start := strings.CutPrefix(text, "^")
		p := phrase{start: start}
		for i, far := range strings.Split(rest, " … ") {
			for j, near := range strings.Split(far, " ‥ ") {
				gap := farGap
				if j > 0 {
					gap = nearGap
				}
				if i == 0 && j == 0 {
					gap = 0
				}
				p.parts = append(p.parts, part{texts: strings.Split(near, "|"), gap: gap})
			}
		}
		out = append(out, p)
	}
	return out
}

// in reports whether text, in lower case, holds the phrase. Its time is linear in text.
func (p phrase) in(text string) bool {
	for _, first := range p.parts[0].texts {
		for rest := text; ; {
			i := strings.Index(rest, first)
			if i < 0 || p.start && i > 0 {
				break
			}
			rest = rest[i+len(first):]
			if followed(rest, p.parts[1:]) {
				return true
			}
			if p.start {
				break
			}
		}
	}
	return false
}

// followed reports whether the parts come next in text, each within its gap after the one before.
func followed(text string, parts []part) bool {
	for _, p := range parts {
		window, _, _ := strings.Cut(text[:min(len(text), p.gap+64)], "\n")
		next := -1
		for _, t := range p.texts {
			if i := strings.Index(window, t); i >= 0 && i <= p.gap && (next < 0 || i+len(t) < next) {
				next = i + len(t)
			}
		}
		if next < 0 {
			return false
		}
		text = text[next:]
	}
	return true
}

// guards overrule misleading codes.
var guards = [...]family{
	// OpenAI (429) and Groq (413) say rate_limit_exceeded even if one request exceeds the budget of a whole minute.
	{errs.RequestTooLarge, nil, phrases("^request too large for"), nil, nil},
	// A cap on the output. Cohere calls it "too many tokens".
	{errs.InvalidRequest, nil, phrases("maximum allowed number of output tokens", "the maximum output for this model"), nil, nil},
}

// moneySigns are checked before suspension, permission and rate limits.
var moneySigns = [...]family{{
	reason:   errs.Billing,
	statuses: []int{400, 402, 403, 412, 429, 0},
	phrases: phrases(
		"purchase more credit|purchase additional credit|require more credit|requires more credit|requires additional credit",
		"extra usage is required", "usage credits are required",
		"failure to pay",
		"spending limit", "billing hard limit",
	),
	rules: []rule{
		about(money, gone).unless(rate),
		about(money, lack),
		about(money, owed),
		about(money, failed).unless(form | link),
		about(billing, off|shut|ended),
		about(billing, on, need).unless(limit),
		about(topUp).unless(rate | limit),
		about(plan, owed|failed),
	},
}}

// families are checked in this order. The first one that the message matches decides.
var families = [...]family{
	{
		reason:   errs.ContextLengthExceeded,
		statuses: []int{400, 413, 422, 0},
		phrases: phrases(
			"prompt is too long", "prompt too long", "input is too long",
			"maximum context length", "context length is only",
			"too many tokens",
			"maximum prompt length is",
			"`inputs` tokens + `max_new_tokens` must be", "`inputs` must have less than",
			"input_too_large", "range of input length should",
		),
		rules: []rule{
			about(window, over).unless(schema | short | rate),
			about(prompt, tokens, over).unless(short | long | rate),
			about(request, tokens, limit, over).unless(short | long | rate | output),
			about(prompt, span, over).unless(short | schema | parameter | aString),
		},
		judge: overWindow,
	},
	{
		reason:   errs.AccountDisabled,
		statuses: []int{400, 401, 403, 0},
		phrases:  phrases("organization has been restricted", "has been suspended"),
		rules: []rule{
			about(who, ended|shut).unless(model | link | billing),
			about(project, ended).unless(thing | link),
			about(entrance, ended).unless(model | link),
		},
	},
	{
		reason:   errs.ContentFiltered,
		statuses: []int{400, 403, 422, 498, 0},
		phrases: phrases(
			"content management policy",
			"content filter", "content_filter", "content-filter",
			"flagged as potentially", "flagged as sensitive",
			"was flagged", "been flagged", "were flagged",
			"usage policy", "usage policies", "usage guidelines",
			"safety system",
			"content exists risk",
			"moderation block",
			"violated … filter",
			"potentially unsafe",
		),
	},
	{
		reason:   errs.ModelOutputInvalid,
		statuses: []int{400, 422, 424, 0},
		rules: []rule{
			about(model|generated, made, form, broken|failed).unless(link | request),
			about(choice, made, contrary),
			about(failed, generated|made, form).unless(link | request),
			about(form, made, failed, check),
		},
	},
	{
		reason:   errs.UnsupportedParameter,
		statuses: []int{400, 404, 422, 0},
		phrases: phrases(
			"extra inputs are not permitted",
			"additional propert … not allowed",
			"not supported with this model", "not supported by this model", "not supported for this model", "not supported on this model",
			"does not support", "doesn't support", "do not support", "don't support", "does not currently support", "doesn't currently support",
			"model does not accept", "model doesn't accept",
			"unsupported value",
			"no endpoints found that support", "no endpoints found that can support",
		),
		rules: []rule{
			about(parameter, unsupported).unless(schema),
			about(parameter, unknown).unless(schema | model),
			about(parameter, unusable, model),
			about(parameter, restricted).unless(schema | who | key),
			about(unsupported, restricted, aName).unless(schema),
		},
		judge: refusesParameter,
	},
	{
		reason:   errs.RegionNotSupported,
		statuses: []int{400, 403, 0},
		phrases: phrases(
			"location is not supported", "country, region, or territory not supported",
			"not available in your country", "not available in your region", "not available in your location",
		),
	},
	{
		reason:   errs.InvalidAPIKey,
		statuses: []int{400, 401, 403, 0},
		phrases: append(
			phrases("api key|api-key|api_key|apikey … leaked|not valid|not found|expired"),
			phrases(pairs([]string{"incorrect ", "invalid ", "missing "}, []string{"api key", "api-key", "api_key", "apikey", "x-api-key", "authentication"})...)...,
		),
	},
	{
		reason:   errs.PermissionDenied,
		statuses: []int{400, 401, 403, 0},
		phrases:  phrases("is not allowed to use", "permission ' … ' denied"),
		rules: []rule{
			about(right, lack),
			about(key|right, restricted),
			about(address, restricted),
			about(who|key, unavailable, action).unless(model),
			about(paper, sign, need),
			about(paper, unsigned),
		},
	},
	{
		reason:   errs.ModelNotFound,
		statuses: []int{400, 403, 404, 410, 422, 0},
		phrases: phrases(
			"invalid model '", "invalid model `", "invalid model \"", "invalid model: ", "invalid model name", "invalid model id",
			"model identifier is invalid", "is not a valid model",
			"no endpoints found for",
			"specified version does not exist",
			"model … marked by provider as legacy",
			"^model: ",
		),
		rules: []rule{
			about(model, unfound|retired|unavailable|off),
			about(unavailable, plan).unless(feature),
			about(need, plan).unless(feature | host | key | right | rate),
			about(model, restricted, plan),
			about(model, unsupported, who|plan).unless(feature | parameter),
			about(unavailable|unsupported, place).unless(who | feature),
			about(host, no, unavailable),
		},
	},
	{
		reason:   errs.ModelNotFound,
		statuses: []int{503},
		rules:    []rule{about(host, no, unavailable, model)},
	},
	{
		reason:   errs.ResourceNotFound,
		statuses: []int{400, 404, 0},
		phrases:  phrases("^no  … found with id"),
		rules:    []rule{about(thing, unfound, aName).unless(form | parameter)},
	},
	{
		reason:   errs.ResourceNotFound,
		statuses: []int{404},
		rules:    []rule{about(thing, unfound|lost), about(thing, no, aName)},
	},
	{
		reason:   errs.PermissionDenied,
		statuses: []int{404},
		rules:    []rule{about(right, lack), about(paper, sign, need), about(paper, unsigned)},
	},
	{
		reason:   errs.QuotaExhausted,
		statuses: []int{400, 402, 403, 429, 0},
		phrases:  phrases("specified api usage limits"),
	},
	{reason: errs.ProviderUnreachable, statuses: []int{502, 503, 504}, phrases: phrases("upstream connect error", "no healthy upstream")},
	{reason: errs.ModelNotReady, statuses: []int{503}, phrases: phrases("^loading model")},
}

// usedUp matches messages that say that a quota of more than an hour is used up.
var usedUp = []rule{
	about(limit|unit, long, gone|over|ceiling).unless(short),
}

// pairs combines each of heads with each of tails.
func pairs(heads, tails []string) []string {
	var out []string
	for _, h := range heads {
		for _, t := range tails {
			out = append(out, h+t)
		}
	}
	return out
}

// daily matches a quota that no wait within the hour can clear: one for a day, a week or a month, or a quota of zero.
var daily = regexp.MustCompile(`per[ _-]?(?:day|week|month)|limit: 0(?:[^.\d]|\.[^\d]|\.?$)`)

// match returns the reason of the first family that the message matches at this status. text is the message in lower case.
func match(list []family, status int, text string, said understood) (errs.Reason, bool) {
	for _, f := range list {
		if f.statuses != nil && !slices.Contains(f.statuses, status) {
			continue
		}
		if slices.ContainsFunc(f.phrases, func(p phrase) bool { return p.in(text) }) || said.say(f.rules) || f.judge != nil && f.judge(said) {
			return f.reason, true
		}
	}
	return "", false
}
