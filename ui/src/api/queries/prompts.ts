import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { body, client } from "../client";
import type { components } from "../schema";
import { deploy } from "./versions";

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
      const page = await body(
        client.GET("/v5/models", { params: { query: { provider, name: id, size: 100 } }, signal }),
      );
      return page.records.find((model) => model.id === id) ?? null;
    },
    staleTime: 3_600_000,
  });

/** The Tools of the workspace, a thousand at most. */
export const toolsQuery = queryOptions({
  queryKey: ["tools"],
  queryFn: async ({ signal }) => {
    const page = await body(
      client.GET("/v5/tools", { params: { query: { size: 1000, sort_by: "name", order: "asc" } }, signal }),
    );
    return page.records;
  },
});

export type Provider = components["schemas"]["Provider"];

/** The providers of this server: what they take, and whether there is a key. */
export const providersQuery = queryOptions({
  queryKey: ["providers"],
  queryFn: async ({ signal }) => (await body(client.GET("/v5/providers", { signal }))).records,
  staleTime: 60_000,
});

export type Content = components["schemas"]["PromptKernelInput"];
type Rendering = components["schemas"]["PromptRender"];

/** What a template reads, and how it is filled. */
export const renderQuery = (request: Rendering) =>
  queryOptions({
    queryKey: ["render", request],
    queryFn: ({ signal }) => body(client.POST("/v5/prompts/render", { body: request, signal })),
    placeholderData: keepPreviousData,
    staleTime: 60_000,
    gcTime: 10_000,
    retry: false,
  });

/** A content as the text of its .prompt file. */
export const textOf = (prompt: Content): Promise<string> =>
  body(client.POST("/v5/prompts/serialize", { body: { prompt }, parseAs: "text" }));

/** The content of the text of a .prompt file. */
export const contentOfText = (prompt: string): Promise<Content> =>
  body(client.POST("/v5/prompts/deserialize", { body: { prompt } }));

type Upsert = components["schemas"]["PromptUpsert"];

/** Saves a version of a Prompt. The same content is the same version. */
export const savePrompt = (version: Upsert): Promise<Prompt> => body(client.POST("/v5/prompts", { body: version }));

interface Deploying {
  file: string;
  environment: string; // its id
  version: string;
  /** What must be deployed there now; "" for nothing. Something else is a failure of reason deployment_changed. */
  expected: string;
  comment?: string;
}

/** Makes a version the one that an environment uses. */
export const deployPrompt = ({ file, ...place }: Deploying): Promise<Prompt> =>
  body(deploy({ ...place, file: { id: file, kind: "prompt" } }));

/** What each environment uses of a Prompt, by the id of the environment. It is asked for again and again, to see what others deploy. */
export const deployedQuery = (id: string) =>
  queryOptions({
    queryKey: ["deployed", id],
    queryFn: async ({ signal }) => {
      const list = await body(client.GET("/v5/prompts/{id}/environments", { params: { path: { id } }, signal }));
      return Object.fromEntries(
        list.flatMap(({ id: environment, file }) =>
          file ? [[environment, { id: file.version_id, name: file.version_name }] as const] : [],
        ),
      ) as Record<string, { id: string; name?: string } | undefined>;
    },
    refetchInterval: 20_000,
  });

/** The last ten Logs of a File, lean. */
export const lastLogsQuery = (file: string) =>
  queryOptions({
    queryKey: ["logs", "last", file],
    queryFn: async ({ signal }) =>
      (await body(client.GET("/v5/logs/rows", { params: { query: { file_id: [file], size: 10 } }, signal }))).records,
    staleTime: 0,
  });

/** The Datasets of the workspace, a hundred at most. */
export const datasetsQuery = queryOptions({
  queryKey: ["datasets", "names"],
  queryFn: async ({ signal }) =>
    (
      await body(
        client.GET("/v5/datasets", { params: { query: { size: 100, sort_by: "updated_at", order: "desc" } }, signal }),
      )
    ).records,
});

/** One row of a Dataset as it is deployed, counted from 0, and how many there are. */
export const datapointQuery = (dataset: string, at: number) =>
  queryOptions({
    queryKey: ["datapoint", dataset, at],
    queryFn: async ({ signal }) => {
      const page = await body(
        client.GET("/v5/datasets/{id}/datapoints", {
          params: { path: { id: dataset }, query: { page: at + 1, size: 1 } },
          signal,
        }),
      );
      return { row: page.records[0], total: page.total };
    },
    staleTime: 60_000,
  });
