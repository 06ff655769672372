package failure

import (
	"slices"
	"strings"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/llm/failure/wording"
)

// verdict is what a failure means.
type verdict struct {
	reason   errs.Reason
	hopeless bool   // a Google quota whose retry hints are made up
	usedUp   bool   // the message speaks of a quota of more than an hour
	param    string // the parameter that the message refuses
}

// classify decides what a failure means. status is the HTTP error status, or 0 if there is none (a 2xx or an event of a stream). The first
// of these sources that gives a reason wins: guards against misleading codes, money, Google's quotas, machine codes, sentences, the codes
// of a relay around the failure, the HTTP status, the status inside the body.
func classify(status int, f facts) verdict {
	message := errs.Clean(f.message, errs.MaxMessage)
	said := wording.Read(message)
	v := verdict{reason: f.meaning(status, said), usedUp: said.UsedUp() || slices.Contains(canonicals(f.codes), quotaExhausted)}
	v.hopeless = v.reason == errs.QuotaExhausted && f.exhausted() && wording.Daily(f.quotaText(message))
	if v.reason == errs.UnsupportedParameter {
		v.param = said.Parameter()
	}
	return v
}

func (f facts) meaning(outer int, said wording.Reading) errs.Reason {
	status := f.trueStatus(outer)
	if reason, ok := said.Guard(status); ok {
		return reason
	}
	if reason, ok := said.Money(phraseStatus(status, f.status)); ok {
		return reason
	}
	codes := canonicals(f.codes)
	if slices.Contains(codes, googleExhausted) {
		return f.googleQuota(codes, said.Text)
	}
	if reason, ok := decide(machineCodes, codes); ok {
		return reason
	}
	if reason, ok := said.Reason(phraseStatus(status, f.status)); ok {
		return reason
	}
	if reason, ok := decide(machineCodes, canonicals(f.around)); ok {
		return reason
	}
	if said.UsedUp() && slices.Contains(quotaStatuses, phraseStatus(status, f.status)) {
		return errs.RateLimited // or a quota; the wait decides that later
	}
	if reason, ok := decide(weakCodes, codes); ok && status != outer && reason != errs.ProviderInternal && f.innerStatus == 0 {
		return reason // the relay broke, and this is why
	}
	if f.innerStatus == 0 && f.told == 0 {
		status = outer
	}
	return classifyStatus(status, f.status, append(codes, canonicals(f.around)...))
}

// quotaStatuses are the statuses that come with quotas.
var quotaStatuses = []int{400, 402, 403, 429, 0}

func canonicals(codes []string) []string {
	out := make([]string, 0, len(codes))
	for _, c := range codes[:min(len(codes), 64)] {
		out = append(out, canonical(c))
	}
	return out
}

// exhausted reports Google's RESOURCE_EXHAUSTED, which covers rates, daily quotas, quotas of zero, and lack of capacity.
func (f facts) exhausted() bool { return slices.Contains(canonicals(f.codes), googleExhausted) }

func (f facts) quotaText(text string) string {
	return strings.ToLower(text + "\n" + strings.Join(f.quotas, "\n"))
}

func (f facts) googleQuota(codes []string, text string) errs.Reason {
	if wording.Daily(f.quotaText(text)) {
		return errs.QuotaExhausted
	}
	if reason, ok := decide(machineCodes, codes); ok && reason == errs.Overloaded {
		return reason
	}
	return errs.RateLimited
}

// trueStatus returns the status by which to read a failure. For a failure behind a relay it is the failure's own status, if known. A 5xx of
// the relay itself says nothing about the failure that it carries, so it counts as no status.
func (f facts) trueStatus(status int) int {
	switch {
	case f.nested && f.innerStatus != 0:
		return f.innerStatus
	case f.nested && status >= 500:
		return 0
	case f.told != 0 && (status == 0 || status >= 500):
		return f.told
	}
	return status
}

// phraseStatus returns the status at which phrases are read. A 429 inside a stream stays a 429, because the prose of rate limits is full of
// words such as "tokens" and "maximum".
func phraseStatus(status, embedded int) int {
	if status == 0 && embedded == 429 {
		return embedded
	}
	return status
}

func classifyStatus(status, embedded int, codes []string) errs.Reason {
	switch {
	case (status == 401 || status == 403) && slices.Contains(codes, permissionDenied): // Azure sends it with 401
		return errs.PermissionDenied
	case status != 0:
		return byStatus(status)
	case embedded != 0:
		return byStatus(embedded)
	}
	if reason, ok := decide(weakCodes, codes); ok {
		return reason
	}
	return errs.ProviderInternal
}
