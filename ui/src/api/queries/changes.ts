import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { body, client } from "../client";
import type { components } from "../schema";

export type Change = components["schemas"]["Change"];
export type SettingChange = components["schemas"]["SettingChange"];
export type Changes = components["schemas"]["Changes"];

/** What changed between two times: Files, and settings. Each the newest first, two hundred at most. No end means now. */
export const changesQuery = (from: string, to?: string) =>
  queryOptions({
    queryKey: ["changes", from, to],
    queryFn: ({ signal }) => body(client.GET("/v5/changes", { params: { query: { from, to, size: 200 } }, signal })),
    placeholderData: keepPreviousData,
    staleTime: 15_000,
  });
