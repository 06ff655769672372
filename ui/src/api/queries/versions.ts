import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import { body, client } from "../client";
import type { components } from "../schema";
import { type Kind, ofKind } from "./files";

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

export type DeploymentChange = components["schemas"]["DeploymentChange"];

/** The versions of a File, the newest first, 250 a page; with drafts also those that calls made. */
export const versionRows = (id: string, drafts: boolean) =>
  infiniteQueryOptions({
    queryKey: ["versions", id, drafts ? "all" : "saved"],
    queryFn: ({ signal, pageParam }) =>
      body(
        client.GET("/v5/files/{id}/versions", {
          params: { path: { id }, query: { saved: drafts ? undefined : true, size: 250, cursor: pageParam } },
          signal,
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next,
    placeholderData: keepPreviousData,
  });

/** Who deployed what of a File and when, the newest first; the last 500. */
export const deploymentsQuery = (id: string) =>
  queryOptions({
    queryKey: ["deployments", id],
    queryFn: async ({ signal }) => {
      const found = await body(
        client.GET("/v5/files/{id}/deployments", { params: { path: { id }, query: { size: 500 } }, signal }),
      );
      return found.deployments;
    },
  });

interface Place {
  file: { id: string; kind: Kind };
  environment: string; // its id
  /** What must be deployed there now; "" for nothing. Something else is a failure of reason deployment_changed. */
  expected: string;
  comment?: string;
}

const placeOf = ({ file, environment, expected, comment }: Place) => ({
  path: { id: file.id, environment_id: environment },
  query: { expected_version_id: expected, comment: comment || undefined },
});

/** Makes a version the one that an environment uses. */
export const deploy = ({ version, ...place }: Place & { version: string }) => {
  const { path, query } = placeOf(place);
  return client.POST(ofKind(place.file.kind, "/v5/prompts/{id}/environments/{environment_id}"), {
    params: { path, query: { ...query, version_id: version } },
  });
};

/** Takes a File out of an environment. */
export const undeploy = (place: Place) =>
  client.DELETE(ofKind(place.file.kind, "/v5/prompts/{id}/environments/{environment_id}"), { params: placeOf(place) });

/** Names and describes a version; "" removes either. */
export const describeVersion = (file: Place["file"], version: string, said: { name: string; description: string }) =>
  client.PATCH(ofKind(file.kind, "/v5/prompts/{id}/versions/{version_id}"), {
    params: { path: { id: file.id, version_id: version } },
    body: said,
  });
