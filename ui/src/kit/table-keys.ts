import type { KeyboardEvent, MouseEvent, RefObject } from "react";
import type { TableProps } from "./table";
import { selectedTo, step, toggled } from "./table-model";
import type { Cursor } from "./table-state";

interface Parts<R> extends TableProps<R> {
  id: string;
  count: number;
  keyAt: (index: number) => string;
  cursor: Cursor;
  height: number;
  scroller: RefObject<HTMLDivElement | null>;
  widths: Readonly<Record<string, number>>;
  setWidth: (id: string, width: number) => void;
}

/** What keys and the pointer do in a table. */
export function useTableKeys<R>(table: Parts<R>) {
  const { cursor, count, columns, rows, id } = table;
  const row = rows?.[cursor.index];

  /** Moves the cursor to a row, as keys do. */
  const go = (index: number) => {
    const to = Math.min(count - 1, Math.max(0, index));
    const next = rows?.[to];
    if (next === undefined) return;
    cursor.set(to);
    table.onCursor?.(next);
  };

  const move = (event: KeyboardEvent): boolean => {
    if (event.ctrlKey || event.metaKey || event.altKey) return false;
    const page = Math.max(1, Math.floor((table.scroller.current?.clientHeight ?? 0) / table.height) - 2);
    const to = step(event.key, cursor.head ? -1 : cursor.index, count, page, !!table.onSort);
    if (to === undefined) return false;
    if (to < 0) cursor.set(-1);
    else if (to !== cursor.index || cursor.head) go(to);
    return true;
  };

  const across = (event: KeyboardEvent): boolean => {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (by === undefined) return false;
    const column = columns[cursor.column];
    if (event.altKey) {
      if (!column) return false;
      const cell = document.getElementById(`${id}-head-${cursor.column}`);
      table.setWidth(column.id, (table.widths[column.id] ?? cell?.offsetWidth ?? column.width) + 16 * by);
      return true;
    }
    if (row === undefined && !cursor.head) return false;
    const next = Math.min(columns.length - 1, Math.max(cursor.head ? 0 : -1, cursor.column + by));
    cursor.set(cursor.head ? -1 : cursor.index, next);
    if (next >= 0)
      queueMicrotask(() =>
        document.getElementById(`${id}-head-${next}`)?.scrollIntoView({ inline: "nearest", block: "nearest" }),
      );
    return true;
  };

  const select = (event: KeyboardEvent): boolean => {
    const { selected, onSelect, keyAt } = table;
    if (!onSelect || !selected) return false;
    if (event.key === "a" && (event.ctrlKey || event.metaKey)) {
      onSelect(selectedTo(new Set(), keyAt, 0, count - 1));
      return true;
    }
    if (event.ctrlKey || event.metaKey || cursor.index < 0) return false;
    if (event.key === "X") onSelect(selectedTo(selected, keyAt, nearestSelected(cursor.index), cursor.index));
    else if (event.key === "x" || event.key === " ") onSelect(toggled(selected, cursor.key));
    else return false;
    return true;
  };

  // nearestSelected is the selected row above, or the next below; else the row itself.
  const nearestSelected = (at: number): number => {
    for (let i = at - 1; i >= 0; i--) if (table.selected?.has(table.keyAt(i))) return i;
    for (let i = at + 1; i < count; i++) if (table.selected?.has(table.keyAt(i))) return i;
    return at;
  };

  const act = (event: KeyboardEvent): boolean => {
    const plain = !(event.ctrlKey || event.metaKey || event.altKey);
    if (event.key === "Enter" && cursor.head) {
      const column = columns[cursor.column];
      if (column?.sortable) table.onSort?.(column.id);
      return true;
    }
    if (row === undefined) return false;
    if (plain && (event.key === "Enter" || event.key === "o") && table.onOpen) {
      table.onOpen(row);
      return true;
    }
    if (table.onMenu && (event.key === "ContextMenu" || (event.key === "F10" && event.shiftKey))) {
      const column = columns[Math.max(0, cursor.column)];
      const cell = document.getElementById(`${id}-${cursor.key}-${Math.max(0, cursor.column)}`);
      if (column && cell) table.onMenu(row, column.id, cell.getBoundingClientRect());
      return true;
    }
    return table.onKey?.(event.nativeEvent, row, columns[cursor.column]?.id) ?? false;
  };

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target !== event.currentTarget) return; // a control inside a cell
    if (!(move(event) || across(event) || select(event) || act(event))) return;
    event.preventDefault();
    event.stopPropagation();
  };

  const place = (event: MouseEvent) => {
    const target = event.target as Element;
    if (target.closest("a, button, input")) return undefined;
    const index = Number(target.closest<HTMLElement>("[data-index]")?.dataset.index ?? -1);
    const found = rows?.[index];
    return found === undefined ? undefined : { index, row: found, cell: target.closest<HTMLElement>(".table-cell") };
  };

  const pointer = (tick: (index: number, range: boolean) => void) => ({
    onClick: (event: MouseEvent) => {
      const at = place(event);
      if (!at || getSelection()?.type === "Range") return;
      if (at.cell?.dataset.tick !== undefined) return tick(at.index, event.shiftKey);
      if ((event.ctrlKey || event.metaKey) && table.href) return void window.open(table.href(at.row), "_blank");
      cursor.set(at.index, -1);
      table.onOpen?.(at.row);
    },
    onAuxClick: (event: MouseEvent) => {
      const at = event.button === 1 && table.href ? place(event) : undefined;
      if (at && table.href) window.open(table.href(at.row), "_blank");
    },
    onContextMenu: (event: MouseEvent) => {
      const at = table.onMenu ? place(event) : undefined;
      if (!at?.cell?.dataset.col || event.shiftKey) return;
      event.preventDefault();
      table.onMenu?.(at.row, at.cell.dataset.col, new DOMRect(event.clientX, event.clientY, 1, 1));
    },
  });

  const cell = cursor.column < 0 ? "" : `-${cursor.column}`;
  const activeId = cursor.head ? `${id}-head${cell}` : cursor.index >= 0 ? `${id}-${cursor.key}${cell}` : undefined;
  return { go, onKeyDown, pointer, activeId };
}
