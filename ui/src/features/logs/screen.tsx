// The list of Logs, of all Files or of one, with the Log that is open beside it.
import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { logQuery } from "../../api/queries/log";
import type { LogRow } from "../../api/queries/logs";
import { CellMenu } from "../../kit/cell-menu";
import type { Filter } from "../../kit/chips";
import { withFilter } from "../../kit/chips-model";
import { Drawer } from "../../kit/drawer";
import { useMedia } from "../../kit/media";
import { type Sort, Table, type TableHandle } from "../../kit/table";
import { useZone } from "../../kit/now";
import { useKeys } from "../../lib/keys";
import { FaultOfError } from "../../parts/fault";
import { prefix } from "../../routes";
import { Bar } from "./bar";
import { type Asked, Dialogs, useLogActions } from "./actions";
import { cellEntries } from "./cellmenu";
import { columnsOf, type LogColumn, narrowColumns, usualColumns } from "./columns";
import { chipsOf, type LogSearch, queryOf, searchOf } from "./filters";
import { Histogram } from "./histogram";
import { LogHead } from "./loghead";
import { LogView } from "./logview";
import { keptColumns, keepColumns } from "./kept";
import { Selection } from "./selection";
import { NoLogs, Short } from "./states";
import { joined } from "./tail";
import { useRows } from "./useRows";
import { useTail } from "./useTail";
import "./logs.css";

export type LogTab = "conversation" | "request" | "response" | "attempts" | "trace" | "judgments" | "details";

/** All that the address says of this screen. */
export interface Address extends LogSearch {
  cols?: string[];
  live?: true;
  log?: string;
  tab?: LogTab;
}

interface Props {
  address: Address;
  /** Changes a part of the address; `replace`: without a step back to it. */
  change: (part: Address, replace?: boolean) => void;
  /** The id of the File whose Logs these are. */
  file?: string;
}

export function LogsScreen({ address, change, file }: Props) {
  const { log: open, tab, live, order = "newest" } = address;
  const filter = useStable(queryOf(address, file));
  const chips = useStable(chipsOf(address));
  const { rows: fetched, ...list } = useRows(filter, order);
  const [top, setTop] = useState(true);
  const tail = useTail(filter, !!live && order === "newest", top);
  const rows = useMemo(() => fetched && joined(list.stale ? [] : tail.shown, fetched), [fetched, list.stale, tail.shown]);
  const [selected, select] = useState<ReadonlySet<string>>(new Set<string>());
  const [asked, ask] = useState<Asked>();
  const table = useRef<TableHandle>(null);
  const narrow = useMedia("(width < 700px)");
  const columns = useColumns(address.cols, file !== undefined, narrow);
  const { at, onCursor } = useCursorRow(rows, open);

  const setChips = useCallback((next: Filter[]) => change(searchOf(next)), [change]);
  const onRange = useCallback((from: string, to: string) => change({ from, to, last: undefined }), [change]);
  const openLog = useCallback((row: LogRow) => change({ log: row.id }, true), [change]);
  const follow = useCallback(
    (row: LogRow) => {
      onCursor(row);
      if (open !== undefined) change({ log: row.id }, true);
    },
    [onCursor, open, change],
  );
  const close = useCallback(() => change({ log: undefined, tab: undefined }, true), [change]);
  const setTab = useCallback((next: LogTab) => change({ tab: next === "conversation" ? undefined : next }, true), [change]);
  useNeighbours(rows, open);

  const openRow = rows?.find(({ id }) => id === open);
  const [menu, setMenu] = useState<{ row: LogRow; column: LogColumn; at: DOMRect }>();
  const actions = useLogActions(openRow ?? at ?? open, { ask, feedback: (id) => change({ log: id, tab: "judgments" }, true) });
  useKeys("Logs", [
    { keys: "j | ArrowDown", does: "Next Log", run: () => step(table.current, 1), quiet: true },
    { keys: "k | ArrowUp", does: "Previous Log", run: () => step(table.current, -1), quiet: true },
    { keys: "Enter | o", does: "Open the Log", run: () => (at ? openLog(at) : false), quiet: true },
    { keys: "x", does: "Select the Log", run: () => table.current?.focus(), quiet: true },
    { keys: "l", does: live ? "Stop showing Logs as they come" : "Show Logs as they come", run: () => change({ live: live ? undefined : true }, true) },
    { keys: "r", does: "Fetch the Logs anew", run: list.renew },
    { keys: "Escape", does: "Close the Log, then clear the selection", run: () => escape(open, close, selected, select), quiet: true },
  ]);
  useKeys("This Log", actions.commands, 2);

  return (
    <div className="logs">
      <Bar
        chips={chips}
        setChips={setChips}
        text={address.q}
        filter={filter}
        columns={columns.map(({ id }) => id)}
        usual={usualColumns(file !== undefined)}
        change={change}
        live={!!live}
        list={list}
        loaded={rows?.length}
      />
      {selected.size > 0 && (
        <Selection selected={selected} rows={rows ?? []} clear={() => select(new Set())} ask={ask} />
      )}
      {tail.failure && <FaultOfError error={tail.failure} small />}
      {list.error && <FaultOfError error={list.error} onRetry={list.renew} retry="Ask again" />}
      <div className="logs-list">
        <Drawer
          name="log"
          label="Log"
          open={open !== undefined}
          onClose={close}
          head={open && <LogHead id={open} row={openRow} />}
          width={620}
          main={
            <div className="logs-main">
              {!narrow && <Histogram filter={filter} onRange={onRange} />}
              <div className="logs-table">
                <Table
                  label="Logs"
                  name="logs"
                  rows={list.error && !rows ? [] : rows}
                  rowKey={idOf}
                  columns={columns}
                  total={list.totalExact ? list.total : undefined}
                  compact
                  two={narrow}
                  open={open}
                  onOpen={openLog}
                  onCursor={follow}
                  href={hrefOf}
                  selected={selected}
                  onSelect={select}
                  sort={sortOf(order)}
                  onSort={(id) => change({ order: orderOf(id, order) })}
                  stale={list.stale}
                  onEnd={list.short ? undefined : list.more}
                  onTop={setTop}
                  gathered={tail.gathered.length > 0 && <Gathered count={tail.gathered.length} skipped={tail.skipped} onPress={() => { tail.flow(); table.current?.toTop(); }} />}
                  onMenu={(row, id, place) => {
                    const column = columns.find((one) => one.id === id);
                    if (column) setMenu({ row, column, at: place });
                  }}
                  empty={!list.error && !list.short && <NoLogs search={address} file={file} chips={chips} change={change} setChips={setChips} />}
                  handle={table}
                />
              </div>
              {list.short && <Short {...list.short} found={rows?.length ?? 0} busy={list.busy} more={list.more} />}
            </div>
          }
        >
          {open && <LogView id={open} row={openRow} tab={tab ?? "conversation"} onTab={setTab} actions={actions} />}
        </Drawer>
      </div>
      <CellMenu
        at={menu?.at}
        onClose={() => setMenu(undefined)}
        entries={menu ? cellEntries(menu.row, menu.column, chips, setChips, openLog) : []}
      />
      <Dialogs asked={asked} ask={ask} onDeleted={(ids) => {
        select(new Set());
        if (open && ids.includes(open)) close();
        list.renew();
      }} />
    </div>
  );
}
