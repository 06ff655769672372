import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { forbidden, me } from "../../api/queries/me";
import type { Provider } from "../../api/queries/prompts";
import type { ProviderKey } from "../../api/queries/providerKeys";
import type { StatsEntry } from "../../api/queries/stats";
import { Button } from "../../kit/button";
import { Status } from "../../kit/marks";
import { exact, plural } from "../../lib/format";
import { TestButton, TestResult, useProviderTest } from "../../parts/providertest";
import { Abilities } from "./abilities";
import { KeyForm } from "./keyform";

export interface CardProps {
  provider: Provider;
  /** What admins know of its stored key. */
  stored: ProviderKey | undefined;
  /** The last 24 hours; undefined while unknown. */
  day: Pick<StatsEntry, "calls" | "failures"> | undefined;
  open: boolean;
  onOpen: (open: boolean) => void;
}

/** A provider in short, and opened with its key, endpoints and abilities. */
export function ProviderCard({ provider, stored, day, open, onOpen }: CardProps) {
  const { data } = useQuery(me);
  const test = useProviderTest(provider);
  return (
    <article className="provider" aria-label={provider.name}>
      <header className="provider-head">
        <h2>{provider.name}</h2>
        <code className="dim">{provider.provider}</code>
        <span className="provider-buttons">
          <TestButton provider={provider} test={test} />
          <Button
            small
            aria-expanded={open}
            aria-label={`${open ? "Close" : "Open"} ${provider.name}`}
            onClick={() => onOpen(!open)}
          >
            {open ? "Close" : "Open"}
          </Button>
        </span>
      </header>
      <dl className="provider-facts">
        <dt>Key</dt>
        <dd>
          <KeyState provider={provider} />
        </dd>
        <dt>24 h</dt>
        <dd>
          <Day provider={provider.provider} day={day} />
        </dd>
      </dl>
      <TestResult provider={provider} test={test} />
      {open && (
        <>
          <KeyForm provider={provider} stored={stored} why={forbidden(data?.role, "admin")} test={test} />
          <Abilities provider={provider} />
        </>
      )}
    </article>
  );
}

function KeyState({ provider: { key, hint, setting, needs_key } }: { provider: Provider }) {
  if (key === "workspace")
    return <Status state="good">of this workspace{hint && <span className="mono dim"> …{hint}</span>}</Status>;
  if (key === "environment")
    return (
      <Status state="good">
        of the environment: <code>{setting}</code>
      </Status>
    );
  if (!needs_key) return <Status state="none">none is needed; credentials may be elsewhere</Status>;
  return (
    <Status state="none">
      none
      {setting && (
        <span className="dim">
          ; the server reads <code>{setting}</code>
        </span>
      )}
    </Status>
  );
}

function Day({ provider, day }: { provider: string; day: CardProps["day"] }) {
  if (!day) return <span className="dim">–</span>;
  if (day.calls === 0) return <span className="dim">no calls</span>;
  if (day.failures === 0) return <>{plural(day.calls, "call")}, none failed</>;
  return (
    <>
      {plural(day.calls, "call")},{" "}
      <Link to="/logs" search={{ last: "24h", provider: [provider], status: ["failed"] }}>
        {exact(day.failures)} failed
      </Link>
    </>
  );
}
