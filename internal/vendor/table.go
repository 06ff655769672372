package vendor

// rows is the table. Each row follows the vendor's own documentation.
var rows = [...]Vendor{
	{
		Slug: "openai", Display: "OpenAI", Wire: "openai", BaseURL: "https://api.openai.com/v1", Example: "gpt-5.4-mini",
		Settings: []Setting{key("the key", "OPENAI_API_KEY"), baseURL("OPENAI_BASE_URL", "another base URL, including the version, as in OpenAI's SDK")},
		Catalog:  "openai", Endings: []string{"-0000-00-00", "-latest"},
		Dialect: Dialect{Encrypts: true, Base64: true, Counts: true},
	},
	{
		Slug: "anthropic", Display: "Anthropic", Wire: "anthropic", BaseURL: "https://api.anthropic.com", Example: "claude-sonnet-4-6",
		Settings: []Setting{key("the key", "ANTHROPIC_API_KEY"), baseURL("ANTHROPIC_BASE_URL", "another base URL, without the version, as in Anthropic's SDK")},
		Catalog:  "anthropic", Endings: []string{"-00000000", "-latest"},
	},
	{
		Slug: "google", Display: "Google Gemini", Wire: "gemini", BaseURL: "https://generativelanguage.googleapis.com", Example: "gemini-3.5-flash",
		Settings: []Setting{
			key("the key", "GEMINI_API_KEY", "GOOGLE_API_KEY"), baseURL("GEMINI_BASE_URL", "another base URL, without the version, as in Google's SDK"),
		},
		Catalog: "google", Aliases: []string{"gcp.gemini", "gcp.gen_ai", "gemini", "google_genai", "google-generative-ai"},
	},
	{
		Slug: "bedrock", Display: "Amazon Bedrock", Wire: "bedrock", BaseURL: "https://bedrock-runtime.REGION.amazonaws.com", NoKey: true, Example: "amazon.nova-2-lite-v1:0",
		Settings: []Setting{
			further("an Amazon Bedrock API key; takes precedence over access keys", "AWS_BEARER_TOKEN_BEDROCK"),
			further("access keys; without them, AWS's standard chain: profiles, SSO, web identity, roles of containers and instances",
				"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"),
			further("the region; without it, that of the AWS profile", "AWS_REGION", "AWS_DEFAULT_REGION"),
			baseURL("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", "another base URL"),
		},
		Catalog: "amazon-bedrock", Aliases: []string{"aws.bedrock", "aws", "amazon-bedrock", "aws_bedrock"},
	},
	{Slug: "cohere", Display: "Cohere", Wire: "cohere", BaseURL: "https://api.cohere.com", Example: "command-a-03-2025"},
	{
		Slug: "vertex_ai", Display: "Google Vertex AI", Wire: "vertex", BaseURL: "https://LOCATION-aiplatform.googleapis.com", NoKey: true, Example: "gemini-3.5-flash",
		Settings: []Setting{
			further("the Google Cloud project; required", "VERTEX_AI_PROJECT", "GOOGLE_CLOUD_PROJECT"),
			{
				Names:   []string{"VERTEX_AI_LOCATION", "GOOGLE_CLOUD_LOCATION"},
				Meaning: "the location: `global` (the default), `us`, `eu`, or a region such as `europe-west1`",
				Valid:   isLocation, Must: "must be a location of Google Cloud, as europe-west1",
			},
			key("an access token; without it, Google's application default credentials: the file in `GOOGLE_APPLICATION_CREDENTIALS`, those of `gcloud`, or the machine's", "VERTEX_AI_ACCESS_TOKEN"),
			baseURL("VERTEX_AI_BASE_URL", "another base URL, with or without `/v1`"),
		},
		Catalog: "google-vertex", Aliases: []string{"gcp.vertex_ai", "vertexai", "google-vertex", "google.vertex"},
	},
	{
		Slug: "replicate", Display: "Replicate", Wire: "replicate", BaseURL: "https://api.replicate.com", Example: "meta/meta-llama-3-8b-instruct",
		Settings: []Setting{
			key("the token", "REPLICATE_API_KEY", "REPLICATE_API_TOKEN"), baseURL("REPLICATE_BASE_URL", "another base URL, with or without `/v1`"),
		},
	},
	{
		Slug: "openai_azure", Display: "Azure OpenAI", Wire: "openai", TakesURL: true, Example: "gpt-5.4-mini",
		Settings: []Setting{
			key("the key", "AZURE_OPENAI_API_KEY"), baseURL("AZURE_OPENAI_ENDPOINT", "the endpoint of the resource: `https://NAME.openai.azure.com`"),
			further("the version of the API, `2025-04-01-preview` by default; not used if the endpoint ends in `/openai/v1`", "AZURE_OPENAI_API_VERSION"),
		},
		Catalog: "azure", Sells: "openai", Endings: []string{"-0000-00-00", "-latest"},
		Aliases: []string{"azure.ai.openai", "az.ai.openai", "azure.ai.inference", "az.ai.inference", "azure", "azure-openai", "azure_openai"},
		// Deployments is the last dated version; what came later is on the surface without versions.
		Dialect: Dialect{Auth: APIKeyHeader, Deployments: "2025-04-01-preview", Encrypts: true, Base64: true},
	},
	{
		Slug: "groq", Display: "Groq", Wire: "openai", BaseURL: "https://api.groq.com/openai/v1", Example: "openai/gpt-oss-20b", Catalog: "groq",
		Dialect: Dialect{TokenLimit: MaxCompletionTokens, Reasoning: ReasoningText, Lacks: LogProbs | Names | LogitBias | Files | Audio | Verbosity, NoComplete: true, NoEmbeddings: true, NoInclude: true},
	},
	{
		Slug: "deepseek", Display: "DeepSeek", Wire: "openai", BaseURL: "https://api.deepseek.com", Example: "deepseek-flash", Catalog: "deepseek",
		Dialect: Dialect{
			TokenLimit: MaxTokens, Reasoning: ReasoningContent, Lacks: Images | JSONSchema | Seed | User | lean, NoComplete: true, NoEmbeddings: true, NoDeveloper: true,
		},
	},
	{
		Slug: "mistral", Display: "Mistral", Wire: "openai", BaseURL: "https://api.mistral.ai/v1", Example: "mistral-large-latest",
		Catalog: "mistral", Aliases: []string{"mistral_ai", "mistralai"},
		Dialect: Dialect{
			TokenLimit: MaxTokens, Reasoning: ReasoningParts, SeedName: "random_seed", RequiredChoice: "any", DimensionsName: "output_dimension",
			CallIDLength: 9, Alternates: true, AnswersTools: true,
			Lacks: LogProbs | Names | User | lean&^SerialTools, NoComplete: true, NoResponses: true, NoDeveloper: true, NoStreamUsage: true,
		},
	},
	{
		Slug: "xai", Display: "xAI", Wire: "openai", BaseURL: "https://api.x.ai/v1", Example: "grok-4.5",
		Catalog: "xai", Aliases: []string{"x_ai", "x-ai"}, Endings: []string{"-0000", "-latest"},
		Dialect: Dialect{Lacks: lean &^ SerialTools, TokenLimit: MaxCompletionTokens, NoEmbeddings: true, NoDeveloper: true},
	},
	{
		Slug: "together", Display: "Together AI", Wire: "openai", BaseURL: "https://api.together.xyz/v1", Example: "Qwen/Qwen3.5-9B",
		Catalog: "together", Aliases: []string{"togetherai", "together_ai"},
		Dialect: Dialect{TokenLimit: MaxTokens, CountsLogProbs: true, TopK: true, Lacks: User | lean&^LogitBias, NoResponses: true, NoDeveloper: true},
	},
	{
		Slug: "fireworks", Display: "Fireworks AI", Wire: "openai", BaseURL: "https://api.fireworks.ai/inference/v1", Example: "accounts/fireworks/routers/kimi-latest",
		Catalog: "fireworks", Aliases: []string{"fireworks_ai", "fireworksai"},
		Dialect: Dialect{TopK: true, Lacks: lean &^ LogitBias, TokenLimit: MaxTokens, Reasoning: ReasoningContent, Effort: EffortNumber, NoDeveloper: true, NoStreamUsage: true},
	},
	{
		Slug: "perplexity", Display: "Perplexity", Wire: "openai", BaseURL: "https://api.perplexity.ai", Example: "sonar",
		Dialect: Dialect{
			TokenLimit: MaxTokens, Alternates: true, TopK: true, Lacks: Tools | ToolChoice | JSONObject | Seed | LogProbs | User | lean,
			NoComplete: true, NoResponses: true, NoEmbeddings: true, NoDeveloper: true,
		},
	},
	{
		Slug: "openrouter", Display: "OpenRouter", Wire: "openai", BaseURL: "https://openrouter.ai/api/v1", Example: "openai/gpt-5.1", Catalog: "openrouter",
		Dialect: Dialect{TopK: true, Lacks: ServiceTiers, TokenLimit: MaxTokens, Reasoning: ReasoningDetails, Effort: EffortObject, NoDeveloper: true},
	},
	{
		Slug: "cerebras", Display: "Cerebras", Wire: "openai", BaseURL: "https://api.cerebras.ai/v1", Example: "gpt-oss-120b",
		Dialect: Dialect{
			TokenLimit: MaxCompletionTokens, Reasoning: ReasoningText, Lacks: Images | Penalties | lean&^SerialTools, NoResponses: true, NoEmbeddings: true, NoDeveloper: true,
		},
	},
	{
		Slug: "ollama", Display: "Ollama", Wire: "openai", BaseURL: "http://127.0.0.1:11434", NoKey: true, Example: "llama3.2",
		Dialect: Dialect{Path: "/v1", TokenLimit: MaxTokens, Reasoning: ReasoningText, Lacks: ToolChoice | ImageURLs | User | lean, NoDeveloper: true},
	},
	{
		Slug: "vllm", Display: "vLLM", Wire: "openai", NoKey: true, Example: "meta-llama/Llama-3.1-8B-Instruct",
		Dialect: Dialect{TopK: true, Lacks: Files | ServiceTiers | Verbosity, Path: "/v1", TokenLimit: MaxTokens, Reasoning: ReasoningContent, NoDeveloper: true},
	},
	{
		Slug: "openai_compatible", Display: "OpenAI-compatible", Wire: "openai", NoKey: true, Example: "its-name-of-the-model",
		Settings: []Setting{
			key("the key, if your server requires one", "OPENAI_COMPATIBLE_API_KEY"),
			baseURL("OPENAI_COMPATIBLE_BASE_URL", "the base URL, required; the paths below are appended to it"),
			{Use: Name, Names: []string{"OPENAI_COMPATIBLE_NAME"}, Meaning: "a name of your choice, shown in error messages and as `origin`"},
		},
		Dialect: Dialect{NoDeveloper: true},
	},
	{Slug: "mock", Display: "Mock", Wire: "mock", NoKey: true, Settings: []Setting{}, Example: "echo"},
}
