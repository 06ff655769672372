package failure

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm/failure/wording"
)

// Relays carry the failure of the provider behind them inside their own envelope: as an object, as JSON in a text, or as a text, in members
// that they name freely. A name that holds one of carriers means a failure. A name in containers means that the member may hold one.
// Members with a foreign name hold what a user or a model wrote, and are never read.
var (
	carriers   = []string{"error", "cause", "upstream", "inner", "exception", "fail", "fault", "original", "underlying", "nested", "wrapped", "raw"}
	containers = []string{"value", "data", "body", "response", "result", "detail", "details", "metadata", "extensions", "info", "payload", "attempts", "meta", "extra", "debug", "description", "reason", "title", "provider"}
	foreign    = []string{"input", "prompt", "request", "generation", "content", "filter", "header", "instruction", "choices", "previous", "log", "trace", "stack", "argument", "schema", "query", "history", "document", "example", "output", "tool", "messages", "text", "reasoning"}
)

func isCarrier(name string) bool {
	return !isForeign(name) && slices.ContainsFunc(carriers, func(s string) bool { return strings.Contains(wording.Lower(name), s) })
}

func isContainer(name string) bool { return slices.Contains(containers, wording.Lower(name)) }

func isForeign(name string) bool {
	return slices.ContainsFunc(foreign, func(s string) bool { return strings.Contains(wording.Lower(name), s) })
}

// maxElements is how many elements of an array, or members of an object, are searched for a failure.
const maxElements = 64

// carried finds the failure that o carries beside its own message. all allows containers; otherwise only carriers are opened.
func (o members) carried(at level, all bool) (facts, bool) {
	if at.depth > maxUnwrap || len(o) > maxElements {
		return facts{}, false
	}
	names := slices.Sorted(maps.Keys(o))
	for _, may := range []func(string) bool{isCarrier, isContainer} {
		for _, name := range names {
			if !may(name) || isForeign(name) {
				continue
			}
			if f, ok := carriedValue(o[name], at, isCarrier(name)); ok {
				return f, true
			}
		}
		if !all {
			break
		}
	}
	return facts{}, false
}

// carriedValue reads the failure in a member's value. named says that the member is a carrier.
func carriedValue(v json.Value, at level, named bool) (facts, bool) {
	if k := json.Kind(v); k != '"' && k != '{' && k != '[' || !at.out().opens(len(v)) {
		return facts{}, false
	}
	switch json.Kind(v) {
	case '"':
		text, _ := parseText(v)
		return carriedText(text, at, named)
	case '{':
		o, _ := parse(v)
		if o.has("@type") { // Google's details are read elsewhere
			return facts{}, false
		}
		f, ok := facts{}, false
		if o.isEnvelope() || named {
			f = gatherObject(o, at)
			ok = !f.silent()
		} else {
			f, ok = o.carried(at.in(), true)
		}
		if ok && f.status == 0 && f.innerStatus == 0 {
			f.status = o.toldStatus()
		}
		return f, ok
	case '[':
		list, _ := parseList(v)
		for _, v := range list[:min(len(list), maxElements)] {
			if o, ok := parse(v); ok && !o.has("@type") { // the message of an entry is read as part of a list
				if f, ok := o.carried(at.in(), true); ok {
					return f, true
				}
			}
		}
	}
	return facts{}, false
}

// toldStatus returns the status that the failure had behind the relay according to o, or 0.
func (o members) toldStatus() int {
	for _, name := range []string{"upstream_status", "upstreamStatus", "provider_status", "original_status", "status_code", "statusCode", "status"} {
		if n := errorStatus(o.scalar(name)); n != 0 {
			return n
		}
	}
	return 0
}

// carriedText reads the failure in a text: an envelope as JSON or as Python's repr, or a plain sentence if the member is a carrier.
func carriedText(text string, at level, named bool) (facts, bool) {
	var f facts
	if _, inner := innerEnvelope(text); inner != "" || looksLikeJSON(text) {
		if !f.say(text, at.out()) {
			return facts{}, false
		}
		return f, !f.silent()
	}
	if !named || strings.Count(text, " ") < 2 {
		return facts{}, false
	}
	return f, f.say(text, at)
}

// isEnvelope reports whether o describes a failure: it has an error, or a sentence beside a code.
func (o members) isEnvelope() bool {
	if o.envelope() != nil || cmp.Or(o.text("error"), o.text("error_message"), o.text("errorMessage")) != "" {
		return true
	}
	sentence := cmp.Or(o.text("message"), o.text("Message"), o.text("msg"), o.text("detail"))
	return sentence != "" && (o.has("code") || o.has("type") || o.has("status") || o.has("status_code") || o.has("statusCode") || o.has("error_type"))
}

// told returns the status in the words before an envelope or a sentence: "Error code: 400 - ", "HTTP 402: ", "litellm.RateLimitError: ". It
// returns 0 if there is none.
func told(prefix string) int {
	if m := statusWords.FindStringSubmatch(prefix); m != nil {
		n, _ := strconv.Atoi(cmp.Or(m[1], m[2]))
		return n
	}
	if m := className.FindStringSubmatch(prefix); m != nil {
		return classStatuses[m[1]]
	}
	return 0
}

var (
	statusWords = regexp.MustCompile(`(?i)\b(?:error code|status code|status|http|api error|error|returned):?\s*\(?([45]\d\d)\b|^([45]\d\d)\s`)
	className   = regexp.MustCompile(`\blitellm\.(?:exceptions\.)?([A-Z]\w+)(?:Error)?:`)
)

// classStatuses maps LiteLLM's exceptions to their statuses.
var classStatuses = map[string]int{
	"BadRequestError": 400, "ContextWindowExceededError": 400, "ContentPolicyViolationError": 400, "UnsupportedParamsError": 400, "AuthenticationError": 401,
	"PermissionDeniedError": 403, "NotFoundError": 404, "Timeout": 408, "UnprocessableEntityError": 422, "RateLimitError": 429,
	"BudgetExceededError": 402, "InternalServerError": 500, "ServiceUnavailableError": 503,
}

// relayed matches the beginning of a sentence that another program put there.
var relayed = regexp.MustCompile(`^(?i:error code: [45]\d\d\b|litellm\.[\w.]+:)`)

// maxPrefix is how many bytes may precede an envelope in a text: `400 {…}`, `Upstream said: b'{…}'`. farPrefix
// is the limit if these bytes tell a status.
const maxPrefix, farPrefix = 120, 600

// innerEnvelope returns the first JSON object in a text, or the first one in Python's repr, and the words before it. The object must be
// near the start and be an envelope; otherwise envelope is "".
func innerEnvelope(text string) (prefix, envelope string) {
	for _, kind := range []struct {
		start string
		value func(string) string
	}{{`{"`, jsonValue}, {"{\n", jsonValue}, {"{'", pythonValue}} {
		i := strings.Index(text, kind.start)
		if i < 0 || i > maxPrefix && (i > farPrefix || told(text[:i]) == 0) {
			continue
		}
		value := kind.value(text[i:])
		if o, ok := parse([]byte(value)); ok && (o.has("error") || o.has("message") || o.speaksOfError()) {
			return text[:i], value
		}
	}
	return "", ""
}

func jsonValue(text string) string { return text[:valueLen(text, `"`)] }
