// What the address says of the screen, and how the screen changes it.
import { useCallback } from "react";
import type { LogRow } from "../../api/queries/logs";
import type { Filter } from "../../kit/chips";
import { type LogSearch, searchOf } from "./filters";
import { keepColumns } from "./kept";

export type LogTab = "conversation" | "request" | "response" | "attempts" | "trace" | "judgments" | "details";

/** All that the address says of this screen. */
export interface Address extends LogSearch {
  cols?: string[];
  live?: true;
  log?: string;
  tab?: LogTab;
}

/** Changes a part of the address; `replace`: without a step back to it. */
export type ChangeAddress = (part: Address, replace?: boolean) => void;

/** The changes that the parts of the screen ask for. They stay the same from render to render, while `open`, the id of the open Log, does. */
export function useChanges(change: ChangeAddress, oneFile: boolean, open: string | undefined) {
  const setChips = useCallback((next: readonly Filter[]) => change(searchOf(next)), [change]);
  const setColumns = useCallback(
    (cols: string[] | undefined) => {
      keepColumns(oneFile, cols);
      change({ cols }, true);
    },
    [change, oneFile],
  );
  const onRange = useCallback((from: string, to: string) => change({ from, to, last: undefined }), [change]);
  const openLog = useCallback((row: LogRow) => change({ log: row.id }, open !== undefined), [change, open]);
  const close = useCallback(() => change({ log: undefined, tab: undefined }, true), [change]);
  const setTab = useCallback(
    (next: LogTab) => change({ tab: next === "conversation" ? undefined : next }, true),
    [change],
  );
  return { setChips, setColumns, onRange, openLog, close, setTab };
}
