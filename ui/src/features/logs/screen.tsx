// The list of Logs, of all Files or of one, with the Log that is open beside it.
import { useQuery } from "@tanstack/react-query";
import { useCallback, useMemo, useRef, useState } from "react";
import { logQuery } from "../../api/queries/log";
import type { LogRow } from "../../api/queries/logs";
import { Drawer } from "../../kit/drawer";
import { useMedia } from "../../kit/media";
import type { TableHandle } from "../../kit/table";
import { useKeys } from "../../lib/keys";
import { later } from "../../lib/later";
import { type Asked, useLogActions } from "./actions";
import { type Address, type ChangeAddress, useChanges } from "./address";
import { Bar } from "./bar";
import { chipsOf, queryOf } from "./filters";
import { Histogram } from "./histogram";
import { useColumns, useCursorRow, useNeighbours, useStable } from "./hooks";
import { useListKeys } from "./listkeys";
import { factsOf } from "./log";
import { LogTable } from "./logtable";
import { Gathered, Notices } from "./notices";
import { joined } from "./tail";
import { useRows } from "./useRows";
import { useTail } from "./useTail";
import "./logs.css";

const LogHead = later(() => import("./loghead").then((part) => part.LogHead));
const LogView = later(() => import("./logview").then((part) => part.LogView));
const NoLogs = later(() => import("./states").then((part) => part.NoLogs));
const Short = later(() => import("./states").then((part) => part.Short));
const Dialogs = later(() => import("./dialogs").then((part) => part.Dialogs));

interface Props {
  address: Address;
  change: ChangeAddress;
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
  const shown = list.stale ? none : tail.shown;
  const rows = useMemo(() => fetched && joined(shown, fetched), [fetched, shown]);
  const [selected, select] = useState<ReadonlySet<string>>(new Set<string>());
  const [asked, ask] = useState<Asked>();
  const table = useRef<TableHandle>(null);
  const narrow = useMedia("(width < 700px)");
  const columns = useColumns(address.cols, file !== undefined, narrow);
  const { row, onCursor } = useCursorRow(rows, open);
  useNeighbours(rows, open);

  const { setChips, setColumns, onRange, openLog, close, setTab } = useChanges(change, file !== undefined, open);
  const show = useCallback(
    (next: LogRow) => {
      onCursor(next);
      openLog(next);
    },
    [onCursor, openLog],
  );
  const feedback = (id: string) => change({ log: id, tab: "judgments" }, true);
  const { data: opened } = useQuery({ ...logQuery(open ?? ""), enabled: open !== undefined }); // it may be no row of those that are here
  const id = open ?? row?.id;
  const actions = useLogActions(id ? factsOf(id, row, opened) : undefined, { ask, feedback });
  useKeys("This Log", actions, 2);
  const leave = () => {
    if (open !== undefined) return void close();
    if (selected.size === 0) return false;
    select(new Set());
  };
  const turnLive = () => change({ live: live ? undefined : true }, true);
  useListKeys({ table, row, show, turnLive, renew: list.renew, leave });
  const onDeleted = (ids: readonly string[]) => {
    select(new Set());
    if (open && ids.includes(open)) close();
    list.renew();
  };
  const openRow = row?.id === open ? row : undefined;
  return (
    <div className="logs">
      <Bar
        chips={chips}
        setChips={setChips}
        text={address.q}
        filter={filter}
        columns={columns}
        setColumns={setColumns}
        change={change}
        live={!!live}
        loaded={rows?.length}
        total={list.total}
        totalExact={list.totalExact}
        skipped={tail.skipped}
        busy={list.busy}
        renew={list.renew}
        narrow={narrow}
      />
      <Notices selected={selected} rows={rows} clear={() => select(new Set())} ask={ask} list={list} tail={tail} />
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
              <LogTable
                rows={list.error && !rows ? none : rows}
                list={list}
                columns={columns}
                order={order}
                open={open}
                narrow={narrow}
                show={show}
                onCursor={open === undefined ? onCursor : show}
                selected={selected}
                select={select}
                change={change}
                chips={chips}
                setChips={setChips}
                setTop={setTop}
                handle={table}
                gathered={tail.gathered.length > 0 && <Gathered {...tail} toTop={() => table.current?.toTop()} />}
                empty={
                  !list.error &&
                  !list.short && (
                    <NoLogs search={address} file={file} chips={chips} change={change} setChips={setChips} />
                  )
                }
              />
              {list.short && <Short {...list.short} found={rows?.length ?? 0} busy={list.busy} more={list.more} />}
            </div>
          }
        >
          {open && <LogView id={open} row={openRow} tab={tab ?? "conversation"} onTab={setTab} actions={actions} />}
        </Drawer>
      </div>
      <Dialogs asked={asked} ask={ask} onDeleted={onDeleted} />
    </div>
  );
}

const none: LogRow[] = [];
