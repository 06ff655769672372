package otlp

// The attributes with the same meaning in each convention. The first given one counts: those of the Humanloop SDKs, OpenTelemetry, the Vercel
// AI SDK, OpenLLMetry, OpenInference.
var (
	modelNames = []string{
		"humanloop.file.model", "humanloop.file.prompt.model", "gen_ai.request.model", "ai.model.id", invocation + "model", "llm.model_name",
		"embedding.model_name", "llm.request.model", "gen_ai.response.model",
	}
	providerNames = []string{
		"humanloop.file.provider", "humanloop.file.prompt.provider", "gen_ai.provider.name", "gen_ai.system", "ai.model.provider", "llm.provider",
		"llm.system",
	}
	endpointNames    = []string{"humanloop.file.endpoint", "gen_ai.operation.name", "llm.request.type"}
	temperatureNames = []string{
		"humanloop.file.temperature", "gen_ai.request.temperature", "ai.settings.temperature", "llm.temperature", invocation + "temperature",
	}
	topPNames      = []string{"humanloop.file.top_p", "gen_ai.request.top_p", "ai.settings.topP", "llm.top_p", invocation + "top_p"}
	topKNames      = []string{"gen_ai.request.top_k", "ai.settings.topK", invocation + "top_k"}
	maxTokensNames = []string{
		"humanloop.file.max_tokens", "gen_ai.request.max_tokens", "ai.settings.maxOutputTokens", "ai.settings.maxTokens", "llm.request.max_tokens",
		invocation + "max_tokens", invocation + "max_completion_tokens",
	}
	presencePenaltyNames = []string{
		"humanloop.file.presence_penalty", "gen_ai.request.presence_penalty", "ai.settings.presencePenalty", "llm.presence_penalty",
		invocation + "presence_penalty",
	}
	frequencyPenaltyNames = []string{
		"humanloop.file.frequency_penalty", "gen_ai.request.frequency_penalty", "ai.settings.frequencyPenalty", "llm.frequency_penalty",
		invocation + "frequency_penalty",
	}
	seedNames = []string{
		"humanloop.file.seed", "gen_ai.request.seed", "gen_ai.openai.request.seed", "ai.settings.seed", invocation + "seed",
	}
	stopNames       = []string{"gen_ai.request.stop_sequences", "ai.settings.stopSequences", "llm.chat.stop_sequences", invocation + "stop"}
	effortNames     = []string{"gen_ai.request.reasoning_effort", invocation + "reasoning_effort"}
	toolListNames   = []string{"gen_ai.tool.definitions", "ai.prompt.tools"}
	toolChoiceNames = []string{"gen_ai.request.tool_choice", "ai.prompt.toolChoice", invocation + "tool_choice"}

	inputTokensNames = []string{
		"gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens", "ai.usage.inputTokens", "ai.usage.promptTokens", "ai.usage.tokens",
		"llm.usage.prompt_tokens", "llm.token_count.prompt",
	}
	outputTokensNames = []string{
		"gen_ai.usage.output_tokens", "gen_ai.usage.completion_tokens", "ai.usage.outputTokens", "ai.usage.completionTokens",
		"llm.usage.completion_tokens", "llm.token_count.completion",
	}

	userNames    = []string{"user.id", "enduser.id", "ai.telemetry.metadata.userId", "traceloop.association.properties.user_id"}
	sessionNames = []string{
		"session.id", "gen_ai.conversation.id", "ai.telemetry.metadata.sessionId", "traceloop.association.properties.session_id",
	}
	argumentsNames  = []string{"gen_ai.tool.call.arguments", "ai.toolCall.args", "gen_ai.retrieval.query.text", "traceloop.entity.input", "input.value"}
	resultNames     = []string{"gen_ai.tool.call.result", "ai.toolCall.result", "gen_ai.retrieval.documents", "traceloop.entity.output", "output.value"}
	toolNameNames   = []string{"gen_ai.tool.name", "ai.toolCall.name", "traceloop.entity.name", "tool.name"}
	workInputNames  = []string{"ai.prompt", "ai.value", "ai.values", "traceloop.entity.input", "input.value"}
	workOutputNames = []string{
		"ai.response.text", "ai.response.object", "ai.response.toolCalls", "traceloop.entity.output", "output.value",
	}
)
