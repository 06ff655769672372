import { queryOptions } from "@tanstack/react-query";
import { body, client } from "../client";

/** All reasons of failures. They change with the server alone. */
export const reasonsQuery = queryOptions({
  queryKey: ["reasons"],
  queryFn: async ({ signal }) => (await body(client.GET("/v5/reasons", { signal }))).reasons,
  staleTime: Number.POSITIVE_INFINITY,
});
