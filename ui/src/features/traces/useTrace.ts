import { useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo } from "react";
import { renewTrace, type Span, traceHeadQuery, traceQuery } from "../../api/queries/trace";

/** How many spans come by themselves. Further ones come when a person asks for them. */
const most = 20_000;

export interface Trace {
  spans: Span[] | undefined;
  /** How many spans the trace has. */
  total: number;
  /** Some are not here yet, and come by themselves. */
  coming: boolean;
  /** Fetches further ones; undefined when all are here or come by themselves. */
  further?: () => void;
  error: Error | null;
  retry: () => void;
}

/** The trace that a Log is in. While it goes on, its head is asked for again and again, and what may have changed is fetched. */
export function useTrace(id: string): Trace {
  const query = useInfiniteQuery(traceQuery(id));
  const { data, hasNextPage, isFetchingNextPage, fetchNextPage, error, refetch } = query;
  const spans = useMemo(() => data?.pages.flatMap(({ records }) => records), [data]);
  const here = spans?.length ?? 0;
  const coming = hasNextPage && here < most && !error;
  useEffect(() => {
    if (coming && !isFetchingNextPage) void fetchNextPage();
  }, [coming, isFetchingNextPage, fetchNextPage]);
  useTail(id, spans?.[0]?.status === "incomplete" && !coming && !isFetchingNextPage);
  return {
    spans,
    total: data?.pages[0]?.total ?? 0,
    coming,
    further: hasNextPage && !coming && !isFetchingNextPage ? () => void fetchNextPage() : undefined,
    error,
    retry: () => void (here > 0 ? fetchNextPage() : refetch()),
  };
}

function useTail(id: string, goesOn: boolean): void {
  const queries = useQueryClient();
  const { data } = useQuery({
    ...traceHeadQuery(id),
    enabled: goesOn,
    refetchInterval: 5_000,
    structuralSharing: false,
  });
  useEffect(() => {
    if (!data || !goesOn) return;
    // A part that could not be fetched comes with the next head.
    renewTrace(queries, id, data).catch(() => undefined);
  }, [queries, id, data, goesOn]);
}
