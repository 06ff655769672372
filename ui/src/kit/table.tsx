import { useVirtualizer } from "@tanstack/react-virtual";
import { type ReactNode, type Ref, useCallback, useId, useImperativeHandle, useLayoutEffect, useRef } from "react";
import { Skeleton } from "./skeleton";
import { Head, type Sort } from "./table-head";
import { useTableKeys } from "./table-keys";
import { find, leastWidth, selectedTo, template, toggled } from "./table-model";
import { type Column, Row } from "./table-row";
import { useCursor, useWidths } from "./table-state";
import "./check.css";
import "./table.css";

export type { Sort } from "./table-head";
export type { Column } from "./table-row";

/** What a screen may do to its table from outside, as for keys pressed while a drawer has the focus. */
export interface TableHandle {
  focus: () => void;
  /** Moves the cursor by so many rows, as j (1) and k (-1) do. */
  move: (by: number) => void;
  toTop: () => void;
}

export interface TableProps<R> {
  /** Names the grid. */
  label: string;
  /** Undefined while the first rows are loading: bars stand there. */
  rows: readonly R[] | undefined;
  rowKey: (row: R) => string;
  /** Shown, in this order. Must be the same array as long as nothing changes. */
  columns: readonly Column<R>[];
  /** All rows there are, if more than those given; undefined when unknown. */
  total?: number;
  /** Widths set by hand are remembered under this name. */
  name?: string;
  /** Rows of 28 px instead of 32. */
  compact?: boolean;
  /** Rows of two lines. */
  two?: boolean;
  /** The key of the row whose details are open; the cursor follows it. */
  open?: string;
  /** Enter, o, or a press on a row. */
  onOpen?: (row: R) => void;
  /** The cursor came to a row by keys. */
  onCursor?: (row: R) => void;
  /** The address of a row: Ctrl and a press, or the middle button, open it in a new tab. */
  href?: (row: R) => string;
  /** x, Shift x, mod a, or a press on the box. */
  selected?: ReadonlySet<string>;
  onSelect?: (keys: Set<string>) => void;
  sort?: Sort;
  onSort?: (id: string) => void;
  /** Newer rows are being fetched: these stay, dimmed. */
  stale?: boolean;
  /** The last rows come into sight. May be called again before there are more. */
  onEnd?: () => void;
  /** Whether the first row is in sight: while it is not, new rows should gather. */
  onTop?: (top: boolean) => void;
  /** "37 new" above the rows; pressing it should show them. */
  gathered?: ReactNode;
  /** Other keys. `column` is the id under the cursor, undefined for the whole row. True: the key is used up. */
  onKey?: (event: KeyboardEvent, row: R, column: string | undefined) => boolean;
  /** A press of the menu button or key on a cell. */
  onMenu?: (row: R, column: string, at: DOMRect) => void;
  rowClass?: (row: R) => string | undefined;
  /** Shown instead of rows when there are none. */
  empty?: ReactNode;
  handle?: Ref<TableHandle>;
}

/**
 * A virtual grid: 100,000 rows cost no more than those in sight. It is one tab stop; arrows or j and k move, ← and → go to cells, Alt with
 * them sizes the column. Rows that are added above never move what is read.
 */
