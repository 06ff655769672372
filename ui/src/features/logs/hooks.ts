import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { logQuery } from "../../api/queries/log";
import type { LogRow } from "../../api/queries/logs";
import { useZone } from "../../kit/now";
import type { Sort } from "../../kit/table";
import { columnsOf, type LogColumn, narrowColumns, usualColumns } from "./columns";
import type { LogSearch } from "./filters";
import { keptColumns } from "./kept";

/** The value as it was made first, as long as it says the same. */
export function useStable<T>(value: T): T {
  const kept = useRef(value);
  if (JSON.stringify(kept.current) !== JSON.stringify(value)) kept.current = value;
  return kept.current;
}

/** The columns that the address names, else those that this browser keeps, else the usual ones. */
export function useColumns(said: string[] | undefined, oneFile: boolean, narrow: boolean): LogColumn[] {
  const zone = useZone();
  const key = said?.join("~");
  // biome-ignore lint/correctness/useExhaustiveDependencies: heads name the zone.
  return useMemo(() => {
    if (narrow) return narrowColumns;
    const columns = columnsOf(key?.split("~") ?? keptColumns(oneFile) ?? usualColumns(oneFile));
    return columns.length > 0 ? columns : columnsOf(usualColumns(oneFile));
  }, [key, oneFile, narrow, zone]);
}

/** The row that keys act on: the one that is open, else that of the cursor. */
export function useCursorRow(rows: LogRow[] | undefined, open: string | undefined) {
  const [at, setAt] = useState<LogRow>();
  const onCursor = useCallback((row: LogRow) => setAt(row), []);
  const row = rows?.find(({ id }) => id === open) ?? (open ? undefined : at);
  return { row, onCursor };
}

/** Fetches the Logs beside the open one once that is there, so that the next key finds them. Never their payloads. */
export function useNeighbours(rows: LogRow[] | undefined, open: string | undefined): void {
  const queries = useQueryClient();
  useEffect(() => {
    if (!open || !rows) return;
    const timer = setTimeout(() => {
      const at = rows.findIndex(({ id }) => id === open);
      if (at < 0) return;
      for (const by of [1, 2, -1]) {
        const row = rows[at + by];
        if (row) void queries.prefetchQuery(logQuery(row.id));
      }
    }, 30);
    return () => clearTimeout(timer);
  }, [queries, rows, open]);
}

const sorts: Record<string, LogSearch["order"]> = { cost: "cost", latency: "latency", tokens: "tokens" };

/** The column that an order is of, and which way. */
export function sortOf(order: LogSearch["order"]): Sort {
  if (order === undefined || order === "newest" || order === "oldest")
    return { id: "time", descending: order !== "oldest" };
  return { id: order, descending: true };
}

/** The order that a press on the head of a column asks for; the usual one is not written. */
export function orderOf(column: string, now: LogSearch["order"]): LogSearch["order"] {
  if (column !== "time") return sorts[column] === now ? undefined : sorts[column];
  return now === undefined || now === "newest" ? "oldest" : undefined;
}
