import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { body, client } from "../client";
import type { components, operations } from "../schema";

export type StatsSeries = components["schemas"]["StatsSeries"];
export type SeriesFilter = NonNullable<operations["stats.series"]["parameters"]["query"]>;

/** Figures over time. Older ones stay until newer ones are there. */
export const seriesQuery = (filter: SeriesFilter) =>
  queryOptions({
    queryKey: ["series", filter],
    queryFn: ({ signal }) => body(client.GET("/v5/stats/series", { params: { query: filter }, signal })),
    placeholderData: keepPreviousData,
    staleTime: 15_000,
  });
