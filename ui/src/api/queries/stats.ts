import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { body, client } from "../client";
import type { components, operations } from "../schema";

export type StatsSeries = components["schemas"]["StatsSeries"];
export type StatsFigures = components["schemas"]["StatsFigures"];
export type StatsTop = components["schemas"]["StatsTop"];
export type StatsEntry = components["schemas"]["StatsEntry"];
export type StatsFailures = components["schemas"]["StatsFailures"];
export type StatsReason = components["schemas"]["StatsReason"];
export type ServerStatus = components["schemas"]["ServerStatus"];
export type SeriesFilter = NonNullable<operations["stats.series"]["parameters"]["query"]>;
export type TopFilter = NonNullable<operations["stats.top"]["parameters"]["query"]>;
export type FailuresFilter = NonNullable<operations["stats.failures"]["parameters"]["query"]>;

/** Figures over time. Older ones stay until newer ones are there. */
export const seriesQuery = (filter: SeriesFilter) =>
  queryOptions({
    queryKey: ["series", filter],
    queryFn: ({ signal }) => body(client.GET("/v5/stats/series", { params: { query: filter }, signal })),
    placeholderData: keepPreviousData,
    staleTime: 15_000,
  });

/** The values of a field with the largest figures. */
export const topQuery = (filter: TopFilter) =>
  queryOptions({
    queryKey: ["top", filter],
    queryFn: ({ signal }) => body(client.GET("/v5/stats/top", { params: { query: filter }, signal })),
    placeholderData: keepPreviousData,
    staleTime: 15_000,
  });

/** Failures by who raised them and why. */
export const failuresQuery = (filter: FailuresFilter) =>
  queryOptions({
    queryKey: ["failures", filter],
    queryFn: ({ signal }) => body(client.GET("/v5/stats/failures", { params: { query: filter }, signal })),
    placeholderData: keepPreviousData,
    staleTime: 15_000,
  });

/** How the server and its database are. */
export const statusQuery = queryOptions({
  queryKey: ["status"],
  queryFn: ({ signal }) => body(client.GET("/v5/status", { signal })),
  staleTime: 15_000,
});

const none: StatsFigures = {
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
export function figuresOf(top: StatsTop | undefined): (value: string) => StatsFigures | undefined {
  if (!top?.field) return () => undefined;
  const known = new Map<string, StatsFigures>(top.values.map((entry) => [entry.value, entry]));
  const all = top.count <= top.values.length;
  return (value) => known.get(value) ?? (all ? none : undefined);
}
