import type { QueryClient } from "@tanstack/react-query";
import { logQuery, wholeLogQuery } from "../../api/queries/log";
import { ahead } from "../../lib/ahead";
import type { Address } from "./address";

/** Asks for a Log, and for what went to the provider and came back if its tab is shown. */
export function first(queries: QueryClient, { tab }: Pick<Address, "tab">, { id = "" }: { id?: string }): void {
  void queries.prefetchQuery(logQuery(id));
  if (tab !== "request" && tab !== "response") return;
  void queries.prefetchQuery(wholeLogQuery(id));
  ahead(() => import("../../kit/code-view"));
}
