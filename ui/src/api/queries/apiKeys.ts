import { queryOptions } from "@tanstack/react-query";
import { body, client } from "../client";
import type { components } from "../schema";

export type APIKey = components["schemas"]["APIKey"];

/** All API keys, those that were revoked too. For admins. */
export const apiKeys = queryOptions({
  queryKey: ["api keys"],
  queryFn: async ({ signal }) => (await body(client.GET("/v5/api-keys", { signal }))).records,
});

/** Makes a key. Its secret is in this answer and never again. */
export const createKey = (key: components["schemas"]["APIKeyCreate"]): Promise<APIKey> =>
  body(client.POST("/v5/api-keys", { body: key }));

/** Changes what a key is called, and which of its calls go on under load. */
export const updateKey = (id: string, to: components["schemas"]["APIKeyUpdate"]): Promise<APIKey> =>
  body(client.PATCH("/v5/api-keys/{id}", { params: { path: { id } }, body: to }));

export async function revokeKey(id: string): Promise<void> {
  await client.DELETE("/v5/api-keys/{id}", { params: { path: { id } } });
}
