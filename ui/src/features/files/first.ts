import type { QueryClient } from "@tanstack/react-query";
import { directoriesQuery } from "../../api/queries/files";
import { figuresQuery, filesQuery, hoursQuery, type Search } from "./queries";

/** Asks for the Files, their figures, and the directories. */
export function first(queries: QueryClient, search: Search): void {
  void queries.prefetchInfiniteQuery(filesQuery(search));
  void queries.prefetchQuery(directoriesQuery);
  void queries.prefetchQuery(figuresQuery(search.dir));
  void queries.prefetchQuery(hoursQuery(search.dir));
}
