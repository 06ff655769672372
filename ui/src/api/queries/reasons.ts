import { queryOptions } from "@tanstack/react-query";
import { body, client } from "../client";
import type { components } from "../schema";

export type ReasonInfo = components["schemas"]["ReasonResponse"];

/** What every reason of failures means. It changes only with the server. */
export const reasons = queryOptions({
  queryKey: ["reasons"],
  queryFn: async ({ signal }) => (await body(client.GET("/v5/reasons", { signal }))).reasons,
  staleTime: Number.POSITIVE_INFINITY,
});
