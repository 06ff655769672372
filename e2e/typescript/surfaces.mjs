// The providers as the emulator plays them: one row for each surface that the server calls. Run by itself, this file prints the
// settings of a server that calls the emulator at a URL: `node surfaces.mjs URL KEY`, one NAME=value a line.
import { argv } from "node:process";
import { fileURLToPath } from "node:url";

/**
 * A row says
 *   provider, origin  its slug, and the name its failures go by
 *   model, path       a model, and where on the emulator its calls arrive
 *   endpoint          of the Prompt, "chat" unless given
 *   urls, keys        the settings that lead there, as paths on the emulator, and those that hold a key
 *   reasoning         a model that shows its thoughts, if the emulator plays that on this surface
 *   unknown           a model that the provider does not have
 *   lacks             what the provider has no place for, so that a call that uses it is refused
 *   free              its models have no price here
 *   keyless           it can be called without a key
 *   uncounted         its streams are not asked for usage, and the emulator tells it to those only who ask
 */
export const surfaces = [
  {
    provider: "openai", origin: "OpenAI", model: "gpt-4o", reasoning: "o4-mini", unknown: "gpt-no-such-model",
    path: "/v1/chat/completions", urls: { OPENAI_BASE_URL: "/v1" }, keys: ["OPENAI_API_KEY"],
  },
  {
    provider: "openai", endpoint: "responses", origin: "OpenAI", model: "gpt-4o", reasoning: "o4-mini",
    unknown: "gpt-no-such-model", path: "/v1/responses",
  },
  {
    provider: "anthropic", origin: "Anthropic", model: "claude-sonnet-4-20250514", reasoning: "claude-sonnet-4-20250514",
    unknown: "claude-no-such-model", path: "/v1/messages", urls: { ANTHROPIC_BASE_URL: "" }, keys: ["ANTHROPIC_API_KEY"],
  },
  {
    provider: "google", origin: "Google Gemini", model: "gemini-2.5-flash", reasoning: "gemini-2.5-flash",
    unknown: "gemini-no-such-model", path: "/v1beta/models/", urls: { GEMINI_BASE_URL: "" }, keys: ["GEMINI_API_KEY"],
  },
  {
    provider: "bedrock", origin: "Amazon Bedrock", model: "anthropic.claude-sonnet-4-20250514-v1:0",
    reasoning: "anthropic.claude-sonnet-4-20250514-v1:0", unknown: "anthropic.no-such-model-v1:0",
    path: "/model/anthropic.claude-sonnet-4-20250514-v1%3A0/converse",
    urls: { AWS_ENDPOINT_URL_BEDROCK_RUNTIME: "" }, keys: ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"],
  },
  {
    provider: "vertex_ai", origin: "Google Vertex AI", model: "gemini-2.5-flash", reasoning: "gemini-2.5-flash", unknown: "gemini-no-such-model",
    path: "/v1/projects/e2e/locations/global/publishers/google/models/gemini-2.5-flash:",
    urls: { VERTEX_AI_BASE_URL: "" }, keys: ["VERTEX_AI_ACCESS_TOKEN"],
  },
  {
    provider: "openai_azure", origin: "Azure OpenAI", model: "gpt-4o", reasoning: "o4-mini", unknown: "no-such-deployment",
    path: "/openai/deployments/gpt-4o/chat/completions?api-version=", urls: { AZURE_OPENAI_ENDPOINT: "" }, keys: ["AZURE_OPENAI_API_KEY"],
  },
  {
    provider: "openai_azure", endpoint: "responses", origin: "Azure OpenAI", model: "gpt-4o", reasoning: "o4-mini",
    unknown: "no-such-deployment", path: "/openai/responses?api-version=",
  },
  {
    provider: "cohere", origin: "Cohere", model: "command-a-03-2025", unknown: "command-no-such-model",
    path: "/v2/chat", urls: { COHERE_BASE_URL: "" }, keys: ["COHERE_API_KEY"],
  },
  {
    provider: "groq", origin: "Groq", model: "llama-3.3-70b-versatile", reasoning: "openai/gpt-oss-20b",
    unknown: "llama-no-such-model", path: "/openai/v1/chat/completions", urls: { GROQ_BASE_URL: "/openai/v1" }, keys: ["GROQ_API_KEY"],
  },
  {
    provider: "deepseek", origin: "DeepSeek", model: "deepseek-v4-pro", reasoning: "deepseek-v4-pro",
    unknown: "deepseek-no-such-model", lacks: ["images", "schema"],
    path: "/deepseek/chat/completions", urls: { DEEPSEEK_BASE_URL: "/deepseek" }, keys: ["DEEPSEEK_API_KEY"],
  },
  {
    provider: "mistral", origin: "Mistral", model: "codestral-2508", reasoning: "magistral-medium-latest",
    unknown: "mistral-no-such-model", uncounted: true,
    path: "/mistral/v1/chat/completions", urls: { MISTRAL_BASE_URL: "/mistral/v1" }, keys: ["MISTRAL_API_KEY"],
  },
  {
    provider: "xai", origin: "xAI", model: "grok-3", reasoning: "grok-3-mini", unknown: "grok-no-such-model",
    path: "/xai/v1/chat/completions", urls: { XAI_BASE_URL: "/xai/v1" }, keys: ["XAI_API_KEY"],
  },
  {
    provider: "together", origin: "Together AI", model: "meta-llama/Llama-3.3-70B-Instruct-Turbo", reasoning: "openai/gpt-oss-120b",
    unknown: "meta-llama/no-such-model", path: "/together/v1/chat/completions", urls: { TOGETHER_BASE_URL: "/together/v1" }, keys: ["TOGETHER_API_KEY"],
  },
  {
    provider: "fireworks", origin: "Fireworks AI", model: "accounts/fireworks/models/llama-v3p3-70b-instruct",
    reasoning: "accounts/fireworks/models/kimi-k3", unknown: "accounts/fireworks/models/no-such-model", uncounted: true,
    path: "/fireworks/inference/v1/chat/completions", urls: { FIREWORKS_BASE_URL: "/fireworks/inference/v1" }, keys: ["FIREWORKS_API_KEY"],
  },
  {
    provider: "perplexity", origin: "Perplexity", model: "sonar", reasoning: "sonar-reasoning", unknown: "sonar-no-such-model",
    lacks: ["tools"], path: "/perplexity/chat/completions", urls: { PERPLEXITY_BASE_URL: "/perplexity" }, keys: ["PERPLEXITY_API_KEY"],
  },
  {
    provider: "openrouter", origin: "OpenRouter", model: "amazon/nova-pro-v1", reasoning: "openai/gpt-5",
    unknown: "no-such-author/no-such-model", path: "/api/v1/chat/completions", urls: { OPENROUTER_BASE_URL: "/api/v1" }, keys: ["OPENROUTER_API_KEY"],
  },
  {
    provider: "ollama", origin: "Ollama", model: "llama3.2", reasoning: "qwen3", unknown: "no-such-model:latest",
    lacks: ["tool choice"], free: true, keyless: true, path: "/v1/chat/completions", urls: { OLLAMA_BASE_URL: "" }, keys: ["OLLAMA_API_KEY"],
  },
  {
    provider: "vllm", origin: "vLLM", model: "Qwen/Qwen3-8B", reasoning: "Qwen/Qwen3-8B", unknown: "Qwen/no-such-model",
    free: true, keyless: true, path: "/vllm/v1/chat/completions", urls: { VLLM_BASE_URL: "/vllm/v1" }, keys: ["VLLM_API_KEY"],
  },
  {
    provider: "openai_compatible", origin: "OpenAI-compatible", model: "our-own-model", reasoning: "our-own-model",
    unknown: "our-no-such-model", free: true, keyless: true,
    path: "/compatible/v1/chat/completions", urls: { OPENAI_COMPATIBLE_BASE_URL: "/compatible/v1" }, keys: ["OPENAI_COMPATIBLE_API_KEY"],
  },
].map((row) => ({ endpoint: "chat", lacks: [], ...row, name: `${row.provider} ${row.endpoint ?? "chat"}` }));

// settings lead a server to the emulator at url, with one key for all providers.
function settings(url, key) {
  return surfaces.flatMap(({ urls = {}, keys = [] }) => [
    ...Object.entries(urls).map(([name, path]) => `${name}=${url}${path}`),
    ...keys.map((name) => `${name}=${key}`),
  ]);
}

if (argv[1] === fileURLToPath(import.meta.url)) console.log(settings(argv[2], argv[3]).join("\n"));
