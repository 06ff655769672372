package failure

import (
	"regexp"
	"slices"
	"strings"

	"openloop/internal/errs"
)

// family is a set of phrases that mean one thing, at some statuses. Status 0 stands for a 2xx or a stream; no statuses stand for all.
type family struct {
	reason   errs.Reason
	statuses []int
	phrases  *regexp.Regexp // over the message in lower case, with straight apostrophes
}

// gap is a few words between two parts of a phrase.
const gap = `[^\n]{0,200}?`

func phrases(alternatives ...string) *regexp.Regexp {
	return regexp.MustCompile(strings.ReplaceAll(strings.Join(alternatives, "|"), " … ", gap))
}

// guards overrule codes that mislead.
var guards = [...]family{
	// OpenAI (429) and Groq (413) say rate_limit_exceeded although one request is over the budget of a whole minute.
	{errs.RequestTooLarge, nil, phrases(`^request too large for`)},
	// A cap on the output. Cohere calls it "too many tokens".
	{errs.InvalidRequest, nil, phrases(`maximum allowed number of output tokens`, `the maximum output for this model`)},
}

// moneyPhrases come before suspension, permission and rate limits.
var moneyPhrases = [...]family{
	{
		errs.Billing, []int{400, 402, 403, 412, 429, 0},
		phrases(
			`credit balance … too low`,
			`insufficient (?:account )?(?:balance|credits?|funds)`,
			`(?:purchase|requires?) (?:more|additional) credits?\b`,
			`credit limit exceeded`,
			`(?:doesn't|does not|don't) have any credits`,
			`used all (?:of )?(?:the |your |its )?available credits`,
			`spending limit`,
			`extra usage is required`, `usage credits are required`,
			`failure to pay`,
			`billing hard limit`,
		),
	},
}

// families are read in this order.
var families = [...]family{
	{
		errs.ContextLengthExceeded, []int{400, 413, 422, 0},
		phrases(
			`prompt is too long`, `prompt too long`, `input is too long`,
			`maximum context length`, `context length is only`, `longer than the maximum model length`,
			`exceed(?:s|ed|ing)? (?:(?:the|this|a|model's|models?|model’s|your|its|maximum|max|available|allowed|supported) ){0,4}context[ _-]?(?:window|length|limit|size)`,
			`input token count … exceeds the maximum`,
			`input tokens exceed`,
			`number of input tokens exceeds`,
			`too many (?:prompt |input )?tokens`,
			`maximum prompt length is`,
			"total length of all messages is too long",
			"`inputs` tokens \\+ `max_new_tokens` must be", "`inputs` must have less than",
			`input_too_large`,
		),
	},
	{
		errs.ContentFiltered, []int{400, 403, 422, 498, 0},
		phrases(
			`content management policy`,
			`content[ _-]filter`,
			`flagged as (?:potentially|sensitive)`,
			`(?:was|been|were) flagged`,
			`usage (?:policy|policies|guidelines)`,
			`safety system`,
			`content exists risk`,
			`moderation block`,
			`violated … filters?\b`,
			`potentially unsafe`,
		),
	},
	{
		errs.UnsupportedParameter, []int{400, 404, 422, 0},
		phrases(
			`unsupported (?:parameter|value)`,
			`unknown parameter`,
			`extra inputs are not permitted`,
			`additional propert(?:y|ies) … not allowed`,
			`not supported (?:with|by|for|on) this model`,
			`(?:does not|doesn't|do not|don't) (?:currently )?support\b`,
			`no endpoints found that (?:can )?support`,
		),
	},
	{
		errs.RegionNotSupported, []int{400, 403, 0},
		phrases(`location is not supported`, `country, region,? or territory not supported`, `not available in your (?:country|region|location)`),
	},
	{
		errs.AccountDisabled, []int{400, 401, 403, 0},
		phrases(`organi[sz]ation has been (?:disabled|restricted)`, `\baccount\b … (?:deactivated|disabled)`, `has been suspended`),
	},
	{
		errs.InvalidAPIKey, []int{400, 401, 403, 0},
		phrases(
			`(?:incorrect|invalid|missing) (?:api[ _-]?key|x-api-key|authentication)`,
			`api[ _-]?key … (?:leaked|not valid|not found|expired)`,
		),
	},
	{
		errs.PermissionDenied, []int{400, 401, 403, 0},
		phrases(`is not allowed to use`, `does not have permission`, `permission '[^']*' denied`),
	},
	{
		errs.ModelNotFound, []int{400, 403, 404, 410, 422, 0},
		phrases(
			`\bmodels?\b … (?:not exist|doesn't exist|not found|decommissioned)`,
			"invalid model(?: name| id)?:? ?['\"`]", `invalid model: `,
			`model identifier is invalid`, `is not a valid model\b`,
			`no endpoints found for`,
			`specified version does not exist`,
			`\bmodel\b … (?:(?:has been|was) (?:deprecated|retired|discontinued|removed)|reached the end of its life|marked by provider as legacy)`,
			`resolve the foundation model`,
			`^model: `,
		),
	},
	{errs.ResourceNotFound, []int{400, 404, 0}, phrases(`^no [^\n]{1,80} found with id`)},
	{errs.QuotaExhausted, []int{400, 402, 403, 429, 0}, phrases(`specified api usage limits`)},
	{errs.ProviderUnreachable, []int{502, 503, 504}, phrases(`upstream connect error`, `no healthy upstream`)},
	{errs.ModelNotReady, []int{503}, phrases(`^loading model`)},
}

// daily matches a quota that no wait within the hour can clear: of a day, of a month, or of nothing at all.
var daily = regexp.MustCompile(`per[ _-]?(?:day|month)|limit: 0(?:[^.\d]|\.[^\d]|\.?$)`)

// folded is a message as phrases are compared with it.
func folded(message string) string {
	return strings.ReplaceAll(strings.ToLower(message), "’", "'")
}

// match returns the reason of the first family that has a phrase of text at the status.
func match(list []family, status int, text string) (errs.Reason, bool) {
	if text == "" {
		return "", false
	}
	for _, f := range list {
		if (f.statuses == nil || slices.Contains(f.statuses, status)) && f.phrases.MatchString(text) {
			return f.reason, true
		}
	}
	return "", false
}
