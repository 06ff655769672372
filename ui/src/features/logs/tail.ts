// What a live list holds. Without React, so that it can be tested.
import type { LogRow } from "../../api/queries/logs";

export interface Tail {
  /** Above the rows of the server, the newest first. */
  shown: LogRow[];
  /** Came while one read; the newest first. */
  gathered: LogRow[];
  /** How many were too many to be sent. */
  skipped: number;
}

/** A page that is left open must not grow without end. */
const most = 2_000;

/** The tail with what came, the newest first: shown at once if they flow, else gathered. */
export function added(before: Tail, rows: LogRow[], flows: boolean, skipped = 0): Tail {
  const gathered = [...rows, ...before.gathered].slice(0, most);
  const next = { ...before, skipped: before.skipped + skipped };
  if (!flows) return { ...next, gathered };
  return { ...next, gathered: [], shown: [...gathered, ...before.shown].slice(0, most) };
}

/** Rows below those of the tail, each once. */
export function joined(shown: LogRow[], rows: LogRow[]): LogRow[] {
  if (shown.length === 0) return rows;
  const known = new Set(shown.map(({ id }) => id));
  const below = rows.findIndex(({ id }) => !known.has(id));
  const rest = below < 0 ? [] : rows.slice(below);
  return [...shown, ...rest.filter(({ id }) => !known.has(id))];
}
