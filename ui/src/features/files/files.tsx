import { useQuery } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { forbidden, me } from "../../api/queries/me";
import { Button } from "../../kit/button";
import { CellMenu } from "../../kit/cell-menu";
import { Dialog } from "../../kit/dialog";
import { useNarrow } from "../../kit/media";
import { Split } from "../../kit/split";
import { Table } from "../../kit/table";
import { plural } from "../../lib/format";
import { useKeys } from "../../lib/keys";
import { usePage } from "../../lib/page";
import { FaultOfError } from "../../parts/fault";
import { hasEditor } from "../../parts/filehead";
import { type FileAction, FileDialog, fileEntries } from "../../parts/files/actions";
import { go, prefix } from "../../routes";
import { Bar } from "./bar";
import { columnsIn } from "./columns";
import { Directories } from "./directories";
import { type Making, NewDialog } from "./new";
import { Nothing } from "./nothing";
import type { Order, Search } from "./queries";
import { type FileRow, useFiles } from "./useFiles";
import "./files.css";

const route = getRouteApi("/files");

/** All Files: their directories on the left, those of one on the right. */
export function Files() {
  const search = route.useSearch();
  const navigate = useNavigate({ from: "/files" });
  const narrow = useNarrow();
  const [making, make] = useState<Making>();
  const [action, act] = useState<FileAction>();
  const [choosing, choose] = useState(false);
  const { data } = useQuery(me);
  const why = forbidden(data?.role, "developer");
  const { dir } = search;
  usePage(dir ?? "Files", crumbsOf(dir));
  const change = (next: Partial<Search>) =>
    void navigate({ search: (now) => ({ ...now, ...next, file: undefined }), replace: !("dir" in next) });
  useKeys("Files", [{ does: "New Prompt", keys: "n", run: () => (why ? false : make("prompt")) }]);
  const directories = (
    <Directories
      dir={dir}
      act={why ? undefined : act}
      onSelect={(next) => {
        choose(false);
        change({ dir: next });
      }}
    />
  );
  const list = (
    <List
      search={search}
      onSearch={change}
      onNew={make}
      act={act}
      why={why}
      onDirectories={narrow ? () => choose(true) : undefined}
    />
  );
  return (
    <div className="files">
      <h1 className="unseen">Files</h1>
      {narrow ? (
        list
      ) : (
        <Split
          name="files"
          label="Width of the directories"
          ofFirst
          size={240}
          min={160}
          first={directories}
          second={list}
        />
      )}
      <Dialog open={choosing && narrow} onOpenChange={choose} title="Directories" size="small">
        <div className="files-sheet">{directories}</div>
      </Dialog>
      {making && <NewDialog making={making} dir={dir} onClose={() => make(undefined)} />}
      <FileDialog action={action} onClose={() => act(undefined)} onDuplicated={({ id }) => change({ file: id })} />
    </div>
  );
}

function crumbsOf(dir: string | undefined) {
  const parts = dir?.split("/") ?? [];
  const to = (i: number) => `/files?${new URLSearchParams({ dir: parts.slice(0, i + 1).join("/") })}`;
  return [
    { label: "Files", to: dir ? "/files" : undefined },
    ...parts.map((label, i) => ({ label, to: i < parts.length - 1 ? to(i) : undefined })),
  ];
}

/** The address of the first page of a File, below the prefix. */
const addressOf = ({ file: { id, kind } }: FileRow) => (hasEditor(kind) ? `/files/${id}/editor` : `/files/${id}`);

interface ListProps {
  search: Search;
  onSearch: (change: Partial<Search>) => void;
  onNew: (making: Making) => void;
  act: (action: FileAction) => void;
  why: string | undefined;
  onDirectories?: () => void;
}

function List({ search, onSearch, onNew, act, why, onDirectories }: ListProps) {
  const { tree, rows, total } = useFiles(search);
  const [selected, select] = useState<ReadonlySet<string>>(new Set());
  const [menu, openMenu] = useState<{ row: FileRow; at: DOMRect }>();
  const columns = useMemo(() => columnsIn(search.dir), [search.dir]);
  const tags = useMemo(() => [...new Set(rows?.flatMap(({ file }) => file.tags))].sort(), [rows]);
  const chosen = useMemo(() => rows?.filter(({ file }) => selected.has(file.id)) ?? [], [rows, selected]);
  const files = chosen.map(({ file }) => file);
  const press = (event: KeyboardEvent, row: FileRow): boolean => {
    const verb = { F2: "rename", Delete: "delete" }[event.key] as FileAction["verb"] | undefined;
    if (!verb || why) return false;
    act({ verb, items: verb === "delete" && files.length > 0 ? files : [row.file] });
    return true;
  };
  useKeys("Files", [
    {
      does: "Clear the selection",
      keys: "Escape",
      quiet: true,
      run: () => (selected.size > 0 ? select(new Set()) : false),
    },
  ]);
  return (
    <div className="files-list">
      <Bar search={search} onSearch={onSearch} tags={tags} onNew={onNew} onDirectories={onDirectories} />
      {chosen.length > 0 && (
        <Chosen
          count={chosen.length}
          why={why}
          onAct={(verb) => act({ verb, items: files })}
          onClear={() => select(new Set())}
        />
      )}
      {tree.error && <FaultOfError error={tree.error} onRetry={() => void tree.refetch()} />}
      {!(tree.error && !rows) && (
        <Table
          label={search.dir ? `Files in ${search.dir}` : "Files"}
          name="files"
          rows={rows}
          total={total}
          rowKey={({ file }) => file.id}
          columns={columns}
          open={search.file}
          onOpen={(row) => go(addressOf(row))}
          href={(row) => prefix + addressOf(row)}
          selected={selected}
          onSelect={select}
          sort={{ id: search.sort ?? "name", descending: search.desc }}
          onSort={(id) => onSearch(nextSort(search, id as Order))}
          stale={tree.isPlaceholderData}
          onEnd={() => tree.hasNextPage && !tree.isFetching && void tree.fetchNextPage()}
          onKey={press}
          onMenu={(row, _, at) => openMenu({ row, at })}
          empty={
            <Nothing
              search={search}
              onNew={() => onNew("prompt")}
              onClear={() =>
                onSearch({ q: undefined, type: undefined, env: undefined, tag: undefined, differs: undefined })
              }
            />
          }
        />
      )}
      <CellMenu
        at={menu?.at}
        onClose={() => openMenu(undefined)}
        entries={menu ? fileEntries(menu.row.file, act, why, true) : []}
      />
    </div>
  );
}

/** The order after a press on a head: names ascend first, all else descends. */
function nextSort({ sort = "name", desc }: Search, id: Order): Partial<Search> {
  if (sort !== id) return { sort: id === "name" ? undefined : id, desc: id === "name" ? undefined : true };
  return { desc: desc ? undefined : true };
}

interface ChosenProps {
  count: number;
  why: string | undefined;
  onAct: (verb: "move" | "delete") => void;
  onClear: () => void;
}

function Chosen({ count, why, onAct, onClear }: ChosenProps) {
  return (
    <div className="files-chosen" role="toolbar" aria-label="Selected Files">
      <span role="status">{plural(count, "File")} selected</span>
      <Button small why={why} onClick={() => onAct("move")}>
        Move…
      </Button>
      <Button small why={why} onClick={() => onAct("delete")}>
        Delete…
      </Button>
      <Button small kind="quiet" onClick={onClear}>
        Clear
      </Button>
    </div>
  );
}
