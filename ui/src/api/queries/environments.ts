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

export const createEnvironment = (name: string): Promise<Environment> =>
  body(client.POST("/v5/environments", { body: { name } }));

export const renameEnvironment = (id: string, name: string): Promise<Environment> =>
  body(client.PATCH("/v5/environments/{id}", { params: { path: { id } }, body: { name } }));

/** Makes an environment the one that calls use which name none. */
export const makeDefault = (id: string): Promise<Environment> =>
  body(client.POST("/v5/environments/{id}/default", { params: { path: { id } } }));

export async function deleteEnvironment(id: string): Promise<void> {
  await client.DELETE("/v5/environments/{id}", { params: { path: { id } } });
}
