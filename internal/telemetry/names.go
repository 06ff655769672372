package telemetry

import "go.opentelemetry.io/otel/attribute"

// Names of attributes. Those of generative AI are as its semantic conventions had them in November 2026. They are constants of our own, since the
// conventions are still changing.
const (
	httpMethod      = attribute.Key("http.request.method")
	httpRoute       = attribute.Key("http.route")
	httpStatus      = attribute.Key("http.response.status_code")
	urlScheme       = attribute.Key("url.scheme")
	protocolVersion = attribute.Key("network.protocol.version")
	errorType       = attribute.Key("error.type")

	genOperation    = attribute.Key("gen_ai.operation.name")
	genProvider     = attribute.Key("gen_ai.provider.name")
	genSystem       = attribute.Key("gen_ai.system") // the name of genProvider up to version 1.36
	genConversation = attribute.Key("gen_ai.conversation.id")
	genOutputType   = attribute.Key("gen_ai.output.type")

	genModel            = attribute.Key("gen_ai.request.model")
	genStream           = attribute.Key("gen_ai.request.stream")
	genMaxTokens        = attribute.Key("gen_ai.request.max_tokens")
	genTemperature      = attribute.Key("gen_ai.request.temperature")
	genTopP             = attribute.Key("gen_ai.request.top_p")
	genTopK             = attribute.Key("gen_ai.request.top_k")
	genPresencePenalty  = attribute.Key("gen_ai.request.presence_penalty")
	genFrequencyPenalty = attribute.Key("gen_ai.request.frequency_penalty")
	genSeed             = attribute.Key("gen_ai.request.seed")

	genAnsweredBy = attribute.Key("gen_ai.response.model")
	genFinish     = attribute.Key("gen_ai.response.finish_reasons")
	genFirstChunk = attribute.Key("gen_ai.response.time_to_first_chunk")

	genInput      = attribute.Key("gen_ai.usage.input_tokens")
	genOutput     = attribute.Key("gen_ai.usage.output_tokens")
	genCacheRead  = attribute.Key("gen_ai.usage.cache_read.input_tokens")
	genCacheWrite = attribute.Key("gen_ai.usage.cache_creation.input_tokens")
	genReasoning  = attribute.Key("gen_ai.usage.reasoning.output_tokens")

	genAgentID      = attribute.Key("gen_ai.agent.id")
	genAgentName    = attribute.Key("gen_ai.agent.name")
	genAgentVersion = attribute.Key("gen_ai.agent.version")
	genToolName     = attribute.Key("gen_ai.tool.name")
	genToolType     = attribute.Key("gen_ai.tool.type")

	genInstructions   = attribute.Key("gen_ai.system_instructions")
	genInputMessages  = attribute.Key("gen_ai.input.messages")
	genOutputMessages = attribute.Key("gen_ai.output.messages")
	genToolArguments  = attribute.Key("gen_ai.tool.call.arguments")
	genToolResult     = attribute.Key("gen_ai.tool.call.result")

	ownOperation  = attribute.Key("openloop.operation")
	ownRequest    = attribute.Key("openloop.request.id")
	ownOrigin     = attribute.Key("openloop.error.origin")
	ownLog        = attribute.Key("openloop.log.id")
	ownLane       = attribute.Key("openloop.lane")
	ownAttempt    = attribute.Key("openloop.attempt")
	ownCredential = attribute.Key("openloop.credential")
	ownCache      = attribute.Key("openloop.cache")

	inferenceKind       = attribute.Key("openinference.span.kind")
	inferenceProvider   = attribute.Key("llm.provider")
	inferenceModel      = attribute.Key("llm.model_name")
	inferencePrompt     = attribute.Key("llm.token_count.prompt")
	inferenceCompletion = attribute.Key("llm.token_count.completion")
	inferenceTotal      = attribute.Key("llm.token_count.total")
	inferenceTool       = attribute.Key("tool.name")
	inferenceAgent      = attribute.Key("agent.name")
)

// Operations of generative AI.
const (
	chatOperation  = "chat"
	textOperation  = "text_completion"
	embedOperation = "embeddings"
	toolOperation  = "execute_tool"
	agentOperation = "invoke_agent"
)

// providerNames are the names that the conventions have for providers, where they differ from ours.
var providerNames = map[string]string{
	"google": "gcp.gemini", "vertex_ai": "gcp.vertex_ai", "bedrock": "aws.bedrock", "openai_azure": "azure.ai.openai", "mistral": "mistral_ai", "xai": "x_ai",
}

func providerName(slug string) string {
	if name, ok := providerNames[slug]; ok {
		return name
	}
	return slug
}
