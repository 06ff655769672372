package failure

import (
	"strings"

	"github.com/openloop-server/openloop/internal/errs"
)

// canonical returns the form in which codes are compared: lower case, letters and digits only, without a trailing "exception" and then
// "error". ThrottlingException, throttling_error and "Throttling" become the same.
func canonical(code string) string {
	if len(code) > 200 {
		return ""
	}
	s := strings.Map(func(r rune) rune {
		switch {
		case 'A' <= r && r <= 'Z':
			return r + 'a' - 'A'
		case 'a' <= r && r <= 'z', '0' <= r && r <= '9':
			return r
		}
		return -1
	}, code)
	return strings.TrimSuffix(strings.TrimSuffix(s, "exception"), "error")
}

// byMember inverts lists: it maps each member to the reason that lists it.
func byMember[K comparable](lists map[errs.Reason][]K) map[K]errs.Reason {
	out := map[K]errs.Reason{}
	for reason, members := range lists {
		for _, m := range members {
			out[m] = reason
		}
	}
	return out
}

// machineCodes are codes that decide by themselves.
var machineCodes = byMember(map[errs.Reason][]string{
	errs.InvalidAPIKey: {
		"invalidapikey", "apikeyinvalid", "authentication", "invalidauthentication", "unauthenticated", "unrecognizedclient", "expiredtoken",
		"invalidsignature", "missingauthenticationtoken", "credentialsmissing",
	},
	errs.PermissionDenied:   {"accessdenied", "missingscope", "permission"},
	errs.RegionNotSupported: {"unsupportedcountryregionterritory"},
	errs.AccountDisabled:    {"accountdeactivated", "consumersuspended"},
	errs.ModelNotFound: {
		"modelnotfound", "invalidmodel", "deploymentnotfound", "modeldecommissioned", "modelnotavailable", "dedicatedendpointnotrunning",
	},
	errs.ResourceNotFound:      {"previousresponsenotfound"},
	errs.EndpointNotFound:      {"unknownurl", "unknownoperation"},
	errs.ContextLengthExceeded: {"contextlengthexceeded", "exceedcontextsize", "toomanytokens", "toomanyprompttokens"},
	errs.RequestTooLarge:       {"requesttoolarge"},
	errs.ContentFiltered:       {"contentfilter", "responsibleaipolicyviolation", "contentpolicyviolation", "invalidprompt"},
	errs.UnsupportedParameter:  {"unsupportedparameter", "unsupportedvalue", "unknownparameter", "extraforbidden", "operationnotsupported"},
	errs.ModelOutputInvalid:    {"toolusefailed", "jsonvalidatefailed"},
	errs.Conflict:              {"conversationlocked", "conflict"},
	errs.RateLimited:           {"ratelimitexceeded", "ratelimit", "ratelimited", "ratelimitreached", "throttling", "modelratelimit", "1300"}, // 1300: Mistral
	errs.QuotaExhausted:        {"insufficientquota", "servicequotaexceeded"},
	// insufficientuserquota belongs to new-api, where quota means money; arrearage belongs to Alibaba.
	errs.Billing: {
		"billing", "billingnotactive", "billinghardlimitreached", "billingdisabled", "insufficientuserquota", "arrearage", "creditlimit",
	},
	errs.Overloaded:    {"overloaded", "serverisoverloaded", "modelcapacityexhausted", "serviceunavailable"},
	errs.ModelNotReady: {"modelnotready"},
	errs.Timeout:       {"timeout", "requesttimeout", "modeltimeout", "deadlineexceeded"},
})

// weakCodes are catch-all codes. They decide nothing if there is a real status or a phrase.
var weakCodes = byMember(map[errs.Reason][]string{
	errs.Overloaded:       {"unavailable"},
	errs.ProviderInternal: {"internal", "internalserver", "internalfailure", "server", "api", "model", "modelstream", "unknown"},
	errs.PermissionDenied: {"permissiondenied"},
	errs.InvalidRequest:   {"invalidrequest", "badrequest", "invalidargument", "validation", "failedprecondition", "notfound"},
})

// googleExhausted is Google's word for every limit. quotaExhausted is a limit that only its reset clears. permissionDenied is a refusal
// that a phrase may explain better.
const (
	googleExhausted  = "resourceexhausted"
	quotaExhausted   = "quotaexhausted"
	permissionDenied = "permissiondenied"
)

// decide returns the reason of the first code that is in table.
func decide(table map[string]errs.Reason, codes []string) (errs.Reason, bool) {
	for _, code := range codes {
		if reason, ok := table[code]; ok {
			return reason, true
		}
	}
	return "", false
}
