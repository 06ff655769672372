import type { Provider } from "../../api/queries/prompts";
import { plural } from "../../lib/format";
import { prefix } from "../../routes";

type Endpoint = Provider["endpoints"][number];

const words: Record<keyof Endpoint["abilities"], string> = {
  messages: "messages",
  image_urls: "images by URL",
  image_data: "images as data",
  tools: "tools",
  forced_tools: "a forced tool call",
  parallel_tools: "several tool calls at once",
  json_object: "JSON answers",
  json_schema: "JSON by a schema",
  reasoning_level: "reasoning effort as a level",
  reasoning_tokens: "reasoning effort in tokens",
  thinking: "shows its reasoning",
  thinking_kept: "takes its reasoning back",
  cached_tokens_told: "tells cached tokens",
};

/** What a provider can do, an endpoint each. */
export function Abilities({ provider }: { provider: Provider }) {
  return (
    <div className="abilities">
      <h3>Endpoints</h3>
      {provider.endpoints.map((endpoint) => (
        <section key={`${endpoint.endpoint} ${endpoint.path} ${endpoint.models}`}>
          <h4>
            {endpoint.endpoint} <code className="dim">{endpoint.path}</code>
            {endpoint.models && <span className="dim"> for models of {endpoint.models}</span>}
          </h4>
          <ul className="abilities-list" aria-label="Abilities">
            {(Object.keys(words) as (keyof typeof words)[]).map((name) => (
              <li key={name} data-can={endpoint.abilities[name] || undefined}>
                <span aria-hidden="true">{endpoint.abilities[name] ? "✓" : "–"}</span>
                <span className="unseen">{endpoint.abilities[name] ? "" : "not: "}</span>
                {words[name]}
              </li>
            ))}
          </ul>
          <p className="dim">
            Takes{" "}
            {endpoint.parameters.map((name, i) => (
              <span key={name}>
                {i > 0 && ", "}
                <code>{name}</code>
              </span>
            ))}
          </p>
        </section>
      ))}
      <p className="dim">
        {provider.models > 0 ? `${plural(provider.models, "model")} known. ` : "No model is known; any may be named. "}
        {provider.lenient ? "It ignores parameters that it does not take." : "Other parameters are refused."}{" "}
        <a href={`${prefix}/docs`} target="_blank" rel="noopener">
          API reference
        </a>
      </p>
    </div>
  );
}
