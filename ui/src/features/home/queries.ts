// What the server is asked for by the tiles of Home that need words of their own.
import { changesQuery } from "../../api/queries/changes";
import { topQuery } from "../../api/queries/stats";
import { asked, bounds, type Range } from "../../lib/range";
import type { spends } from "../../routes";

export type By = (typeof spends)[number];
export const fields = { file: "file", model: "model", key: "api_key" } as const;

/** How many a tile lists. */
export const most = 6;

/** What the calls cost. The cost of a call needs many Files, so both tiles ask for as many. */
export const costsQuery = (range: Range, by: By) =>
  topQuery({ ...asked(range), field: fields[by], order: "cost", limit: 50 });

export const latenciesQuery = (range: Range) =>
  topQuery({ ...asked(range), field: "file", order: "latency", limit: most });

/** What changed. The range begins at a whole minute, so that the same is asked again until it moves on. */
export function changesIn(range: Range) {
  const { from, to } = bounds(range);
  const start = new Date(Math.floor(from.getTime() / 60_000) * 60_000);
  return changesQuery(start.toISOString(), to?.toISOString());
}
