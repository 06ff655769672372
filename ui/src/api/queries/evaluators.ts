import { queryOptions } from "@tanstack/react-query";
import { body, client } from "../client";
import type { components } from "../schema";

export type Evaluator = components["schemas"]["EvaluatorResponse"];

/** The Evaluators of the workspace, a thousand at most, by name. */
export const evaluatorsQuery = queryOptions({
  queryKey: ["evaluators"],
  queryFn: async ({ signal }) => {
    const query = { size: 1000, sort_by: "name", order: "asc" } as const;
    return (await body(client.GET("/v5/evaluators", { params: { query }, signal }))).records;
  },
  staleTime: 60_000,
});
