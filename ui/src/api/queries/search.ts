import { queryOptions } from "@tanstack/react-query";
import { body, client } from "../client";
import type { components } from "../schema";

export type Hit = components["schemas"]["Hit"];

/** What words, a path or an id find. A search that a later one replaces is stopped. */
export const search = (q: string, types?: Hit["type"][], size = 12) =>
  queryOptions({
    queryKey: ["search", q, types, size],
    queryFn: async ({ signal }) =>
      (await body(client.GET("/v5/search", { params: { query: { q, type: types, size } }, signal }))).hits,
    enabled: q !== "",
    staleTime: 10_000,
  });

/** The address of what was found; undefined for what has no screen. */
export function addressOf({ type, id, title, file_id, kind }: Hit): string | undefined {
  switch (type) {
    case "file":
      return `/files/${id}`;
    case "directory":
      return `/files?${new URLSearchParams({ dir: title })}`;
    case "version":
      return kind === "prompt" ? `/files/${file_id}/editor?v=${id}` : `/files/${file_id}/versions?b=${id}`;
    case "environment":
      return `/files?${new URLSearchParams({ env: title })}`;
    case "log":
      return `/logs/${id}`;
    case "api_key":
      return "/settings/keys";
    default:
      return undefined;
  }
}
