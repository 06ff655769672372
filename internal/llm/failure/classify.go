package failure

import (
	"slices"
	"strings"

	"openloop/internal/errs"
)

// verdict is what a failure means.
type verdict struct {
	reason   errs.Reason
	hopeless bool // a Google quota, whose retry hints are made up
}

// classify decides what a failure means. status is the HTTP error status, 0 when there is none (a 2xx or an event of a stream).
// The first of these that has an opinion wins: guards against misleading codes, money, Google's quotas, machine codes, phrases, and
// last the status: the HTTP one, or the one inside the body.
func classify(status int, f facts) verdict {
	text := folded(errs.Clean(f.message, errs.MaxMessage))
	codes := make([]string, 0, len(f.codes))
	for _, c := range f.codes[:min(len(f.codes), 64)] {
		codes = append(codes, canonical(c))
	}
	if reason, ok := match(guards[:], status, text); ok {
		return verdict{reason: reason}
	}
	if reason, ok := match(moneyPhrases[:], status, text); ok {
		return verdict{reason: reason}
	}
	if slices.Contains(codes, googleExhausted) {
		return classifyQuota(codes, text, f.quotas)
	}
	if reason, ok := decide(machineCodes, codes); ok {
		return verdict{reason: reason}
	}
	if reason, ok := match(families[:], phraseStatus(status, f.status), text); ok {
		return verdict{reason: reason}
	}
	return verdict{reason: classifyStatus(status, f.status, codes)}
}

// classifyQuota reads Google's RESOURCE_EXHAUSTED, which covers rates, daily quotas, quotas of zero and lack of capacity.
func classifyQuota(codes []string, text string, quotas []string) verdict {
	if daily.MatchString(text) || daily.MatchString(strings.ToLower(strings.Join(quotas, "\n"))) {
		return verdict{reason: errs.QuotaExhausted, hopeless: true}
	}
	if reason, ok := decide(machineCodes, codes); ok && reason == errs.Overloaded {
		return verdict{reason: reason}
	}
	return verdict{reason: errs.RateLimited}
}

// phraseStatus is the status that phrases are read at. A 429 inside a stream is a 429: the prose of rate limits is full of
// "tokens" and "maximum".
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
