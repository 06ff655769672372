import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import { body, client } from "../client";
import type { components, operations } from "../schema";

export type TreeFile = components["schemas"]["TreeFile"];
export type Kind = TreeFile["kind"];
export type Directory = components["schemas"]["DirectoryResponse"];
export type Uses = components["schemas"]["Uses"];
export type TreeFilter = Omit<NonNullable<operations["files.tree"]["parameters"]["query"]>, "id" | "size" | "cursor">;

/** A File or a directory, as what moves and deletes them needs to know. */
export interface Item {
  id: string;
  path: string;
  kind: Kind | "directory";
}

/** The path of an operation that every kind has, made of that for Prompts: what the kinds share has the same shape. */
export const ofKind = <const P extends string>(kind: Kind, path: P): P => path.replace("/prompts", `/${kind}s`) as P;

/** Files that filters take, 2,000 a page. */
export const treeQuery = (filter: TreeFilter) =>
  infiniteQueryOptions({
    queryKey: ["tree", filter],
    queryFn: ({ signal, pageParam }) =>
      body(client.GET("/v5/files/tree", { params: { query: { ...filter, size: 2000, cursor: pageParam } }, signal })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next,
    placeholderData: keepPreviousData,
  });

/** One File without its content. */
export const fileQuery = (id: string) =>
  queryOptions({
    queryKey: ["file", id],
    queryFn: async ({ signal }) => {
      const { files } = await body(client.GET("/v5/files/tree", { params: { query: { id } }, signal }));
      return files[0] ?? null;
    },
  });

/** All directories, by path. */
export const directoriesQuery = queryOptions({
  queryKey: ["directories"],
  queryFn: ({ signal }) => body(client.GET("/v5/directories", { signal })),
});

/** What uses a File, and what goes with it when it is deleted. */
export const usesQuery = (id: string) =>
  queryOptions({
    queryKey: ["uses", id],
    queryFn: ({ signal }) => body(client.GET("/v5/files/{id}/uses", { params: { path: { id } }, signal })),
  });

/** The id of the File at a path, if a version of it is deployed to the environment. */
export const atQuery = (path: string, environment?: string) =>
  queryOptions({
    queryKey: ["at", path, environment],
    queryFn: async ({ signal }) => {
      const found = await body(
        client.POST("/v5/files/retrieve-by-path", { params: { query: { environment } }, body: { path }, signal }),
      );
      return found.id;
    },
  });

/** A version of a File of any kind with its content: the one deployed to the default environment unless another is named. */
export const contentQuery = (file: Pick<Item, "id"> & { kind: Kind }, version?: string) =>
  queryOptions({
    queryKey: ["content", file.id, version],
    queryFn: ({ signal }) =>
      body(
        client.GET(ofKind(file.kind, "/v5/prompts/{id}"), {
          params: { path: { id: file.id }, query: { version_id: version } },
          signal,
        }),
      ),
  });

/** Moves or renames. Answers the path that it has then, or would have in a dry run. */
export async function move({ id, kind }: Item, path: string, dryRun = false): Promise<string> {
  const params = { path: { id }, query: { dry_run: dryRun || undefined } };
  const moved =
    kind === "directory"
      ? client.PATCH("/v5/directories/{id}", { params, body: { path } })
      : client.PATCH(ofKind(kind, "/v5/prompts/{id}"), { params, body: { path } });
  return (await body<{ path: string }>(moved)).path;
}

export async function remove({ id, kind }: Item): Promise<void> {
  const params = { path: { id } };
  if (kind === "directory") await client.DELETE("/v5/directories/{id}", { params });
  else await client.DELETE(ofKind(kind, "/v5/prompts/{id}"), { params });
}

/** Copies the newest saved version of a File to a path. */
export const duplicate = (id: string, path: string): Promise<TreeFile> =>
  body(client.POST("/v5/files/{id}/duplicate", { params: { path: { id } }, body: { path } }));

export const createDirectory = (path: string): Promise<Directory> =>
  body(client.POST("/v5/directories", { body: { path } }));

/** Saves the first version of a new File. A path that is taken is refused. */
export const createFile = (kind: Kind, path: string, content: object): Promise<{ id: string }> =>
  body(
    client.POST(ofKind(kind, "/v5/prompts"), {
      params: { query: { new: true } },
      body: { ...content, path } as components["schemas"]["PromptUpsert"],
    }),
  );
