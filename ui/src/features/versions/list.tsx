import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import type { TreeFile } from "../../api/queries/files";
import { forbidden, me } from "../../api/queries/me";
import type { VersionRow } from "../../api/queries/versions";
import { CellMenu } from "../../kit/cell-menu";
import { Empty } from "../../kit/empty";
import type { MenuEntry } from "../../kit/menu";
import { Table } from "../../kit/table";
import { copy } from "../../lib/copy";
import { hasEditor } from "../../parts/filehead";
import { go } from "../../routes";
import type { VersionAct } from "./acts";
import { columnsOf, type Row } from "./columns";
import type { Found } from "./desk";
import type { Pair } from "./pair";

interface Props {
  file: TreeFile;
  found: Found;
  rows: Row[] | undefined;
  open: string | undefined;
  selected: ReadonlySet<string>;
  onSelect: (keys: Set<string>) => void;
  onOpen: (version: VersionRow) => void;
  onCursor: (version: VersionRow) => void;
  onAct: (act: VersionAct) => void;
  onCompare: (pair: Pair) => void;
}

/** The table of versions. */
export function List({ file, found, rows, open, selected, onSelect, onOpen, onCursor, onAct, onCompare }: Props) {
  const { data } = useQuery(me);
  const [menu, openMenu] = useState<{ version: VersionRow; at: DOMRect }>();
  const columns = useMemo(() => columnsOf(file.kind !== "dataset"), [file.kind]);
  return (
    <>
      <Table
        label="Versions"
        name="versions"
        rows={rows}
        total={found.data?.pages[0]?.total}
        rowKey={({ version }) => version.id}
        columns={columns}
        open={open}
        onOpen={({ version }) => onOpen(version)}
        onCursor={({ version }) => onCursor(version)}
        selected={selected}
        onSelect={onSelect}
        stale={found.isPlaceholderData}
        onEnd={() => found.hasNextPage && !found.isFetching && void found.fetchNextPage()}
        onMenu={({ version }, _, at) => openMenu({ version, at })}
        empty={
          <Empty>A version is saved when you save. Those that calls made are behind the switch “Made by calls”.</Empty>
        }
      />
      <CellMenu
        at={menu?.at}
        onClose={() => openMenu(undefined)}
        entries={
          menu ? entriesOf(file, menu.version, { onOpen, onAct, onCompare }, forbidden(data?.role, "developer")) : []
        }
      />
    </>
  );
}

function entriesOf(
  file: TreeFile,
  version: VersionRow,
  { onOpen, onAct, onCompare }: Pick<Props, "onOpen" | "onAct" | "onCompare">,
  why: string | undefined,
): MenuEntry[] {
  const { id, previous_id } = version;
  const editor: MenuEntry[] = hasEditor(file.kind)
    ? [{ label: "Open in editor", keys: "e", onSelect: () => go(`/files/${file.id}/editor?v=${id}`) }]
    : [];
  const logs: MenuEntry[] =
    file.kind === "dataset"
      ? []
      : [{ label: "Logs of this version", onSelect: () => go(`/files/${file.id}/logs?version=${id}`) }];
  return [
    { label: "Compare to production", keys: "v", onSelect: () => onOpen(version) },
    {
      label: "Compare to the one before",
      why: previous_id ? undefined : "It is the first.",
      onSelect: () => previous_id && onCompare({ a: previous_id, b: id }),
    },
    ...editor,
    ...logs,
    "line",
    { label: "Deploy…", keys: "shift d", why, onSelect: () => onAct({ verb: "deploy", version }) },
    { label: "Name or describe…", keys: "F2", why, onSelect: () => onAct({ verb: "describe", version }) },
    { label: "Copy id", onSelect: () => void copy(id) },
  ];
}
