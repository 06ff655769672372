import type { QueryClient } from "@tanstack/react-query";
import { fileQuery } from "../../api/queries/files";
import { logQuery } from "../../api/queries/log";
import { promptQuery } from "../../api/queries/prompts";
import { ahead } from "../../lib/ahead";

/** Asks for the File, and for the version or the Log that the draft begins from. */
export function first(
  queries: QueryClient,
  { v, log }: { v?: string; log?: string },
  { id = "" }: { id?: string },
): void {
  void queries.prefetchQuery(fileQuery(id));
  void queries.prefetchQuery(promptQuery(id));
  if (v) void queries.prefetchQuery(promptQuery(id, v));
  ahead(() => import("../../kit/code-view"));
  if (log) void queries.prefetchQuery(logQuery(log));
}
