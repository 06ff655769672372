import type { QueryClient } from "@tanstack/react-query";
import { logQuery } from "../../api/queries/log";
import { logRowsQuery } from "../../api/queries/logs";
import { seriesQuery } from "../../api/queries/stats";
import type { Address } from "./address";
import { figuresOf } from "./figures";
import { queryOf } from "./filters";

/** Asks for the rows, the figures above them, and the Log that is open. */
export function first(queries: QueryClient, address: Address, { id: file }: { id?: string }): void {
  const filter = queryOf(address, file);
  void queries.prefetchInfiniteQuery(logRowsQuery(filter, address.order ?? "newest", 0));
  void queries.prefetchQuery(seriesQuery(figuresOf(filter).figures));
  if (address.log) void queries.prefetchQuery(logQuery(address.log));
}
