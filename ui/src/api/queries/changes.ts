import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { body, client } from "../client";
import type { components } from "../schema";

export type Change = components["schemas"]["Change"];

/** What changed in all Files between two times, the newest first, two hundred at most. No end means now. */
export const changesQuery = (from: string, to?: string) =>
  queryOptions({
    queryKey: ["changes", from, to],
    queryFn: async ({ signal }) =>
      (await body(client.GET("/v5/changes", { params: { query: { from, to, size: 200 } }, signal }))).changes,
    placeholderData: keepPreviousData,
    staleTime: 15_000,
  });
