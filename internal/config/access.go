package config

import "strings"

// Access is how a provider is reached that needs no more than a key and a base URL.
type Access struct {
	Key     string
	BaseURL string // "" means the provider's own
}

// AccessNames are the variables that hold the key and the base URL of such a provider: GROQ_API_KEY and GROQ_BASE_URL of "groq".
func AccessNames(slug string) (key, baseURL string) {
	prefix := strings.ToUpper(slug)
	return prefix + "_API_KEY", prefix + "_BASE_URL"
}

// keyed are the slugs of the providers whose access is read by [AccessNames].
func keyed() []string {
	return []string{
		"cohere", "replicate", "groq", "deepseek", "mistral", "xai", "together", "fireworks", "perplexity", "openrouter", "ollama", "vllm", "openai_compatible",
	}
}

// readAccess reads the access to the providers that something is set for, nil for none.
func readAccess(environ map[string]string) map[string]Access {
	var out map[string]Access
	for _, slug := range keyed() {
		key, url := AccessNames(slug)
		a := Access{Key: environ[key], BaseURL: environ[url]}
		if slug == "replicate" && a.Key == "" {
			a.Key = environ["REPLICATE_API_TOKEN"] // as Replicate's own SDKs have it
		}
		if a == (Access{}) {
			continue
		}
		if out == nil {
			out = map[string]Access{}
		}
		out[slug] = a
	}
	return out
}
