package errs

import (
	"log/slog"
	"net/http"
)

// Reason is a stable slug that says what went wrong. It determines the HTTP status, the type, and whether a retry can help, so a caller needs
// one switch. Reasons may be added; none is ever renamed.
type Reason string

// The reasons of a provider's failures. The origin is the provider if its status line arrived.
const (
	InvalidRequest            Reason = "invalid_request"
	UnsupportedParameter      Reason = "unsupported_parameter"
	ContextLengthExceeded     Reason = "context_length_exceeded"
	RequestTooLarge           Reason = "request_too_large"
	ContentFiltered           Reason = "content_filtered"
	ModelOutputInvalid        Reason = "model_output_invalid"
	InvalidAPIKey             Reason = "invalid_api_key"
	PermissionDenied          Reason = "permission_denied"
	RegionNotSupported        Reason = "region_not_supported"
	AccountDisabled           Reason = "account_disabled"
	ModelNotFound             Reason = "model_not_found"
	ResourceNotFound          Reason = "resource_not_found"
	EndpointNotFound          Reason = "endpoint_not_found"
	Conflict                  Reason = "conflict"
	RateLimited               Reason = "rate_limited"
	QuotaExhausted            Reason = "quota_exhausted"
	Billing                   Reason = "billing"
	ProviderInternal          Reason = "provider_internal"
	MalformedProviderResponse Reason = "malformed_provider_response"
	Overloaded                Reason = "overloaded"
	ModelNotReady             Reason = "model_not_ready"
	Timeout                   Reason = "timeout"
	ProviderUnreachable       Reason = "provider_unreachable"
	StreamInterrupted         Reason = "stream_interrupted"
)

// The reasons of failures of Openloop itself.
const (
	MalformedRequest     Reason = "malformed_request"
	InvalidJSON          Reason = "invalid_json"
	InvalidEncoding      Reason = "invalid_encoding"
	UnsupportedMediaType Reason = "unsupported_media_type"
	BodyTooLarge         Reason = "body_too_large"
	RequestTimeout       Reason = "request_timeout"

	GatewayKeyMissing       Reason = "gateway_key_missing"
	GatewayKeyInvalid       Reason = "gateway_key_invalid"
	GatewayPermissionDenied Reason = "gateway_permission_denied"
	ProviderKeyMissing      Reason = "provider_key_missing"

	RouteNotFound       Reason = "route_not_found"
	MethodNotAllowed    Reason = "method_not_allowed"
	PromptNotFound      Reason = "prompt_not_found"
	ToolNotFound        Reason = "tool_not_found"
	DatasetNotFound     Reason = "dataset_not_found"
	EvaluatorNotFound   Reason = "evaluator_not_found"
	FlowNotFound        Reason = "flow_not_found"
	AgentNotFound       Reason = "agent_not_found"
	FileNotFound        Reason = "file_not_found"
	DirectoryNotFound   Reason = "directory_not_found"
	VersionNotFound     Reason = "version_not_found"
	EnvironmentNotFound Reason = "environment_not_found"
	LogNotFound         Reason = "log_not_found"
	EvaluationNotFound  Reason = "evaluation_not_found"
	RunNotFound         Reason = "run_not_found"
	GateNotFound        Reason = "gate_not_found"

	AlreadyExists Reason = "already_exists"
	InUse         Reason = "in_use"
	IllegalState  Reason = "illegal_state"

	DeploymentChanged Reason = "deployment_changed"

	ValidationFailed Reason = "validation_failed"
	MissingInputs    Reason = "missing_inputs"
	TemplateInvalid  Reason = "template_invalid"
	UnknownProvider  Reason = "unknown_provider"

	CodeFailed         Reason = "code_failed"
	CodeTimeout        Reason = "code_timeout"
	CodeOutOfMemory    Reason = "code_out_of_memory"
	EvaluatorInvalid   Reason = "evaluator_invalid"
	JudgmentUnreadable Reason = "judgment_unreadable"
	NothingToJudge     Reason = "nothing_to_judge"
	TooManyErrors      Reason = "too_many_errors"
	GateClosed         Reason = "gate_closed"

	ToolNotRunnable Reason = "tool_not_runnable"
	ToolFailed      Reason = "tool_failed"
	ToolUnreachable Reason = "tool_unreachable"
	AddressRefused  Reason = "address_refused"
	ToolChanged     Reason = "tool_changed"

	GatewayRateLimited Reason = "gateway_rate_limited"
	BudgetExceeded     Reason = "budget_exceeded"

	Internal              Reason = "internal_error"
	GatewayOverloaded     Reason = "gateway_overloaded"
	ShuttingDown          Reason = "shutting_down"
	DependencyUnavailable Reason = "dependency_unavailable"
	RuntimeUnavailable    Reason = "runtime_unavailable"
	WorkerLost            Reason = "worker_lost"
)

// Code is the HTTP status of r: 400, 401, 404, 409, 422, 429, 500 or 503. An unlisted reason has 500.
func (r Reason) Code() int { return r.row().code }

// Retryable reports whether the same request may succeed later although nobody changes anything.
func (r Reason) Retryable() bool { return r.row().retryable }

// Known reports whether r is in the closed list.
func (r Reason) Known() bool {
	_, ok := rows[r]
	return ok
}

// Fault says who causes r.
func (r Reason) Fault() Fault { return r.row().fault }

// Level is the level of r in the log: an error if this server is at fault, a warning if a good request was stopped, and information
// otherwise.
func (r Reason) Level() slog.Level {
	if r == ShuttingDown {
		return slog.LevelInfo
	}
	switch r.Fault() {
	case FaultOwn:
		return slog.LevelError
	case FaultPolicy, FaultProvider:
		return slog.LevelWarn
	case FaultCaller:
	}
	return slog.LevelInfo
}

// OfProvider reports whether r can be the reason of a provider's failure. The model `error/<reason>` of the mock provider raises those.
func (r Reason) OfProvider() bool {
	for _, row := range table[:providerReasons] {
		if row.reason == r {
			return true
		}
	}
	return false
}

// Reasons returns every reason, the providers' first.
func Reasons() []Reason {
	out := make([]Reason, len(table))
	for i, row := range table {
		out[i] = row.reason
	}
	return out
}

// Type is the class of r, one for each status.
func (r Reason) Type() string { return types[r.Code()] }

func (r Reason) row() row {
	if row, ok := rows[r]; ok {
		return row
	}
	return row{reason: r, code: http.StatusInternalServerError, fault: FaultOwn}
}

var types = map[int]string{
	http.StatusBadRequest:          "bad_request_error",
	http.StatusUnauthorized:        "authentication_error",
	http.StatusNotFound:            "not_found_error",
	http.StatusConflict:            "conflict_error",
	http.StatusUnprocessableEntity: "unprocessable_entity_error",
	http.StatusTooManyRequests:     "rate_limit_error",
	http.StatusInternalServerError: "internal_server_error",
	http.StatusServiceUnavailable:  "service_unavailable_error",
}
