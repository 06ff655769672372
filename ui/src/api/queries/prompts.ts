import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { body, client } from "../client";
import type { components } from "../schema";

export type Prompt = components["schemas"]["PromptResponse"];
export type Model = components["schemas"]["ModelResponse"];

/** A version of a Prompt: the one deployed to the default environment unless another is named. */
export const promptQuery = (id: string, version?: string) =>
  queryOptions({
    queryKey: ["prompt", id, version ?? "deployed"],
    queryFn: ({ signal }) =>
      body(client.GET("/v5/prompts/{id}", { params: { path: { id }, query: { version_id: version } }, signal })),
  });

/** The known models of a provider whose id or name holds a text, fifty at most. */
export const modelsQuery = (provider: string | undefined, name: string) =>
  queryOptions({
    queryKey: ["models", provider, name],
    queryFn: async ({ signal }) => {
      const page = await body(client.GET("/v5/models", { params: { query: { provider, name, size: 50 } }, signal }));
      return page.records;
    },
    placeholderData: keepPreviousData,
    staleTime: 3_600_000,
  });

/** One model at one provider; null if the server does not know it. */
export const modelQuery = (provider: string, id: string) =>
  queryOptions({
    queryKey: ["model", provider, id],
    queryFn: async ({ signal }) => {
      const page = await body(client.GET("/v5/models", { params: { query: { provider, name: id, size: 100 } }, signal }));
      return page.records.find((model) => model.id === id) ?? null;
    },
    staleTime: 3_600_000,
  });

/** The Tools of the workspace, a thousand at most. */
export const toolsQuery = queryOptions({
  queryKey: ["tools"],
  queryFn: async ({ signal }) => {
    const page = await body(client.GET("/v5/tools", { params: { query: { size: 1000, sort_by: "name", order: "asc" } }, signal }));
    return page.records;
  },
});
