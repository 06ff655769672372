import { queryOptions } from "@tanstack/react-query";
import { body, client } from "../client";
import type { components } from "../schema";

export type VersionRow = components["schemas"]["VersionRow"];
export type Difference = components["schemas"]["Difference"];
export type Deployment = components["schemas"]["Deployment"];

/** The newest versions of a File, a hundred at most: those that somebody saved. */
export const versionsQuery = (id: string) =>
  queryOptions({
    queryKey: ["versions", id, "newest"],
    queryFn: ({ signal }) =>
      body(
        client.GET("/v5/files/{id}/versions", { params: { path: { id }, query: { saved: true, size: 100 } }, signal }),
      ),
  });

/** What differs between two versions. Versions never change, so it stays. */
export const differenceQuery = (id: string, a: string, b: string) =>
  queryOptions({
    queryKey: ["difference", id, a, b],
    queryFn: ({ signal }) =>
      body(client.GET("/v5/files/{id}/versions/diff", { params: { path: { id }, query: { a, b } }, signal })),
    staleTime: Number.POSITIVE_INFINITY,
  });
