package errs

// row is all that follows from a reason.
type row struct {
	code      int
	retryable bool
}

// rows is the closed list of reasons.
var rows = map[Reason]row{
	InvalidRequest:            {422, false},
	UnsupportedParameter:      {422, false},
	ContextLengthExceeded:     {422, false},
	RequestTooLarge:           {422, false},
	ContentFiltered:           {422, false},
	ModelOutputInvalid:        {422, true},
	InvalidAPIKey:             {401, false},
	PermissionDenied:          {401, false},
	RegionNotSupported:        {401, false},
	AccountDisabled:           {401, false},
	ModelNotFound:             {404, false},
	ResourceNotFound:          {404, false},
	EndpointNotFound:          {404, false},
	Conflict:                  {409, true},
	RateLimited:               {429, true},
	QuotaExhausted:            {429, false},
	Billing:                   {429, false},
	ProviderInternal:          {500, true},
	MalformedProviderResponse: {500, true},
	Overloaded:                {503, true},
	ModelNotReady:             {503, true},
	Timeout:                   {503, true},
	ProviderUnreachable:       {503, true},
	StreamInterrupted:         {503, true},

	InvalidJSON:          {400, false},
	InvalidEncoding:      {400, false},
	UnsupportedMediaType: {400, false},
	BodyTooLarge:         {400, false},
	RequestTimeout:       {400, true},

	GatewayKeyMissing:       {401, false},
	GatewayKeyInvalid:       {401, false},
	GatewayPermissionDenied: {401, false},
	ProviderKeyMissing:      {401, false},

	RouteNotFound:       {404, false},
	MethodNotAllowed:    {404, false},
	PromptNotFound:      {404, false},
	ToolNotFound:        {404, false},
	DatasetNotFound:     {404, false},
	EvaluatorNotFound:   {404, false},
	FlowNotFound:        {404, false},
	AgentNotFound:       {404, false},
	FileNotFound:        {404, false},
	DirectoryNotFound:   {404, false},
	VersionNotFound:     {404, false},
	EnvironmentNotFound: {404, false},
	LogNotFound:         {404, false},

	ValidationFailed: {422, false},
	MissingInputs:    {422, false},
	TemplateInvalid:  {422, false},
	UnknownProvider:  {422, false},

	GatewayRateLimited: {429, true},
	BudgetExceeded:     {429, false},

	Internal:              {500, false},
	ShuttingDown:          {503, true},
	DependencyUnavailable: {503, true},
}
