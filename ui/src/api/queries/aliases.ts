import { queryOptions } from "@tanstack/react-query";
import { body, client } from "../client";
import type { components } from "../schema";

export type Alias = components["schemas"]["Alias"];
export type AliasContent = components["schemas"]["AliasSave"];
export type AliasTarget = components["schemas"]["AliasTargetInput"];

/** All aliases by name. For admins. */
export const aliases = queryOptions({
  queryKey: ["aliases"],
  queryFn: async ({ signal }) => (await body(client.GET("/v5/aliases", { signal }))).records,
});

/** Stores an alias in place of the one of that name. */
export const saveAlias = (name: string, content: AliasContent): Promise<Alias> =>
  body(client.PUT("/v5/aliases/{name}", { params: { path: { name } }, body: content }));

export async function deleteAlias(name: string): Promise<void> {
  await client.DELETE("/v5/aliases/{name}", { params: { path: { name } } });
}
