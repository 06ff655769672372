// The rows of the screen: pages of the server, and above them those that came live.
import { useInfiniteQuery } from "@tanstack/react-query";
import { useCallback, useMemo, useState } from "react";
import { type LogFilter, type LogOrder, type LogRow, logRowsQuery } from "../../api/queries/logs";

export interface Rows {
  /** Undefined until the first answer. */
  rows: LogRow[] | undefined;
  /** Rows of the filter before stand there until those of this one come. */
  stale: boolean;
  /** Why the rows of this filter could not be had, or not all. */
  error: Error | null;
  total: number;
  totalExact: boolean;
  /** Time was short: so many of so many Logs were looked into, and `more` goes on. */
  short: { lookedInto: number; of: number } | undefined;
  busy: boolean;
  /** Fetches the rows after the last, if there are some and nothing is being fetched. */
  more: () => void;
  /** Fetches the rows anew. */
  renew: () => void;
}

export function useRows(filter: LogFilter, order: LogOrder): Rows {
  const [turn, setTurn] = useState(0);
  const query = useInfiniteQuery(logRowsQuery(filter, order, turn));
  const { data, isPlaceholderData, isFetching, hasNextPage, fetchNextPage, isError, refetch } = query;
  const rows = useMemo(() => data?.pages.flatMap((page) => page.records), [data]);
  const last = data?.pages.at(-1);
  const { looked_into: lookedInto, of } = last ?? {};
  const more = useCallback(() => {
    if (hasNextPage && !isFetching && !isPlaceholderData && !isError) void fetchNextPage();
  }, [hasNextPage, isFetching, isPlaceholderData, isError, fetchNextPage]);
  const renew = useCallback(() => {
    if (isError && !data) void refetch();
    else setTurn((before) => before + 1);
  }, [isError, data, refetch]);
  return {
    rows,
    stale: isPlaceholderData,
    error: query.error,
    total: last?.total ?? 0,
    totalExact: last?.total_exact ?? true,
    short: last?.next && lookedInto !== undefined && of !== undefined ? { lookedInto, of } : undefined,
    busy: isFetching,
    more,
    renew,
  };
}
