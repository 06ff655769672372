import Check from "lucide-react/icons/check";
import { memo, type ReactNode } from "react";

/** A column of a table. */
export interface Column<R> {
  id: string;
  /** The head; also names the column to assistive software and in the list of columns. */
  name: string;
  /** What the head shows instead of the name, as "Time (UTC)". */
  head?: ReactNode;
  /** In px; the least one with grow. */
  width: number;
  /** Takes so many shares of the width that is left. */
  grow?: number;
  /** end: figures. */
  align?: "end";
  /** The head orders by it. */
  sortable?: boolean;
  /** Must be cheap and without state of its own: rows come and go as one scrolls. */
  cell: (row: R) => ReactNode;
}

export interface RowProps<R> {
  id: string;
  row: R;
  index: number;
  top: number;
  columns: readonly Column<R>[];
  /** Undefined when rows cannot be selected. */
  selected: boolean | undefined;
  /** Whether its details are open. */
  open: boolean;
  /** The column of the cursor, -1 for the whole row; undefined when the cursor is elsewhere. */
  cursor: number | undefined;
  className?: string;
}

/** Whose cell was pressed is read from data attributes by one listener of the table, so rows need no functions and stay as they are. */
export const Row = memo(function Row<R>({
  id,
  row,
  index,
  top,
  columns,
  selected,
  open,
  cursor,
  className,
}: RowProps<R>) {
  return (
    <div
      id={id}
      role="row"
      aria-rowindex={index + 2}
      aria-selected={selected}
      className={className ? `table-row ${className}` : "table-row"}
      data-index={index}
      data-open={open || undefined}
      data-cursor={cursor === -1 || undefined}
      style={{ transform: `translateY(${top}px)` }}
    >
      {selected !== undefined && (
        <div role="gridcell" className="table-cell table-tick" data-tick="">
          <span className="check-box" data-checked={selected ? "" : undefined} aria-hidden="true">
            {selected && <Check size={12} strokeWidth={3} />}
          </span>
        </div>
      )}
      {columns.map((column, i) => (
        <div
          key={column.id}
          id={`${id}-${i}`}
          role="gridcell"
          className="table-cell"
          data-col={column.id}
          data-align={column.align}
          data-cursor={cursor === i || undefined}
        >
          {column.cell(row)}
        </div>
      ))}
    </div>
  );
}) as <R>(props: RowProps<R>) => ReactNode;
