import { queryOptions } from "@tanstack/react-query";
import { body, client } from "../client";

/** How many Files there are. */
export const workspaceQuery = queryOptions({
  queryKey: ["files", "count"],
  queryFn: async ({ signal }) =>
    (await body(client.GET("/v5/files/tree", { params: { query: { size: 1 } }, signal }))).total,
});
