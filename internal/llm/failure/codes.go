package failure

import (
	"strings"

	"github.com/openloop-server/openloop/internal/errs"
)

// canonical is the form in which codes are compared: lower case, letters and digits only, without a trailing "exception" and then
// "error". ThrottlingException, throttling_error and "Throttling" are one.
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

// machineCodes are the codes that decide by themselves.
var machineCodes = map[string]errs.Reason{
	"invalidapikey":                     errs.InvalidAPIKey,
	"apikeyinvalid":                     errs.InvalidAPIKey,
	"authentication":                    errs.InvalidAPIKey,
	"invalidauthentication":             errs.InvalidAPIKey,
	"unauthenticated":                   errs.InvalidAPIKey,
	"unrecognizedclient":                errs.InvalidAPIKey,
	"expiredtoken":                      errs.InvalidAPIKey,
	"invalidsignature":                  errs.InvalidAPIKey,
	"missingauthenticationtoken":        errs.InvalidAPIKey,
	"credentialsmissing":                errs.InvalidAPIKey,
	"accessdenied":                      errs.PermissionDenied,
	"missingscope":                      errs.PermissionDenied,
	"permission":                        errs.PermissionDenied,
	"unsupportedcountryregionterritory": errs.RegionNotSupported,
	"accountdeactivated":                errs.AccountDisabled,
	"consumersuspended":                 errs.AccountDisabled,
	"modelnotfound":                     errs.ModelNotFound,
	"invalidmodel":                      errs.ModelNotFound,
	"deploymentnotfound":                errs.ModelNotFound,
	"modeldecommissioned":               errs.ModelNotFound,
	"modelnotavailable":                 errs.ModelNotFound,
	"dedicatedendpointnotrunning":       errs.ModelNotFound,
	"previousresponsenotfound":          errs.ResourceNotFound,
	"unknownurl":                        errs.EndpointNotFound,
	"unknownoperation":                  errs.EndpointNotFound,
	"contextlengthexceeded":             errs.ContextLengthExceeded,
	"exceedcontextsize":                 errs.ContextLengthExceeded,
	"toomanytokens":                     errs.ContextLengthExceeded,
	"toomanyprompttokens":               errs.ContextLengthExceeded,
	"requesttoolarge":                   errs.RequestTooLarge,
	"contentfilter":                     errs.ContentFiltered,
	"responsibleaipolicyviolation":      errs.ContentFiltered,
	"contentpolicyviolation":            errs.ContentFiltered,
	"invalidprompt":                     errs.ContentFiltered,
	"unsupportedparameter":              errs.UnsupportedParameter,
	"unsupportedvalue":                  errs.UnsupportedParameter,
	"unknownparameter":                  errs.UnsupportedParameter,
	"extraforbidden":                    errs.UnsupportedParameter,
	"operationnotsupported":             errs.UnsupportedParameter,
	"toolusefailed":                     errs.ModelOutputInvalid,
	"jsonvalidatefailed":                errs.ModelOutputInvalid,
	"conversationlocked":                errs.Conflict,
	"conflict":                          errs.Conflict,
	"ratelimitexceeded":                 errs.RateLimited,
	"ratelimit":                         errs.RateLimited,
	"ratelimited":                       errs.RateLimited,
	"ratelimitreached":                  errs.RateLimited,
	"throttling":                        errs.RateLimited,
	"modelratelimit":                    errs.RateLimited,
	"1300":                              errs.RateLimited, // Mistral
	"insufficientquota":                 errs.QuotaExhausted,
	"servicequotaexceeded":              errs.QuotaExhausted,
	"billing":                           errs.Billing,
	"billingnotactive":                  errs.Billing,
	"billinghardlimitreached":           errs.Billing,
	"billingdisabled":                   errs.Billing,
	"insufficientuserquota":             errs.Billing, // new-api, whose quota is money
	"arrearage":                         errs.Billing, // Alibaba
	"creditlimit":                       errs.Billing,
	"overloaded":                        errs.Overloaded,
	"serverisoverloaded":                errs.Overloaded,
	"modelcapacityexhausted":            errs.Overloaded,
	"serviceunavailable":                errs.Overloaded,
	"modelnotready":                     errs.ModelNotReady,
	"timeout":                           errs.Timeout,
	"requesttimeout":                    errs.Timeout,
	"modeltimeout":                      errs.Timeout,
	"deadlineexceeded":                  errs.Timeout,
}

// weakCodes are the catch-alls. While a real status or a phrase exists they decide nothing.
var weakCodes = map[string]errs.Reason{
	"unavailable":        errs.Overloaded,
	"internal":           errs.ProviderInternal,
	"internalserver":     errs.ProviderInternal,
	"internalfailure":    errs.ProviderInternal,
	"server":             errs.ProviderInternal,
	"api":                errs.ProviderInternal,
	"model":              errs.ProviderInternal,
	"modelstream":        errs.ProviderInternal,
	"unknown":            errs.ProviderInternal,
	"permissiondenied":   errs.PermissionDenied,
	"invalidrequest":     errs.InvalidRequest,
	"badrequest":         errs.InvalidRequest,
	"invalidargument":    errs.InvalidRequest,
	"validation":         errs.InvalidRequest,
	"failedprecondition": errs.InvalidRequest,
	"notfound":           errs.InvalidRequest,
}

// googleExhausted is what Google calls every limit, quotaExhausted one that only its reset clears, and permissionDenied a refusal that phrases may explain better.
const (
	googleExhausted  = "resourceexhausted"
	quotaExhausted   = "quotaexhausted"
	permissionDenied = "permissiondenied"
)

// decide returns the reason of the first code that table has.
func decide(table map[string]errs.Reason, codes []string) (errs.Reason, bool) {
	for _, code := range codes {
		if reason, ok := table[code]; ok {
			return reason, true
		}
	}
	return "", false
}
