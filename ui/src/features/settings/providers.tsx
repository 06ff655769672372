import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { forbidden, me } from "../../api/queries/me";
import { type Provider, providersQuery } from "../../api/queries/prompts";
import { providerKeys } from "../../api/queries/providerKeys";
import { type StatsEntry, topQuery } from "../../api/queries/stats";
import { Empty } from "../../kit/empty";
import { Text } from "../../kit/field";
import { plural } from "../../lib/format";
import { ProviderCard } from "./card";
import { Loaded, Section } from "./part";

/** The providers: where their keys come from, whether they work, and what they take. */
export function Providers() {
  const providers = useQuery(providersQuery);
  const { q = "" } = useSearch({ from: "/settings/$section" });
  const change = useChange();
  return (
    <Section
      title="Providers"
      text="A key that is stored here is used before one of the environment of the server, and a key that a call brings before both."
      actions={
        <Text
          type="search"
          aria-label="Search providers"
          placeholder="Search"
          value={q}
          onChange={(next) => change({ q: next || undefined })}
        />
      }
    >
      <Loaded query={providers} height={640}>
        {(all) => <Cards all={all} q={q} />}
      </Loaded>
    </Section>
  );
}

function useChange() {
  const navigate = useNavigate();
  return (to: { q?: string; open?: string }) =>
    void navigate({
      to: "/settings/$section",
      params: { section: "providers" },
      search: (before) => ({ ...before, ...to }),
      replace: true,
      resetScroll: false,
    });
}

function Cards({ all, q }: { all: Provider[]; q: string }) {
  const { open } = useSearch({ from: "/settings/$section" });
  const change = useChange();
  const { data: who } = useQuery(me);
  const admin = who !== undefined && !forbidden(who.role, "admin");
  const { data: keys = [] } = useQuery({ ...providerKeys, enabled: admin });
  const { data: day } = useQuery(topQuery({ field: "provider", last: "24h", limit: 100 }));
  const shown = found(all, q);
  if (shown.length === 0) return <Empty>No provider is called “{q}”.</Empty>;
  return (
    <>
      <p className="unseen" role="status">
        {plural(shown.length, "provider")}
      </p>
      <ul className="settings-cards">
        {shown.map((provider) => (
          <li key={provider.provider} data-open={open === provider.provider || undefined}>
            <ProviderCard
              provider={provider}
              stored={keys.find((key) => key.provider === provider.provider)}
              day={day?.values.find(({ value }) => value === provider.provider) ?? (day && none)}
              open={open === provider.provider}
              onOpen={(is) => change({ open: is ? provider.provider : undefined })}
            />
          </li>
        ))}
      </ul>
    </>
  );
}

const none: Pick<StatsEntry, "calls" | "failures"> = { calls: 0, failures: 0 };

/** Those whose name has all words, the ones with a key first. */
export function found(all: Provider[], q: string): Provider[] {
  const words = q.toLowerCase().split(/\s+/);
  const rank = ({ key, needs_key }: Provider) => (key !== "none" ? 0 : needs_key ? 2 : 1);
  return all
    .filter(({ provider, name }) => words.every((word) => `${provider} ${name}`.toLowerCase().includes(word)))
    .sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name));
}
