package main

import (
	"strings"

	"openloop/internal/config"
	"openloop/internal/llm"
)

// setting is an environment variable, or several with one meaning.
type setting struct {
	names   []string
	meaning string
}

// settings are those of a provider.
func settings(d *llm.Declaration) []setting {
	one := func(name, meaning string) setting { return setting{[]string{name}, meaning} }
	switch d.Slug {
	case "openai":
		return []setting{one("OPENAI_API_KEY", "the key"), one("OPENAI_BASE_URL", "another base URL, including the version, as in OpenAI's SDK")}
	case "openai_azure":
		return []setting{
			one("AZURE_OPENAI_API_KEY", "the key"), one("AZURE_OPENAI_ENDPOINT", "the endpoint of the resource: `https://NAME.openai.azure.com`"),
			one("AZURE_OPENAI_API_VERSION", "the version of the API, `2025-04-01-preview` by default; not used if the endpoint ends in `/openai/v1`"),
		}
	case "anthropic":
		return []setting{one("ANTHROPIC_API_KEY", "the key"), one("ANTHROPIC_BASE_URL", "another base URL, without the version, as in Anthropic's SDK")}
	case "google":
		return []setting{
			{[]string{"GEMINI_API_KEY", "GOOGLE_API_KEY"}, "the key"}, one("GEMINI_BASE_URL", "another base URL, without the version, as in Google's SDK"),
		}
	case "vertex_ai":
		return []setting{
			{[]string{"VERTEX_AI_PROJECT", "GOOGLE_CLOUD_PROJECT"}, "the Google Cloud project; required"},
			{[]string{"VERTEX_AI_LOCATION", "GOOGLE_CLOUD_LOCATION"}, "the location: `global` (the default), `us`, `eu`, or a region such as `europe-west1`"},
			one("VERTEX_AI_ACCESS_TOKEN", "an access token; without it, Google's application default credentials: the file in `GOOGLE_APPLICATION_CREDENTIALS`, those of `gcloud`, or the machine's"),
			one("VERTEX_AI_BASE_URL", "another base URL, with or without `/v1`"),
		}
	case "bedrock":
		return []setting{
			one("AWS_BEARER_TOKEN_BEDROCK", "an Amazon Bedrock API key; takes precedence over access keys"),
			{[]string{"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"}, "access keys; without them, AWS's standard chain: profiles, SSO, web identity, roles of containers and instances"},
			{[]string{"AWS_REGION", "AWS_DEFAULT_REGION"}, "the region; without it, that of the AWS profile"},
			one("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", "another base URL"),
		}
	case "replicate":
		return []setting{
			{[]string{"REPLICATE_API_KEY", "REPLICATE_API_TOKEN"}, "the token"}, one("REPLICATE_BASE_URL", "another base URL, with or without `/v1`"),
		}
	case "openai_compatible":
		return append(access(d), one("OPENAI_COMPATIBLE_NAME", "a name of your choice, shown in error messages and as `origin`"))
	case "mock":
		return nil
	}
	return access(d)
}

// settingsTable lists the settings of all providers, with links from the folder docs.
func settingsTable(all []llm.Declaration) string {
	var b strings.Builder
	b.WriteString("| provider | variables |\n|---|---|\n")
	for i := range all {
		var names []string
		for _, s := range settings(&all[i]) {
			names = append(names, s.names...)
		}
		if names != nil {
			b.WriteString("| [" + display(&all[i]) + "](providers/" + all[i].Slug + ".md) | `" + strings.Join(names, "`, `") + "` |\n")
		}
	}
	return b.String()
}

// access are the settings of a provider that needs no more than a key and a base URL.
func access(d *llm.Declaration) []setting {
	key, url := config.AccessNames(d.Slug)
	ofKey, ofURL := "the key", "another base URL; the paths below are appended to it"
	if d.NoKey {
		ofKey = "the key, if your server requires one"
	}
	if d.BaseURL == "" {
		ofURL = "the base URL, required; the paths below are appended to it"
	}
	return []setting{{[]string{key}, ofKey}, {[]string{url}, ofURL}}
}

// examples are models to call, by provider.
func examples() map[string]string {
	return map[string]string{
		"openai": "gpt-5.4-mini", "openai_azure": "gpt-5.4-mini", "anthropic": "claude-sonnet-4-6", "google": "gemini-3.5-flash",
		"vertex_ai": "gemini-3.5-flash", "bedrock": "amazon.nova-2-lite-v1:0", "cohere": "command-a-03-2025", "groq": "openai/gpt-oss-20b",
		"deepseek": "deepseek-flash", "mistral": "mistral-large-latest", "xai": "grok-4.5", "together": "Qwen/Qwen3.5-9B",
		"fireworks": "accounts/fireworks/routers/kimi-latest", "perplexity": "sonar", "openrouter": "openai/gpt-5.1",
		"replicate": "meta/meta-llama-3-8b-instruct", "ollama": "llama3.2", "vllm": "meta-llama/Llama-3.1-8B-Instruct",
		"openai_compatible": "its-name-of-the-model", "mock": "echo",
	}
}
