package failure

import "github.com/openloop-server/openloop/internal/errs"

// statusReasons are the HTTP statuses that have a meaning of their own.
var statusReasons = byMember(map[errs.Reason][]int{
	errs.InvalidAPIKey:       {401},
	errs.Billing:             {402},
	errs.PermissionDenied:    {403},
	errs.EndpointNotFound:    {404},
	errs.Timeout:             {408, 504, 524, 598, 599},
	errs.Conflict:            {409},
	errs.ModelNotFound:       {410},
	errs.RequestTooLarge:     {413},
	errs.ProviderInternal:    {424},
	errs.RateLimited:         {429},
	errs.ContentFiltered:     {498},                                    // Cohere
	errs.ProviderUnreachable: {502, 520, 521, 522, 523, 525, 526, 530}, // 520: Cloudflare, up to 530
	errs.Overloaded:          {503, 529},                               // 529: Anthropic
})

// byStatus returns the meaning of an HTTP status if nothing else says more.
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
