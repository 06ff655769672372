package mock

import (
	"time"

	"github.com/openloop-server/openloop/internal/errs"
)

type failureRow struct {
	status     int // of the imagined HTTP answer; 0 when none arrives
	message    string
	retryAfter time.Duration
}

// failures has a row for each reason that a provider's failure can have.
var failures = map[errs.Reason]failureRow{
	errs.InvalidRequest:            {400, "The request is not one that this model can serve.", 0},
	errs.UnsupportedParameter:      {400, "Unsupported parameter: 'logit_bias' is not supported with this model.", 0},
	errs.ContextLengthExceeded:     {400, "This model's maximum context length is 8192 tokens, but the messages have 9000 tokens.", 0},
	errs.RequestTooLarge:           {413, "The request is larger than the provider accepts.", 0},
	errs.ContentFiltered:           {400, "The prompt was refused by the provider's safety system.", 0},
	errs.ModelOutputInvalid:        {400, "The model produced a tool call that does not match its schema.", 0},
	errs.InvalidAPIKey:             {401, "The provider's API key is not valid.", 0},
	errs.PermissionDenied:          {403, "The key is not allowed to use this model.", 0},
	errs.RegionNotSupported:        {403, "The provider does not serve this country, region or territory.", 0},
	errs.AccountDisabled:           {401, "The organization has been disabled.", 0},
	errs.ModelNotFound:             {404, "The model does not exist, or this key has no access to it.", 0},
	errs.ResourceNotFound:          {404, "A resource that the request names does not exist at the provider.", 0},
	errs.EndpointNotFound:          {404, "The provider has no such endpoint.", 0},
	errs.Conflict:                  {409, "Another call holds a lock on this conversation.", 0},
	errs.RateLimited:               {429, "Rate limit reached for requests. Please try again in 2 seconds.", 2 * time.Second},
	errs.QuotaExhausted:            {429, "The daily quota of this key is used up.", 0},
	errs.Billing:                   {402, "The account has no credit left.", 0},
	errs.ProviderInternal:          {500, "The provider had an internal error.", 0},
	errs.MalformedProviderResponse: {200, "Mock returned HTTP 200 with a body that cannot be read.", 0},
	errs.Overloaded:                {529, "The provider is overloaded.", time.Second},
	errs.ModelNotReady:             {503, "The model is loading. Please try again in 20 seconds.", 20 * time.Second},
	errs.Timeout:                   {0, "Mock sent no answer within 60 seconds.", 0},
	errs.ProviderUnreachable:       {0, "Mock could not be reached: the connection was refused.", 0},
	errs.StreamInterrupted:         {200, "Mock ended the stream before its end marker.", 0},
}
