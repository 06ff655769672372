package errs

// pages is the text of every reason's documentation.
var pages = map[Reason]page{
	InvalidRequest: {
		title: "The provider refused the request", who: whoCaller,
		what: "The provider read the request and found something in it that it does not accept.",
		do:   "Read `message`, and `param` or `errors` if they are there, change that part of the request and send it again. The same request fails again.",
	},
	UnsupportedParameter: {
		title: "The model does not take this parameter, value or feature", who: whoCaller,
		what: "The request uses a parameter, a value or a feature that this model or this provider does not support.",
		do:   "Leave out what `param` or `message` names, or choose a model that supports it.",
	},
	ContextLengthExceeded: {
		title: "The prompt is longer than the model's window", who: whoCaller,
		what: "The prompt, together with the output that `max_tokens` reserves, has more tokens than the model's context window.",
		do:   "Shorten the messages, lower `max_tokens`, or choose a model with a larger window.",
	},
	RequestTooLarge: {
		title: "The request is over a size limit", who: whoCaller,
		what: "The request has more bytes than the provider accepts, or this one request needs more tokens than the rate limit allows in a minute. Waiting does not help.",
		do:   "Split the request, shrink its images or files, or ask the provider for a higher limit.",
	},
	ContentFiltered: {
		title: "A safety system refused the prompt or the answer", who: whoCaller,
		what: "The provider's safety system blocked the prompt, or the whole answer, so there is no output.",
		do:   "Rephrase the prompt. `provider_code` names the violated rule if the provider says so.",
	},
	ModelOutputInvalid: {
		title: "The model produced an unusable tool call", who: whoNobody,
		what: "The request is fine, but the model called a tool that was not declared, or gave it arguments that cannot be parsed.",
		do:   "Send the same request again: another sample may be right. If it keeps failing, simplify the tool's schema or name the tool in `tool_choice`.",
	},
	InvalidAPIKey: {
		title: "The provider does not accept the provider key", who: whoKey,
		what: "The key that was sent to the provider is wrong, missing, expired or revoked. `origin` is the provider, since this server accepted the key for itself.",
		do:   "Replace the provider key in the request's `provider_api_keys`, in the stored keys, or in the environment of the server.",
	},
	PermissionDenied: {
		title: "The provider key may not do this", who: whoAccount,
		what: "The provider knows the key, but the key has no right to the model, project or operation, or its account has not accepted the required terms.",
		do:   "Give the key the right that `message` names, or use a key that has it.",
	},
	RegionNotSupported: {
		title: "The provider does not serve this location", who: whoOperator,
		what: "The provider refuses calls from the country or region that the server calls from.",
		do:   "Run the server, or its outgoing proxy, in a location that the provider serves, or choose another provider.",
	},
	AccountDisabled: {
		title: "The provider account is closed", who: whoAccount,
		what: "The provider disabled, suspended or banned the account or organisation that the key belongs to.",
		do:   "Ask the provider's support, with `provider_request_id`, why the account was closed.",
	},
	ModelNotFound: {
		title: "The provider does not know this model", who: whoCaller,
		what: "The model or deployment does not exist, was retired, is not running, or is not available to this key, on its plan, or in the region.",
		do:   "Check the spelling of `model` and whether the key's account may use it, or choose another model.",
	},
	ResourceNotFound: {
		title: "Something named in the request does not exist at the provider", who: whoCaller,
		what: "The request names a file, response, thread or similar object that the provider does not have.",
		do:   "Check the id in the request. The object may have been deleted, or belong to another account.",
	},
	EndpointNotFound: {
		title: "The provider has nothing at this address", who: whoOperator,
		what: "The provider does not know the base URL, API version or operation, or it sent a redirect, which this server does not follow. If `param` is `base_url`, the base URL of the request or of a stored key leads to an address that is not public, and this server sent nothing to it.",
		do:   "Check the provider's base URL and API version in the settings, and whether the provider offers this operation. To use a private address, set it in the server's environment, for example as `OLLAMA_BASE_URL`, or set `OPENLOOP_ALLOW_PRIVATE_URLS`.",
	},
	Conflict: {
		title: "Another change is in progress", who: whoNobody,
		what: "Another call is changing the object at the same time. For example, the provider holds a lock on it.",
		do:   "Send the same request again. If it keeps failing, read the object first: the other call may have changed it.",
	},
	RateLimited: {
		title: "The provider's rate limit was reached", who: whoNobody,
		what: "The account made too many calls, or used too many tokens, in a short time. The limit resets within an hour.",
		do:   "Wait `retry_after` seconds, or back off if it is absent. Then send the same request again. If it happens often, ask the provider for a higher limit.",
	},
	QuotaExhausted: {
		title: "A quota of the provider is used up", who: whoAccount,
		what: "A daily, weekly or monthly quota is used up or is zero for this model, or a limit resets only after more than an hour.",
		do:   "Raise the quota or choose another model. An immediate retry does not help. `retry_after`, if present, says when the quota resets.",
	},
	Billing: {
		title: "The provider account needs a payment", who: whoAccount,
		what: "The account has no credit left, has reached its spending limit, or has an unpaid invoice.",
		do:   "Add credit, raise the spending limit or pay the invoice at the provider.",
	},
	ProviderInternal: {
		title: "The provider failed", who: whoNobody,
		what: "The provider reported an internal error.",
		do:   "Send the same request again with a growing delay. If it persists, give `provider_request_id` to the provider's support.",
	},
	MalformedProviderResponse: {
		title: "The provider's answer cannot be parsed", who: whoNobody,
		what: "The provider reported success but sent an HTML page, an empty body, or something that is not a model's answer. Often a proxy answered in the provider's place.",
		do:   "Send the same request again. If it persists, check that the base URL points at the provider's API, not at a web page.",
	},
	Overloaded: {
		title: "The provider is out of capacity", who: whoNobody,
		what: "The provider cannot take more work at the moment. The limits of your account are not the cause.",
		do:   "Wait `retry_after` seconds, or back off if it is absent. Then send the same request again, or fall back to another model.",
	},
	ModelNotReady: {
		title: "The model is still loading", who: whoNobody,
		what: "The model exists but is starting or warming up.",
		do:   "Send the same request again after `retry_after` seconds, or after half a minute if it is absent.",
	},
	Timeout: {
		title: "The answer took too long", who: whoNobody,
		what: "The provider gave up on its own work, or this server stopped waiting for it. `origin` says which.",
		do:   "Send the same request again, ask for a shorter answer, or stream it. When `origin` is this server, its operator can raise the timeout.",
	},
	ProviderUnreachable: {
		title: "The provider cannot be reached", who: whoNobody,
		what: "This server could not connect to the provider, or the connection broke before the answer, or a proxy could not reach the provider.",
		do:   "Send the same request again. If it persists, the operator checks the base URL, name resolution, certificates and firewall.",
	},
	StreamInterrupted: {
		title: "The stream ended before the answer was complete", who: whoNobody,
		what: "The provider closed the stream without its end marker. The output is incomplete. The Log keeps it.",
		do:   "Send the same request again. Do not use the partial output as if it were complete.",
	},

	InvalidJSON: {
		title: "The body is not JSON", who: whoCaller,
		what: "This server could not read the body of the request as JSON. `message` says where.",
		do:   "Send one valid JSON object.",
		try:  "Send the body `{` to any operation that takes one.",
	},
	MalformedRequest: {
		title: "The request is not valid HTTP", who: whoCaller,
		what: "The request could not be read: its request line, URL, headers, transfer coding or length break the rules of HTTP/1.1, or its headers are too large. The connection was closed.",
		do:   "Send the request with an HTTP library, and check whether a proxy changes it on the way.",
		try:  "Request the path `/v5/prompts/%zz`.",
	},
	InvalidEncoding: {
		title: "The body is not valid UTF-8", who: whoCaller,
		what: "The body of the request is not UTF-8, or does not match its `content-encoding`.",
		do:   "Send UTF-8 text. Set `content-encoding` only if the body has that encoding.",
		try:  "Send a body with the byte `0xff` in a string.",
	},
	UnsupportedMediaType: {
		title: "The body has the wrong media type", who: whoCaller,
		what: "The `content-type` of the request is not one that the operation accepts.",
		do:   "Send JSON with `content-type: application/json`.",
		try:  "Send a body with `content-type: text/plain`.",
	},
	BodyTooLarge: {
		title: "The body is over this server's size limit",
		what:  "The body of the request has more bytes than `OPENLOOP_MAX_BODY` allows.",
		who:   "Whoever writes the request, or the operator who sets the limit.",
		do:    "Shrink or split the request, or raise the limit in the settings.",
		try:   "Send a body larger than the limit.",
	},
	RequestTimeout: {
		title: "The request did not arrive in time", who: whoNobody,
		what: "The connection was too slow to deliver the whole request, so this server stopped reading.",
		do:   "Send the same request again.",
		try:  "Open a connection and send only half of a body.",
	},
	GatewayKeyMissing: {
		title: "The request has no key for this server", who: whoCaller,
		what: "Neither `X-API-KEY` nor `Authorization: Bearer` was sent.",
		do:   "Send a key of this server in the header `X-API-KEY`.",
		try:  "Send any request without a key.",
	},
	GatewayKeyInvalid: {
		title: "This server does not accept the key", who: whoCaller,
		what: "The key for this server is unknown, expired or revoked. No provider was called.",
		do:   "Use a valid key of this server, or ask the operator for a new one.",
		try:  "Send the header `X-API-KEY: wrong`.",
	},
	GatewayPermissionDenied: {
		title: "The key may not do this here", who: whoOperator,
		what: "The key for this server is valid but has no right to this operation.",
		do:   "Use a key whose role has the right, or ask the operator for one.",
		try:  "Call an operation for administrators with an ordinary key.",
	},
	ProviderKeyMissing: {
		title: "There is no key or base URL for the provider", who: whoOperator,
		what: "The Prompt's provider needs a key or a base URL, and neither the request, nor the stored keys, nor the server's environment has one. Or there is a stored key, but the server's encryption key cannot decrypt it; the server does not fall back to another key then. The provider was not called.",
		do:   "Send `provider_api_keys` with the request, store a key, or set the provider's environment variable.",
		try:  "Call a Prompt whose provider has no key.",
	},
	RouteNotFound: {
		title: "There is no such path", who: whoCaller,
		what: "This server has no operation at the path of the request.",
		do:   "Check the path against `/openapi.json`.",
		try:  "Send `GET /v5/nothing-here`.",
	},
	MethodNotAllowed: {
		title: "The path does not take this method", who: whoCaller,
		what: "The path exists, but not with this HTTP method. The header `Allow` lists its methods.",
		do:   "Check the method against `/openapi.json`.",
		try:  "Send `DELETE /health`.",
	},
	PromptNotFound:      notFound("Prompt"),
	ToolNotFound:        notFound("Tool"),
	DatasetNotFound:     notFound("Dataset"),
	EvaluatorNotFound:   notFound("Evaluator"),
	FlowNotFound:        notFound("Flow"),
	AgentNotFound:       notFound("Agent"),
	FileNotFound:        notFound("File"),
	DirectoryNotFound:   notFound("Directory"),
	VersionNotFound:     notFound("Version"),
	EnvironmentNotFound: notFound("Environment"),
	LogNotFound:         notFound("Log"),
	EvaluationNotFound:  notFound("Evaluation"),
	RunNotFound:         notFound("Run"),
	GateNotFound:        notFound("gate"),
	AlreadyExists: {
		title: "The name, path or id is taken", who: whoCaller,
		what: "The request creates or renames an object, but another object already has the name, path or id. `message` says which.",
		do: "Choose another name, path or id, or rename the other object. If the id is that of a Log, an earlier attempt of the same request may have " +
			"stored it. Then there is nothing left to do.",
		try: "Make a Prompt and then a Tool with the same path.",
	},
	InUse: {
		title: "The object is still in use", who: whoCaller,
		what: "The request deletes something that is still needed: a deployed version, the last version of a File, or a directory that is not empty.",
		do:   "First do what `message` says: deploy another version, empty the directory, or delete the whole File. Then send the request again.",
		try:  "Deploy a version of a Prompt, then delete that version.",
	},
	IllegalState: {
		title: "The object's state does not allow this",
		what: "The object is in a state that does not allow the operation. For example, a complete trace takes no more Logs, a Run that has ended " +
			"cannot end again, and the root directory cannot be moved or deleted.",
		who: whoCaller,
		do:  "Read the object to see its state. If it is complete, create a new Log, trace or Run.",
		try: "Log to a Flow with `log_status` `complete`, then log a child of that Log.",
	},
	DeploymentChanged: {
		title: "Another version is deployed than expected", who: whoCaller,
		what: "The request changes a deployment and says with `expected_version_id` which version it replaces. Another one is there: somebody deployed it meanwhile. " +
			"Nothing was changed. `errors` names the version that was wanted and the one that was found.",
		do:  "Look at what is deployed now. To replace it, send the request again with its id as `expected_version_id`.",
		try: "Deploy a version with `expected_version_id` set to the id of another one than is deployed.",
	},
	ValidationFailed: {
		title: "Fields of the request are invalid", who: whoCaller,
		what: "The request is valid JSON, but its fields are not what the operation expects. `errors` lists every violation, not only the first.",
		do:   "Correct each field that `errors` names.",
		try:  "Call a Prompt with `{\"messages\": 1}`.",
	},
	MissingInputs: {
		title: "The template needs inputs that were not sent", who: whoCaller,
		what: "`inputs` has no value for some variables of the Prompt's template. The provider was not called.",
		do:   "Send a value for every variable that `message` names.",
		try:  "Call a Prompt whose template has `{{name}}` with empty `inputs`.",
	},
	TemplateInvalid: {
		title: "The template cannot be rendered",
		what:  "The Prompt's template has a syntax error, or does something that templates may not do.",
		who:   "Whoever writes the Prompt.",
		do:    "Correct the template where `message` says.",
		try:   "Save a Prompt with the Jinja template `{% if %}` and call it.",
	},
	UnknownProvider: {
		title: "There is no such provider", who: whoCaller,
		what: "The Prompt, one of its fallbacks, or `provider_api_keys` names a provider that this server does not have.",
		do:   "Use one of the providers that `message` lists.",
		try:  "Call a Prompt with provider `nobody`.",
	},
	CodeFailed: {
		title: "The code of an Evaluator or a Tool failed",
		what: "Python code raised an exception, or an Evaluator's returned a value that its return type does not allow. It is the error of the Log of the " +
			"Evaluator or Tool. `message` names the exception and the line, and the Log's `stdout` has the traceback.",
		who: whoCode,
		do:  "Correct the code where `message` says. `POST /v5/evaluators/try` runs an Evaluator on some Logs and stores nothing.",
		try: "Save an Evaluator with the code `def f(log): return log[\"nope\"]` and try it on a Log.",
	},
	CodeTimeout: {
		title: "The code of an Evaluator or a Tool took too long",
		what:  "The Python code of an Evaluator did not end within `OPENLOOP_PYTHON_TIMEOUT`, or that of a Tool within 30 seconds, and was stopped.",
		who:   whoCode,
		do:    "Make the code do less. It runs in a sandbox, where loops are slower than on the machine itself.",
		try:   "Save an Evaluator with an endless loop and try it on a Log.",
	},
	CodeOutOfMemory: {
		title: "The code of an Evaluator or a Tool needs too much memory",
		what:  "Python code asked for more memory than `OPENLOOP_PYTHON_MEMORY` allows, and was stopped.",
		who:   whoCode,
		do:    "Make the code hold less at a time.",
		try:   "Save an Evaluator that makes a list of a billion numbers and try it on a Log.",
	},
	EvaluatorInvalid: {
		title: "The Evaluator has no code that can run",
		what:  "The code of the Evaluator does not parse, or has no function that could be called.",
		who:   "Whoever writes the Evaluator.",
		do:    "Correct the code. Its last function is called with the Log, and with the datapoint if it takes two arguments.",
		try:   "Save an Evaluator with the code `x = 1` and try it on a Log.",
	},
	JudgmentUnreadable: {
		title: "The answer of a judge holds no judgment",
		what:  "The model that an LLM Evaluator asks answered with no judgment, or with several that differ. No judgment is guessed. The answer is the `output` of the Evaluator's Log.",
		who:   whoNobody,
		do:    "Judge again. If it happens often, ask for a shorter answer, or use a model with tool calls or structured outputs.",
		try:   "Let an LLM Evaluator ask a model of the provider `mock` that answers with a poem.",
	},
	NothingToJudge: {
		title: "The Log failed, so a model cannot judge it",
		what:  "The Log has an error and no output. An LLM Evaluator does not ask its model about such a Log.",
		who:   whoCaller,
		do:    "Look at the error of the Log. A code Evaluator can judge failed Logs as well.",
		try:   "Try an LLM Evaluator on a Log that has an error.",
	},
	TooManyErrors: {
		title: "The Run was stopped, for too much of it failed",
		what: "More Logs of the Run failed than `max_errors` allows, or all of the first ones failed for one reason that a retry does not mend, as an invalid key. " +
			"The remaining Logs have this error, and no provider was called for them.",
		who: whoCaller,
		do:  "Mend what the first errors say, and retry the Run.",
		try: "Start a Run of a Prompt whose provider key is wrong.",
	},
	GateClosed: {
		title: "A gate refuses the deployment",
		what:  "The environment has a gate for this File, and the version has not passed it. `errors` has one entry for each check that failed: what is wanted and what was found.",
		who:   whoCaller,
		do:    "Start the Run by `POST …/gate/check?version_id=`, or wait for the one that `gate.run` names, and deploy the version once the gate is open.",
		try:   "Set a gate on an environment and deploy a version that no Run has judged.",
	},
	ToolNotRunnable: {
		title: "Only a client can run the Tool", who: whoCaller,
		what: "The Tool is a description for models, or of a type that this server does not run. Nothing was run.",
		do:   "Run it in the client, and log the result by `POST /v5/tools/log`. Or give the Tool Python code in `source_code`.",
		try:  "Call a Tool that has only a `function`.",
	},
	ToolFailed: {
		title: "A Tool failed", who: "Whoever writes the Tool, or calls it.",
		what: "A Tool ran and failed: a snippet has no such key, or an address answered with an error. If a Prompt's template calls the Tool, the call of the Prompt fails with this reason and no model is asked.",
		do:   "Read `message`, and the Log of the Tool.",
		try:  "Call a Tool of the type `snippet` with a `key` that it does not have.",
	},
	ToolUnreachable: {
		title: "The address that a Tool needs does not answer", who: whoNobody,
		what: "This server could not connect to the host that the Tool names, or the host did not answer in time, or the connection broke. `origin` is the host.",
		do:   "Run the Tool again. If it persists, check the address in `setup_values`.",
		try:  "Call a Tool of the type `get_api_call` whose `url` is `https://nothing.invalid`.",
	},
	ToolChanged: {
		title: "An MCP server changed a function since the Tool was saved", who: whoCaller,
		what: "A Tool of the type `mcp` has in its version the functions that the server had when the version was saved. The function is gone, or has other parameters now. It was not called.",
		do:   "Save the Tool again, which makes a version of what the server has now. Look at the difference before you deploy it.",
		try:  "Save a Tool of the type `mcp`, change the parameters of the function on the server, and call the Tool.",
	},
	AddressRefused: {
		title: "This server does not connect to the address", who: whoOperator,
		what: "The address that a Tool names is not one of the public internet, or its port or its host is not allowed here. Nothing was sent to it.",
		do:   "Use a public address. The operator can allow private ones by `OPENLOOP_ALLOW_PRIVATE_URLS`, and lists hosts in `OPENLOOP_TOOL_HOSTS`.",
		try:  "Call a Tool of the type `get_api_call` whose `url` is `http://127.0.0.1/`.",
	},
	GatewayRateLimited: {
		title: "This server's rate limit was reached", who: whoNobody,
		what: "There were more calls than the operator allows in this time. The provider was not called.",
		do:   "Wait `retry_after` seconds and send the same request again.",
		try:  "Set a rate limit of one call a minute on a key and call twice.",
	},
	BudgetExceeded: {
		title: "A budget on this server is used up", who: whoOperator,
		what: "The spending budget set by the operator is used up. The provider was not called.",
		do:   "Raise the budget, or wait for its next period.",
		try:  "Set a budget of zero on a key and call a Prompt.",
	},
	Internal: {
		title: "This server failed", who: whoOperator,
		what: "Something went wrong inside this server. The server's own log has the details under `request_id`. Callers do not see them.",
		do:   "Give `request_id` to the operator. Whether a retry helps is unknown.",
		try:  "You cannot cause this on purpose.",
	},
	GatewayOverloaded: {
		title: "This server has more to do than it can", who: whoNobody,
		what: "The server is short of processors, memory or room on its disk's queue, and lets requests of a higher priority go first; or the bodies of all " +
			"current requests together would have needed more memory than `OPENLOOP_MAX_BODIES` allows. The server did nothing for this request.",
		do: "Wait `retry_after` seconds and send the same request again. SDKs do so by themselves. If it happens often, the operator should look at " +
			"`openloop_pressure` in the metrics, which says what is short, and add a replica or a larger machine. Give keys of programs that can wait the priority `batch`.",
		try: "Set `OPENLOOP_MAX_BODIES` to a low value and send many requests with images at once.",
	},
	ShuttingDown: {
		title: "This server is stopping",
		what: "The server is shutting down and takes no new work. It finishes running calls, but stops those that take longer than " +
			"`OPENLOOP_SHUTDOWN_TIMEOUT`. A stopped stream ends with an `error` event, and the Log records the error.",
		who: whoNobody,
		do:  "Send the same request again. Another replica, or the restarted server, will take it.",
		try: "Send the server SIGTERM during a long call and start another call.",
	},
	DependencyUnavailable: {
		title: "A service that this server needs is unavailable", who: whoOperator,
		what: "The database, or another service that this server depends on, does not answer.",
		do:   "Send the same request again after a while. The operator should look at `/ready`, which names the missing service.",
		try:  "Stop the database of a server that uses PostgreSQL.",
	},
	RuntimeUnavailable: {
		title: "This server has no Python", who: whoOperator,
		what: "The server cannot run the code of Evaluators and Tools: it was built without the Python image, its processor is neither amd64 nor arm64, or the code asks for the runtime `command` and the operator has not set one that works.",
		do:   "Run `openloop python install` beside the data directory of the server, and try again. `make build` includes the image. For the runtime `command`, set `OPENLOOP_PYTHON_COMMAND`; the log says why a command does not start.",
		try:  "Build the server with `go build` alone and try a code Evaluator.",
	},
	WorkerLost: {
		title: "The work was begun three times and never came to an end", who: whoOperator,
		what: "The server stopped, or stalled, each time that it worked on this. It is not tried again, since it may be what stops the server.",
		do:   "Look at the server's log at the time of the Log, and retry the Run.",
		try:  "You cannot cause this on purpose.",
	},
}

// notFound is the page of a kind of object that was not found.
func notFound(kind string) page {
	return page{
		title: "There is no such " + kind,
		what:  "This server has no " + kind + " with the given id, path or name. It may have been deleted.",
		who:   whoCaller,
		do:    "Check the id, path or name. Names are case-sensitive.",
		try:   "Ask for a " + kind + " that does not exist.",
	}
}
