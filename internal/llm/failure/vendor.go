package failure

// Vendor says whose failure it is: the name its failures are shown under, and what its failures need to be read right.
// The zero Vendor is an unnamed provider.
type Vendor struct {
	Slug    string // as configured: "openai"
	Display string // the origin of its failures: "OpenAI"
}

// VendorOf returns the vendor of a slug. An unlisted slug is its own display name.
func VendorOf(slug string) Vendor {
	for _, v := range vendors {
		if v.Slug == slug {
			return v
		}
	}
	return Vendor{Slug: slug, Display: slug}
}

var vendors = [...]Vendor{
	{"openai", "OpenAI"},
	{"openai_azure", "Azure OpenAI"},
	{"anthropic", "Anthropic"},
	{"google", "Google Gemini"},
	{"vertex_ai", "Google Vertex AI"},
	{"bedrock", "Amazon Bedrock"},
	{"cohere", "Cohere"},
	{"mistral", "Mistral"},
	{"groq", "Groq"},
	{"deepseek", "DeepSeek"},
	{"xai", "xAI"},
	{"together", "Together AI"},
	{"fireworks", "Fireworks AI"},
	{"perplexity", "Perplexity"},
	{"openrouter", "OpenRouter"},
	{"replicate", "Replicate"},
	{"ollama", "Ollama"},
	{"vllm", "vLLM"},
	{"openai_compatible", "OpenAI-compatible"},
	{"mock", "Mock"},
}
