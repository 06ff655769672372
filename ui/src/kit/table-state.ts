import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { recall, remember } from "../lib/remember";
import { find } from "./table-model";

const isWidths = (value: unknown): value is Record<string, number> =>
  typeof value === "object" && value !== null && Object.values(value).every((width) => typeof width === "number");

/** The widths of columns set by hand, kept under that name. */
export function useWidths(
  name: string | undefined,
): [Readonly<Record<string, number>>, (id: string, width: number) => void] {
  const place = name && `widths.${name}`;
  const [widths, setWidths] = useState(() => (place && recall(place, isWidths)) || {});
  useEffect(() => {
    if (place && Object.keys(widths).length > 0) remember(place, widths);
  }, [place, widths]);
  const setWidth = useCallback((id: string, width: number) => {
    setWidths((before) => ({ ...before, [id]: Math.round(Math.min(1200, Math.max(48, width))) }));
  }, []);
  return [widths, setWidth];
}

export interface Cursor {
  /** The row's key; empty when there is none yet. */
  key: string;
  /** Where that row is now; -1 when it is not there. */
  index: number;
  /** -1: the whole row. */
  column: number;
  /** Whether it is in the head. */
  head: boolean;
  set: (index: number, column?: number) => void;
}

/** The cursor of a table. It stays with its row, wherever that moves; a row that is opened from outside takes it. */
export function useCursor(
  open: string | undefined,
  count: number,
  keyAt: (i: number) => string,
  show: (index: number) => void,
): Cursor {
  const [at, setAt] = useState({ key: open ?? "", column: -1, head: false });
  const last = useRef({ index: 0, count });
  const index = useMemo(
    () => (at.key && !at.head ? find(at.key, count, keyAt, last.current.index, last.current.count) : -1),
    [at.key, at.head, count, keyAt],
  );
  useEffect(() => {
    last.current = { index, count };
  }, [index, count]);

  const shown = useRef<string>(undefined);
  useEffect(() => {
    if (open === shown.current) return;
    if (open === undefined) {
      shown.current = undefined;
      return;
    }
    const place = find(open, count, keyAt, last.current.index, last.current.count);
    if (place < 0) return; // not loaded yet
    shown.current = open;
    setAt((before) => (before.key === open ? before : { ...before, key: open, head: false }));
    show(place);
  });

  const set = (to: number, column = at.column) => {
    if (to >= 0) show(to);
    setAt(to < 0 ? { key: at.key, column: Math.max(0, column), head: true } : { key: keyAt(to), column, head: false });
  };
  return { ...at, key: at.head ? "" : at.key, index, set };
}
