import { queryOptions } from "@tanstack/react-query";
import { body, client } from "../client";
import type { components } from "../schema";

export type Dataset = components["schemas"]["DatasetResponse"];

/** The Datasets of the workspace, a thousand at most, by name. */
export const datasetsQuery = queryOptions({
  queryKey: ["datasets"],
  queryFn: async ({ signal }) => {
    const query = { size: 1000, sort_by: "name", order: "asc" } as const;
    return (await body(client.GET("/v5/datasets", { params: { query }, signal }))).records;
  },
  staleTime: 10_000,
});

type LogsAsDatapoints = components["schemas"]["DatapointsOfLogs"];

/** Adds Logs to a Dataset, which makes a version of it. */
export const addLogs = (id: string, logs: LogsAsDatapoints) =>
  body(client.POST("/v5/datasets/{id}/datapoints/logs", { params: { path: { id } }, body: logs }));

/** Makes an empty Dataset with this path. */
export const makeDataset = (path: string) => body(client.POST("/v5/datasets", { body: { path, datapoints: [] } }));
