import type { QueryClient } from "@tanstack/react-query";
import { failuresQuery, seriesQuery, statusQuery } from "../../api/queries/stats";
import { asked, type Range } from "../../lib/range";
import { type By, changesIn, costsQuery, latenciesQuery } from "./queries";

/** Asks for what the tiles show. */
export function first(queries: QueryClient, { by, ...range }: Range & { by?: By }): void {
  void queries.prefetchQuery(seriesQuery(asked(range)));
  void queries.prefetchQuery(costsQuery(range, "file"));
  if (by && by !== "file") void queries.prefetchQuery(costsQuery(range, by));
  void queries.prefetchQuery(latenciesQuery(range));
  void queries.prefetchQuery(failuresQuery(asked(range)));
  void queries.prefetchQuery(statusQuery);
  void queries.prefetchQuery(changesIn(range));
}
