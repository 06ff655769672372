package failure

import "github.com/openloop-server/openloop/internal/errs"

// statusReasons are the HTTP statuses that mean something of their own.
var statusReasons = map[int]errs.Reason{
	401: errs.InvalidAPIKey,
	402: errs.Billing,
	403: errs.PermissionDenied,
	404: errs.EndpointNotFound,
	408: errs.Timeout,
	409: errs.Conflict,
	410: errs.ModelNotFound,
	413: errs.RequestTooLarge,
	424: errs.ProviderInternal,
	429: errs.RateLimited,
	498: errs.ContentFiltered, // Cohere
	502: errs.ProviderUnreachable,
	503: errs.Overloaded,
	504: errs.Timeout,
	520: errs.ProviderUnreachable, // Cloudflare, up to 530
	521: errs.ProviderUnreachable,
	522: errs.ProviderUnreachable,
	523: errs.ProviderUnreachable,
	524: errs.Timeout,
	525: errs.ProviderUnreachable,
	526: errs.ProviderUnreachable,
	529: errs.Overloaded, // Anthropic
	530: errs.ProviderUnreachable,
	598: errs.Timeout,
	599: errs.Timeout,
}

// byStatus is what an HTTP status means when nothing else says more.
func byStatus(status int) errs.Reason {
	if reason, ok := statusReasons[status]; ok {
		return reason
	}
	switch {
	case status >= 300 && status < 400:
		return errs.EndpointNotFound
	case status >= 400 && status < 500:
		return errs.InvalidRequest
	}
	return errs.ProviderInternal
}
