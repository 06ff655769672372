import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import { body, client } from "../client";
import type { components, operations } from "../schema";
import { events } from "../stream";

export type LogRow = components["schemas"]["LogRow"];
export type LogRows = components["schemas"]["LogRows"];
export type LogFacet = components["schemas"]["LogFacet"];
export type LogOrder = NonNullable<RowsQuery["order"]>;
export type LogField = operations["logs.facets"]["parameters"]["query"]["field"];
export type TailEvent = components["schemas"]["TailEvent"];
type RowsQuery = NonNullable<operations["logs.rows"]["parameters"]["query"]>;
/** What lists of Logs are narrowed by. */
export type LogFilter = Omit<RowsQuery, "order" | "size" | "after" | "before">;

const first = 100;
const further = 500;

const rowsOf = (query: RowsQuery, signal?: AbortSignal): Promise<LogRows> =>
  body(client.GET("/v5/logs/rows", { params: { query }, signal }));

/** The Logs of a filter, page by page. `turn` is another each time a person asks for them anew; older rows stay until newer ones are there. */
export const logRowsQuery = (filter: LogFilter, order: LogOrder, turn: number) =>
  infiniteQueryOptions({
    queryKey: ["log rows", filter, order, turn],
    queryFn: async ({ pageParam: after, signal }) => {
      const size = after === undefined ? first : further;
      return leaner(await rowsOf({ ...filter, order, after, size }, signal));
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next,
    placeholderData: keepPreviousData,
    structuralSharing: false, // pages never change, and may hold 100,000 rows
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 30_000,
  });

const seen = new Map<string, unknown>();

// shared is the value that was seen first under a key: a name never changes without its row being asked for anew.
function shared<T extends { id: string; path?: string; name?: string }>(value: T): T {
  const key = `${value.id} ${value.path ?? ""} ${value.name ?? ""}`;
  const before = seen.get(key);
  if (before !== undefined) return before as T;
  if (seen.size > 10_000) seen.clear();
  seen.set(key, value);
  return value;
}

// leaner makes rows of the same File and version share them: there may be 100,000 rows.
function leaner(page: LogRows): LogRows {
  for (const row of page.records) {
    row.file = shared(row.file);
    row.version = shared(row.version);
    if (row.api_key) row.api_key = shared(row.api_key);
  }
  return page;
}

/** How many Logs a filter selects. */
export const logCountQuery = (filter: LogFilter) =>
  queryOptions({
    queryKey: ["log count", filter],
    queryFn: async ({ signal }) => {
      const { total, total_exact: exact } = await rowsOf({ ...filter, size: 1 }, signal);
      return { total, exact };
    },
    staleTime: 10_000,
  });

/** The values of a field that begin with a text, with how many Logs have each; the most frequent first. */
export const logFacetsQuery = (filter: LogFilter, field: LogField, q: string) =>
  queryOptions({
    queryKey: ["log facets", filter, field, q],
    queryFn: ({ signal }) =>
      body(
        client.GET("/v5/logs/facets", {
          params: { query: { ...filter, field, q: q || undefined, limit: 30 } },
          signal,
        }),
      ),
    staleTime: 30_000,
    gcTime: 60_000,
  });

/** The Logs of a filter as they are stored, until signal stops it. The range of the filter does not matter. */
export function tailLogs(filter: LogFilter, signal: AbortSignal): AsyncGenerator<TailEvent> {
  const { last: _, start_date: __, end_date: ___, ...rest } = filter;
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(rest)) {
    for (const item of [value ?? []].flat()) query.append(name, String(item));
  }
  return events<TailEvent>(`/v5/logs/tail?${query}`, { signal });
}

/** Deletes Logs, all Logs below them in their traces, and the judgments of any of these. */
export const deleteLogs = (ids: readonly string[]) =>
  client.DELETE("/v5/logs", { params: { query: { id: [...ids] } } });
