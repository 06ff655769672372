// What Home makes of the figures that the server gives.
import type { StatsEntry, StatsFigures } from "../../api/queries/stats";
import { share } from "../../lib/format";

/** How a figure differs from that of the range before. */
export interface Shift {
  sign: "▲" | "▼" | "=";
  words: string;
  /** Whether it is good or bad news; undefined for what is neither. */
  news?: "good" | "bad";
}

/** The change of a figure, in words. `more` is what more of it is: good, bad, or neither. Undefined without a figure to compare to. */
export function shiftOf(now: number | null, before: number | null, more?: "good" | "bad"): Shift | undefined {
  if (now === null || before === null) return undefined;
  if (now === before) return { sign: "=", words: "as before" };
  const up = now > before;
  const sign = up ? "▲" : "▼";
  const less = more && (more === "good" ? "bad" : "good");
  const news = up ? more : less;
  if (before === 0) return { sign, words: "none before", news };
  const times = now / before;
  if (times >= 10) return { sign, words: `${Math.round(times)} times as much`, news };
  const part = Math.abs(now - before) / before;
  if (part < 0.0005) return { sign: "=", words: "as before" };
  return { sign, words: `${share(part)} ${up ? "more" : "less"}`, news };
}

/** All tokens, of the five kinds. */
export const tokensOf = ({ tokens }: StatsFigures): number =>
  tokens.input + tokens.cached_input + tokens.cache_write + tokens.output + tokens.reasoning;

/** Those with the greatest cost of a call, which have one. */
export function dearest<E extends Pick<StatsEntry, "calls" | "cost">>(entries: readonly E[], most: number): E[] {
  const each = ({ cost, calls }: E) => cost / calls;
  return entries
    .filter(({ calls, cost }) => calls > 0 && cost > 0)
    .sort((a, b) => each(b) - each(a))
    .slice(0, most);
}
