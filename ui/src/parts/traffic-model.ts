import type { StatsSeries } from "../api/queries/stats";

/** The values of every bucket of a range, also of those without calls. */
export interface Bars {
  buckets: number[]; // the beginnings, in ms since 1970
  good: number[];
  failed: number[];
}

/** What a series of one group says, bucket by bucket. */
export function barsOf({ from, to, bucket, groups }: Pick<StatsSeries, "from" | "to" | "bucket" | "groups">): Bars {
  const long = Math.max(1, bucket) * 1000;
  const first = Date.parse(from);
  const count = Math.max(1, Math.ceil((Date.parse(to) - first) / long));
  const buckets = Array.from({ length: count }, (_, i) => first + i * long);
  const good = new Array<number>(count).fill(0);
  const failed = new Array<number>(count).fill(0);
  for (const { start, calls, failures } of groups[0]?.points ?? []) {
    const at = Math.floor((Date.parse(start) - first) / long);
    if (at < 0 || at >= count) continue;
    failed[at] = (failed[at] ?? 0) + failures;
    good[at] = (good[at] ?? 0) + calls - failures;
  }
  return { buckets, good, failed };
}
