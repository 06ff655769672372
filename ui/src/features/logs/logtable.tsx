import { type ReactNode, type Ref, useState } from "react";
import type { LogRow } from "../../api/queries/logs";
import { CellMenu } from "../../kit/cell-menu";
import type { Filter } from "../../kit/chips";
import { Table, type TableHandle } from "../../kit/table";
import { linkOf } from "./actions";
import type { Address } from "./address";
import { cellEntries } from "./cellmenu";
import type { LogColumn } from "./columns";
import type { LogSearch } from "./filters";
import { orderOf, sortOf } from "./hooks";
import type { Rows } from "./useRows";

interface Props {
  rows: LogRow[] | undefined;
  list: Omit<Rows, "rows">;
  columns: readonly LogColumn[];
  order: LogSearch["order"];
  open: string | undefined;
  narrow: boolean;
  show: (row: LogRow) => void;
  onCursor: (row: LogRow) => void;
  selected: ReadonlySet<string>;
  select: (keys: ReadonlySet<string>) => void;
  change: (part: Address, replace?: boolean) => void;
  chips: readonly Filter[];
  setChips: (chips: readonly Filter[]) => void;
  setTop: (top: boolean) => void;
  handle: Ref<TableHandle>;
  gathered: ReactNode;
  empty: ReactNode;
}

const idOf = ({ id }: LogRow) => id;
const hrefOf = ({ id }: LogRow) => linkOf(id);
const failed = ({ status }: LogRow) => (status === "failed" ? "logs-failed" : undefined);
const around = 300_000; // ms

/** The rows, with the menu of each cell. */
export function LogTable(props: Props) {
  const { rows, list, columns, order, show, change, chips, setChips } = props;
  const [menu, setMenu] = useState<{ row: LogRow; column: LogColumn; at: DOMRect }>();
  const onMenu = (row: LogRow, id: string, at: DOMRect) => {
    const column = columns.find((one) => one.id === id);
    if (column) setMenu({ row, column, at });
  };
  const onAround = (at: string) => {
    const time = Date.parse(at);
    change({
      from: new Date(time - around).toISOString(),
      to: new Date(time + around).toISOString(),
      last: undefined,
    });
  };
  return (
    <div className="logs-table">
      <Table
        label="Logs"
        name="logs"
        rows={rows}
        rowKey={idOf}
        columns={columns}
        total={list.totalExact && !list.stale ? list.total : undefined}
        compact
        two={props.narrow}
        open={props.open}
        onOpen={show}
        onCursor={props.onCursor}
        href={hrefOf}
        selected={props.selected}
        onSelect={props.select}
        sort={sortOf(order)}
        onSort={(id) => change({ order: orderOf(id, order) })}
        stale={list.stale}
        onEnd={list.short ? undefined : list.more}
        onTop={props.setTop}
        gathered={props.gathered}
        onMenu={onMenu}
        rowClass={failed}
        empty={props.empty}
        handle={props.handle}
      />
      <CellMenu
        at={menu?.at}
        onClose={() => setMenu(undefined)}
        entries={
          menu
            ? cellEntries(menu.row, menu.column, { chips, setChips, onOpen: show, onAround, href: hrefOf(menu.row) })
            : []
        }
      />
    </div>
  );
}
