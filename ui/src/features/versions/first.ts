import type { QueryClient } from "@tanstack/react-query";
import { environments } from "../../api/queries/environments";
import { fileQuery } from "../../api/queries/files";
import { differenceQuery, versionRows } from "../../api/queries/versions";
import { ahead } from "../../lib/ahead";
import type { Search } from "./pair";

/** Asks for the File, its versions, where they are deployed, and what differs between two that the address names. */
export function first(queries: QueryClient, { a, b, drafts }: Search, { id = "" }: { id?: string }): void {
  void queries.prefetchQuery(fileQuery(id));
  void queries.prefetchInfiniteQuery(versionRows(id, !!drafts));
  if (a && b) {
    void queries.prefetchQuery(differenceQuery(id, a, b));
    ahead(
      () => import("../../lib/differ"),
      ({ ready }) => ready(),
    );
  }
  void queries.prefetchQuery(environments);
}