export function Table<R>(props: TableProps<R>) {
  const { rows, rowKey, columns, name, compact, two, selected, onSelect, onTop, onEnd } = props;
  const id = useId();
  const scroller = useRef<HTMLDivElement>(null);
  const height = rowHeight(two ? "--row-two" : compact ? "--row-compact" : "--row");
  const head = two ? rowHeight("--row") : height;
  const count = rows?.length ?? 0;
  const keyAt = useCallback((i: number) => (rows?.[i] === undefined ? "" : rowKey(rows[i])), [rows, rowKey]);
  const [widths, setWidth] = useWidths(name);
  const virtual = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    overscan,
    scrollPaddingStart: head,
    scrollMargin: head,
  });
  // A row that comes into sight takes the elements of one that left.
  const slots = Math.ceil((virtual.scrollRect?.height ?? 0) / height) + 2 * overscan + 2;
  const cursor = useCursor(props.open, count, keyAt, (i) => virtual.scrollToIndex(i));
  const keys = useTableKeys({ ...props, count, keyAt, cursor, height, scroller, setWidth, widths, id });
  useAnchor(scroller, count, keyAt, height);
  useSight(scroller, virtual.range?.startIndex, virtual.range?.endIndex, count, onTop, onEnd);
  useImperativeHandle(props.handle, () => ({
    focus: () => scroller.current?.focus(),
    move: (by) => keys.go(cursor.index + by),
    toTop: () => virtual.scrollToOffset(0),
  }));

  const press = useRef<number | undefined>(undefined);
  const select = (index: number, range: boolean) => {
    if (!onSelect || !selected) return;
    onSelect(
      range && press.current !== undefined
        ? selectedTo(selected, keyAt, press.current, index)
        : toggled(selected, keyAt(index)),
    );
    press.current = index;
  };
  const chosen = selected?.size ?? 0;
  const all = count > 0 && chosen >= count;
  const style = {
    "--columns": template(columns, widths),
    "--least": `${leastWidth(columns, widths) + (onSelect ? 32 : 0)}px`,
    "--height": `${height}px`,
    "--head": `${head}px`,
  } as React.CSSProperties;
  return (
    <div className="table-place" style={style}>
      <div
        ref={scroller}
        role="grid"
        tabIndex={0}
        aria-label={props.label}
        aria-rowcount={props.total === undefined ? (count ? count + 1 : -1) : props.total + 1}
        aria-colcount={columns.length + (onSelect ? 1 : 0)}
        aria-multiselectable={onSelect ? true : undefined}
        aria-activedescendant={keys.activeId}
        aria-busy={props.stale || !rows || undefined}
        className="table"
        data-stale={props.stale || undefined}
        data-ticks={onSelect ? "" : undefined}
        onKeyDown={keys.onKeyDown}
        {...keys.pointer(select)}
      >
        <Head
          id={id}
          columns={columns}
          sort={props.sort}
          onSort={props.onSort}
          cursor={cursor.head ? cursor.column : undefined}
          selection={onSelect && (all ? "all" : chosen > 0 ? "some" : "none")}
          onSelectAll={() => onSelect?.(all ? new Set() : selectedTo(new Set(), keyAt, 0, count - 1))}
          onWidth={setWidth}
        />
        {count > 0 && (
          <div role="rowgroup" className="table-body" style={{ height: virtual.getTotalSize() }}>
            {virtual.getVirtualItems().map(({ index }) => {
              const row = rows?.[index];
              if (row === undefined) return null;
              const key = rowKey(row);
              return (
                <Row
                  key={index % slots}
                  id={`${id}-${key}`}
                  row={row}
                  index={index}
                  top={index * height}
                  columns={columns}
                  selected={onSelect && !!selected?.has(key)}
                  open={props.open === key}
                  cursor={cursor.key === key ? cursor.column : undefined}
                  className={props.rowClass?.(row)}
                />
              );
            })}
          </div>
        )}
      </div>
      {props.gathered && <div className="table-gathered">{props.gathered}</div>}
      {count === 0 && <div className="table-none">{rows ? props.empty : <Skeleton rows lines={12} />}</div>}
    </div>
  );
}

const overscan = 12; // rows above and below those in sight

const rowHeight = (token: string): number =>
  Number.parseInt(getComputedStyle(document.documentElement).getPropertyValue(token), 10) || 32;

// useAnchor keeps the first row in sight where it is when rows come or go above it, unless it is the very first.
function useAnchor(
  scroller: React.RefObject<HTMLDivElement | null>,
  count: number,
  keyAt: (i: number) => string,
  height: number,
) {
  const before = useRef({ count, keyAt });
  useLayoutEffect(() => {
    const last = before.current;
    before.current = { count, keyAt };
    const place = scroller.current;
    if (!place || place.scrollTop < 1 || last.keyAt === keyAt) return;
    const was = Math.min(Math.floor(place.scrollTop / height), last.count - 1);
    const key = last.keyAt(was);
    if (!key || keyAt(was) === key) return;
    const is = find(key, count, keyAt, was, last.count);
    if (is >= 0) place.scrollTop += (is - was) * height;
  }, [scroller, count, keyAt, height]);
}

// useSight tells whether the first row is in sight, and when the last ones are.
function useSight(
  scroller: React.RefObject<HTMLDivElement | null>,
  first: number | undefined,
  last: number | undefined,
  count: number,
  onTop?: (top: boolean) => void,
  onEnd?: () => void,
) {
  const was = useRef<boolean>(undefined);
  useLayoutEffect(() => {
    const top = (first ?? 0) === 0 && (scroller.current?.scrollTop ?? 0) < 1; // to ask for scrollTop makes the browser lay out
    if (top !== was.current) onTop?.(top);
    was.current = top;
  });
  const end = useRef(onEnd);
  useLayoutEffect(() => {
    end.current = onEnd;
  });
  useLayoutEffect(() => {
    if (last !== undefined && count > 0 && last >= count - 20) end.current?.();
  }, [last, count]);
}
