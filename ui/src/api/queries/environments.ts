import { queryOptions } from "@tanstack/react-query";
import { body, client } from "../client";
import type { components } from "../schema";

export type Environment = components["schemas"]["Environment"];

/** All environments, the oldest first. */
export const environments = queryOptions({
  queryKey: ["environments"],
  queryFn: async ({ signal }) => (await body(client.GET("/v5/environments", { signal }))).records,
  staleTime: 30_000,
});
