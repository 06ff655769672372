import type { QueryClient } from "@tanstack/react-query";
import { traceQuery } from "../../api/queries/trace";

/** Asks for the first spans. */
export function first(queries: QueryClient, _: object, { id = "" }: { id?: string }): void {
  void queries.prefetchInfiniteQuery(traceQuery(id));
}
