import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type Provider, providersQuery } from "../../api/queries/prompts";
import { Status } from "../../kit/marks";
import { Skeleton } from "../../kit/skeleton";
import { TestButton, TestResult, useProviderTest } from "../../parts/providertest";

/** Those that are shown though they have no key. */
const usual = ["anthropic", "google", "openai"];

/** The providers that can be called next: a card lights up when its key is found. */
export function ProviderList() {
  const { data } = useQuery({ ...providersQuery, refetchInterval: 5_000 });
  const shown = data
    ?.filter(({ provider, key }) => provider !== "mock" && (key !== "none" || usual.includes(provider)))
    .sort((a, b) => Number(b.key !== "none") - Number(a.key !== "none"));
  return (
    <aside className="welcome-aside" aria-label="Real providers">
      <h2>Then: real models</h2>
      <p className="dim">Set a key in the environment of the server, or store one here.</p>
      {shown ? (
        <ul>
          {shown.map((provider) => (
            <Card key={provider.provider} provider={provider} />
          ))}
        </ul>
      ) : (
        <Skeleton height={220} />
      )}
      <Link to="/settings/$section" params={{ section: "providers" }}>
        {data ? `All ${data.length} providers` : "All providers"}
      </Link>
    </aside>
  );
}

function Card({ provider }: { provider: Provider }) {
  const test = useProviderTest(provider);
  const lit = provider.key !== "none";
  return (
    <li className="welcome-provider" data-lit={lit || undefined}>
      <strong>{provider.name}</strong>
      {lit ? (
        <TestButton provider={provider} test={test} />
      ) : (
        <Link
          to="/settings/$section"
          params={{ section: "providers" }}
          search={{ open: provider.provider }}
          aria-label={`Store a key for ${provider.name}`}
        >
          Store a key
        </Link>
      )}
      <span className="welcome-key">
        <Status state={lit ? "good" : "none"}>
          {lit ? `key of the ${provider.key}` : <code>{provider.setting}</code>}
        </Status>
      </span>
      <TestResult provider={provider} test={test} />
    </li>
  );
}
