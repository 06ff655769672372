import ArrowDown from "lucide-react/icons/arrow-down";
import ArrowUp from "lucide-react/icons/arrow-up";
import Check from "lucide-react/icons/check";
import Minus from "lucide-react/icons/minus";
import type { PointerEvent } from "react";
import type { Column } from "./table-row";

export interface Sort {
  id: string;
  descending?: boolean;
}

interface Props<R> {
  id: string;
  columns: readonly Column<R>[];
  sort?: Sort;
  onSort?: (id: string) => void;
  /** Column of the cursor while it is in the head. */
  cursor: number | undefined;
  /** all, some or none of the rows are selected; undefined when rows cannot be selected. */
  selection: "all" | "some" | "none" | undefined;
  onSelectAll: () => void;
  onWidth: (id: string, width: number) => void;
}

/** The head of a table. Its cells are sized by dragging their right edge, or with Alt and the arrow keys from any cell below. */
export function Head<R>({ id, columns, sort, onSort, cursor, selection, onSelectAll, onWidth }: Props<R>) {
  return (
    <div role="rowgroup" className="table-head">
      <div role="row" aria-rowindex={1} id={`${id}-head`} className="table-headrow">
        {selection && (
          <div role="columnheader" className="table-cell table-tick" onClick={onSelectAll}>
            <span className="check-box" data-checked={selection !== "none" ? "" : undefined} aria-hidden="true">
              {selection === "all" && <Check size={12} strokeWidth={3} />}
              {selection === "some" && <Minus size={12} />}
            </span>
            <span className="unseen">Selected</span>
          </div>
        )}
        {columns.map((column, i) => (
          <div
            key={column.id}
            id={`${id}-head-${i}`}
            role="columnheader"
            className="table-cell"
            aria-sort={sort?.id === column.id ? (sort.descending ? "descending" : "ascending") : undefined}
            data-align={column.align}
            data-sortable={(onSort && column.sortable) || undefined}
            data-cursor={cursor === i || undefined}
            onClick={() => column.sortable && onSort?.(column.id)}
          >
            <span className="cut">{column.head ?? column.name}</span>
            {sort?.id === column.id &&
              (sort.descending ? <ArrowDown size={12} aria-hidden /> : <ArrowUp size={12} aria-hidden />)}
            <Edge onWidth={(width) => onWidth(column.id, width)} />
          </div>
        ))}
      </div>
    </div>
  );
}

function Edge({ onWidth }: { onWidth: (width: number) => void }) {
  const drag = (down: PointerEvent<HTMLSpanElement>) => {
    const edge = down.currentTarget;
    const start = (edge.parentElement?.offsetWidth ?? 0) - down.clientX;
    edge.setPointerCapture(down.pointerId);
    const move = (event: globalThis.PointerEvent) => onWidth(start + event.clientX);
    edge.addEventListener("pointermove", move);
    edge.addEventListener("lostpointercapture", () => edge.removeEventListener("pointermove", move), { once: true });
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Alt and arrows do the same.
    <span className="table-edge" onPointerDown={drag} onClick={(event) => event.stopPropagation()} />
  );
}
