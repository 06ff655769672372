import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { body, client } from "../client";
import type { components, operations } from "../schema";

export type Figures = components["schemas"]["StatsFigures"];
export type Series = components["schemas"]["StatsSeries"];
export type Top = components["schemas"]["StatsTop"];
type TopAsked = NonNullable<operations["stats.top"]["parameters"]["query"]>;
type SeriesAsked = NonNullable<operations["stats.series"]["parameters"]["query"]>;

/** The hundred values of a field with the most calls, unless asked otherwise. */
export const topQuery = (asked: TopAsked) =>
  queryOptions({
    queryKey: ["stats", "top", asked],
    queryFn: ({ signal }) => body(client.GET("/v5/stats/top", { params: { query: { limit: 100, ...asked } }, signal })),
    placeholderData: keepPreviousData,
    staleTime: 30_000,
    refetchInterval: 60_000,
  });

export const seriesQuery = (asked: SeriesAsked) =>
  queryOptions({
    queryKey: ["stats", "series", asked],
    queryFn: ({ signal }) => body(client.GET("/v5/stats/series", { params: { query: asked }, signal })),
    placeholderData: keepPreviousData,
    staleTime: 30_000,
    refetchInterval: 60_000,
  });

const none: Figures = {
  calls: 0,
  failures: 0,
  cost: 0,
  cost_unknown: 0,
  tokens: { input: 0, cached_input: 0, cache_write: 0, output: 0, reasoning: 0 },
  timed: 0,
  latency_mean: null,
  latency_p50: null,
  latency_p95: null,
};

/**
 * The figures of each value that is listed. Of one that is not there were no calls if the list has all values; else it is not known, and
 * undefined.
 */
export function figuresOf(top: Top | undefined): (value: string) => Figures | undefined {
  if (!top?.field) return () => undefined;
  const known = new Map<string, Figures>(top.values.map((entry) => [entry.value, entry]));
  const all = top.count <= top.values.length;
  return (value) => known.get(value) ?? (all ? none : undefined);
}
