package errs

import "net/http"

// Fault says who causes a failure. It chooses the level in the log, and labels the metrics.
type Fault string

// The faults.
const (
	FaultCaller   Fault = "caller"   // the request itself
	FaultPolicy   Fault = "policy"   // a key, a limit, a budget or a safety rule
	FaultProvider Fault = "provider" // the provider, or the network to it
	FaultOwn      Fault = "own"      // this server
)

// OriginClass says whose failure it is, for those who need not know the names of providers.
type OriginClass string

// The classes of origins.
const (
	OriginCaller   OriginClass = "caller"
	OriginProvider OriginClass = "provider" // or another host that was called
	OriginServer   OriginClass = "server"
)

// ClassOf is the class of a failure of reason r that origin raised.
func (r Reason) ClassOf(origin string) OriginClass {
	switch {
	case r.Fault() == FaultCaller:
		return OriginCaller
	case r.Fault() == FaultProvider, origin != Gateway:
		return OriginProvider
	case r.Code() >= http.StatusInternalServerError:
		return OriginServer
	default: // a policy of this server, for the caller to meet
		return OriginCaller
	}
}

// row has everything that a reason determines.
type row struct {
	reason    Reason
	code      int
	retryable bool
	fault     Fault
}

// table is the closed list of reasons, in the order of their documentation.
var table = [...]row{
	{InvalidRequest, 422, false, FaultCaller},
	{UnsupportedParameter, 422, false, FaultCaller},
	{ContextLengthExceeded, 422, false, FaultCaller},
	{RequestTooLarge, 422, false, FaultCaller},
	{ContentFiltered, 422, false, FaultPolicy},
	{ModelOutputInvalid, 422, true, FaultProvider},
	{InvalidAPIKey, 401, false, FaultPolicy},
	{PermissionDenied, 401, false, FaultPolicy},
	{RegionNotSupported, 401, false, FaultPolicy},
	{AccountDisabled, 401, false, FaultPolicy},
	{ModelNotFound, 404, false, FaultCaller},
	{ResourceNotFound, 404, false, FaultCaller},
	{EndpointNotFound, 404, false, FaultPolicy},
	{Conflict, 409, true, FaultCaller},
	{RateLimited, 429, true, FaultPolicy},
	{QuotaExhausted, 429, false, FaultPolicy},
	{Billing, 429, false, FaultPolicy},
	{ProviderInternal, 500, true, FaultProvider},
	{MalformedProviderResponse, 500, true, FaultProvider},
	{Overloaded, 503, true, FaultProvider},
	{ModelNotReady, 503, true, FaultProvider},
	{Timeout, 503, true, FaultProvider},
	{ProviderUnreachable, 503, true, FaultProvider},
	{StreamInterrupted, 503, true, FaultProvider},

	{MalformedRequest, 400, false, FaultCaller},
	{InvalidJSON, 400, false, FaultCaller},
	{InvalidEncoding, 400, false, FaultCaller},
	{UnsupportedMediaType, 400, false, FaultCaller},
	{BodyTooLarge, 400, false, FaultCaller},
	{RequestTimeout, 400, true, FaultCaller},

	{GatewayKeyMissing, 401, false, FaultCaller},
	{GatewayKeyInvalid, 401, false, FaultCaller},
	{GatewayPermissionDenied, 401, false, FaultPolicy},
	{ProviderKeyMissing, 401, false, FaultPolicy},

	{RouteNotFound, 404, false, FaultCaller},
	{MethodNotAllowed, 404, false, FaultCaller},
	{PromptNotFound, 404, false, FaultCaller},
	{ToolNotFound, 404, false, FaultCaller},
	{DatasetNotFound, 404, false, FaultCaller},
	{EvaluatorNotFound, 404, false, FaultCaller},
	{FlowNotFound, 404, false, FaultCaller},
	{AgentNotFound, 404, false, FaultCaller},
	{FileNotFound, 404, false, FaultCaller},
	{DirectoryNotFound, 404, false, FaultCaller},
	{VersionNotFound, 404, false, FaultCaller},
	{EnvironmentNotFound, 404, false, FaultCaller},
	{LogNotFound, 404, false, FaultCaller},
	{EvaluationNotFound, 404, false, FaultCaller},
	{RunNotFound, 404, false, FaultCaller},
	{GateNotFound, 404, false, FaultCaller},

	{AlreadyExists, 409, false, FaultCaller},
	{InUse, 409, false, FaultCaller},
	{IllegalState, 409, false, FaultCaller},
	{DeploymentChanged, 409, false, FaultCaller},

	{ValidationFailed, 422, false, FaultCaller},
	{MissingInputs, 422, false, FaultCaller},
	{TemplateInvalid, 422, false, FaultCaller},
	{UnknownProvider, 422, false, FaultCaller},

	{CodeFailed, 422, false, FaultCaller},
	{CodeTimeout, 422, false, FaultCaller},
	{CodeOutOfMemory, 422, false, FaultCaller},
	{EvaluatorInvalid, 422, false, FaultCaller},
	{JudgmentUnreadable, 422, true, FaultProvider},
	{NothingToJudge, 422, false, FaultCaller},
	{TooManyErrors, 422, false, FaultPolicy},
	{GateClosed, 409, false, FaultPolicy},

	{ToolNotRunnable, 422, false, FaultCaller},
	{ToolFailed, 422, false, FaultCaller},
	{ToolUnreachable, 503, true, FaultProvider},
	{AddressRefused, 422, false, FaultPolicy},
	{ToolChanged, 409, false, FaultPolicy},

	{GatewayRateLimited, 429, true, FaultPolicy},
	{BudgetExceeded, 429, false, FaultPolicy},

	{Internal, 500, false, FaultOwn},
	{GatewayOverloaded, 503, true, FaultPolicy},
	{ShuttingDown, 503, true, FaultOwn},
	{DependencyUnavailable, 503, true, FaultOwn},
	{RuntimeUnavailable, 503, false, FaultOwn},
	{WorkerLost, 500, false, FaultOwn},
}

// providerReasons is the number of rows, at the start of table, for failures of providers.
const providerReasons = 24

// rows is table by reason.
var rows = func() map[Reason]row {
	m := make(map[Reason]row, len(table))
	for _, r := range table {
		m[r.reason] = r
	}
	return m
}()
