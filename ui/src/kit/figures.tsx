// Figures as every screen writes them. They are cheap, for tables: what they say more is a title, and stands elsewhere in full.
import { ago, full, short } from "../lib/clock";
import { count, exact, money, share, span, unknown } from "../lib/format";
import { useNow, useZone } from "./now";

interface TimeProps {
  /** RFC 3339. */
  at: string | undefined;
  /** relative: "4 min ago" within a day. short: 14:03:05 today, else the day. full: with milliseconds. */
  as?: "relative" | "short" | "full";
}

/** A time in the zone that heads name. Its exact value and the zone show on hover. */
export function Time({ at, as = "relative" }: TimeProps) {
  const now = useNow();
  const zone = useZone();
  if (!at) return <span className="dim">{unknown}</span>;
  const said = as === "full" ? full(at) : as === "short" ? short(at, now) : ago(at, now);
  return (
    <time dateTime={at} title={`${full(at)} ${zone}`}>
      {said}
    </time>
  );
}

interface Figure {
  value: number | null | undefined;
}

/** US dollars. Unknown is a dash, never $0. */
export function Money({ value }: Figure) {
  return <span title={typeof value === "number" ? `$${value}` : "Unknown"}>{money(value)}</span>;
}

/** Tokens of a call, by kind, where they are known. */
export interface TokenKinds {
  input?: number | null;
  cached?: number | null;
  written?: number | null;
  output?: number | null;
  reasoning?: number | null;
}

const kindNames: Record<keyof TokenKinds, string> = {
  input: "input",
  cached: "of these read from the cache",
  written: "of these written to the cache",
  output: "output",
  reasoning: "of these reasoning",
};

/** A number of tokens; the exact one, and its kinds, on hover. */
export function Tokens({ value, kinds }: Figure & { kinds?: TokenKinds }) {
  const lines = Object.entries(kindNames)
    .map(([kind, name]) => ({ name, n: kinds?.[kind as keyof TokenKinds] }))
    .filter(({ n }) => typeof n === "number")
    .map(({ name, n }) => `${exact(n)} ${name}`);
  return <span title={[`${exact(value)} tokens`, ...lines].join("\n")}>{count(value)}</span>;
}

/** A length of time in seconds. */
export function Latency({ value }: Figure) {
  return (
    <span title={typeof value === "number" ? `${exact(Math.round(value * 1000))} ms` : "Unknown"}>{span(value)}</span>
  );
}

/** part of all, in percent, with the number it is of. */
export function Share({ part, of, bare }: { part: number; of: number; bare?: boolean }) {
  return (
    <span title={`${exact(part)} of ${exact(of)}`}>
      {of === 0 ? unknown : share(part / of)}
      {!bare && <span className="dim"> of {count(of)}</span>}
    </span>
  );
}
