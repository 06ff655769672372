import { type InfiniteData, infiniteQueryOptions, type QueryClient, queryOptions } from "@tanstack/react-query";
import { body, client } from "../client";
import type { components } from "../schema";

export type Span = components["schemas"]["Span"];
type Part = components["schemas"]["Page"];
type Parts = InfiniteData<Part, string>;

const first = 200; // spans of the first part, which are shown before the others are there
const more = 2000;

const partOf = (id: string, cursor: string, size: number, signal?: AbortSignal) =>
  body(
    client.GET("/v5/logs/{id}/trace", {
      params: { path: { id }, query: { cursor: cursor || undefined, size } },
      signal,
    }),
  );

/** The spans of the trace that a Log is in, part by part. They are not fetched again: see renewTrace. */
export const traceQuery = (id: string) =>
  infiniteQueryOptions({
    queryKey: ["log", id, "trace"],
    initialPageParam: "",
    queryFn: ({ pageParam, signal }) => partOf(id, pageParam, pageParam ? more : first, signal),
    getNextPageParam: ({ cursor }) => cursor || undefined,
    staleTime: Number.POSITIVE_INFINITY,
    structuralSharing: false,
  });

/** The root of a trace, and how many spans there are now: what changes while a trace goes on. */
export const traceHeadQuery = (id: string) =>
  queryOptions({
    queryKey: ["log", id, "trace head"],
    queryFn: ({ signal }) => partOf(id, "", 1, signal),
    staleTime: 1_000,
  });

/** Fetches again what may have changed of a trace: the root, and the parts from the first span that goes on. The others stay. */
export async function renewTrace(queries: QueryClient, id: string, head: Part): Promise<void> {
  const { queryKey } = traceQuery(id);
  const known = queries.getQueryData<Parts>(queryKey);
  if (!known) return;
  const begin = tailOf(known.pages);
  const pages = known.pages.slice(0, begin);
  const pageParams = known.pageParams.slice(0, begin);
  let cursor = known.pageParams[begin];
  while (cursor !== undefined && pages.length < known.pages.length) {
    const part = await partOf(id, cursor, cursor ? more : first);
    pages.push(part);
    pageParams.push(cursor);
    cursor = part.cursor || undefined;
  }
  queries.setQueryData<Parts>(queryKey, { pages: withRoot(pages, head), pageParams });
}

/** The part from which spans may have changed: that of the first span below the root that goes on, else the last. */
export function tailOf(pages: readonly Pick<Part, "records">[]): number {
  const goesOn = ({ depth, status }: Span) => depth > 0 && status === "incomplete";
  const at = pages.findIndex(({ records }) => records.some(goesOn));
  return at < 0 ? pages.length - 1 : at;
}

function withRoot(pages: readonly Part[], { records: [root], total }: Part): Part[] {
  return pages.map((page, i) => ({
    ...page,
    total,
    records: i === 0 && root ? [root, ...page.records.slice(1)] : page.records,
  }));
}
