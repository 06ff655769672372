import { queryOptions } from "@tanstack/react-query";
import { body, client } from "../client";
import type { components } from "../schema";

export type Log = components["schemas"]["Log"];

/** One Log, without the Logs below it and without what went to the provider and came back, of which it says the sizes. */
export const logQuery = (id: string) =>
  queryOptions({
    queryKey: ["log", id],
    queryFn: ({ signal }) =>
      body(
        client.GET("/v5/logs/{id}", { params: { path: { id }, query: { children: "none", view: "brief" } }, signal }),
      ),
    staleTime: 30_000,
  });
