import { queryOptions } from "@tanstack/react-query";
import { body, client } from "../client";
import type { components } from "../schema";

export type ProviderKey = components["schemas"]["ProviderKey"];
export type Tested = components["schemas"]["ProviderKeyTested"];

/** The key of each provider, which is never shown. For admins. */
export const providerKeys = queryOptions({
  queryKey: ["provider keys"],
  queryFn: async ({ signal }) => (await body(client.GET("/v5/provider-keys", { signal }))).records,
});

/** Stores a key in place of the one that was there. */
export const saveProviderKey = (provider: string, key: string, baseURL: string): Promise<ProviderKey> =>
  body(
    client.PUT("/v5/provider-keys/{provider}", {
      params: { path: { provider } },
      body: { key, base_url: baseURL || undefined },
    }),
  );

export async function deleteProviderKey(provider: string): Promise<void> {
  await client.DELETE("/v5/provider-keys/{provider}", { params: { path: { provider } } });
}

/** Asks a model with the key that calls use: the cheapest known one unless another is named. */
export const testProvider = (provider: string, model: string): Promise<Tested> =>
  body(
    client.POST("/v5/provider-keys/{provider}/test", {
      params: { path: { provider } },
      body: { model: model || undefined },
    }),
  );
