// What can be done to Files wherever they are shown: the entries of a menu, and the dialogs that they open.
import type { Item, TreeFile } from "../../api/queries/files";
import type { MenuEntry } from "../../kit/menu";
import { later } from "../../lib/later";

const DeleteDialog = later(() => import("./delete").then((part) => part.DeleteDialog));
const DuplicateDialog = later(() => import("./duplicate").then((part) => part.DuplicateDialog));
const MoveDialog = later(() => import("./move").then((part) => part.MoveDialog));

export interface FileAction {
  verb: "rename" | "move" | "duplicate" | "delete";
  items: readonly Item[];
}

/** The entries of the menu of a File or directory. `why` says why none of them may be used, `del` whether the key Del deletes it. */
export function fileEntries(item: Item, act: (action: FileAction) => void, why?: string, del?: boolean): MenuEntry[] {
  const entry = (label: string, verb: FileAction["verb"], keys?: string) => ({
    label,
    keys,
    why,
    onSelect: () => act({ verb, items: [item] }),
  });
  const copy = item.kind === "directory" ? [] : [entry("Duplicate…", "duplicate")];
  return [
    entry("Rename…", "rename", "F2"),
    entry("Move…", "move"),
    ...copy,
    "line",
    { ...entry("Delete…", "delete", del ? "Del" : undefined), danger: true },
  ];
}

interface Props {
  /** What is to be done; undefined shows nothing. */
  action: FileAction | undefined;
  onClose: () => void;
  onDeleted?: () => unknown;
  onDuplicated: (made: TreeFile) => void;
}

/** The dialog of an action. */
export function FileDialog({ action, onClose, onDeleted, onDuplicated }: Props) {
  const item = action?.items[0];
  if (!action || !item) return null;
  const { verb, items } = action;
  if (verb === "delete") return <DeleteDialog items={items} onClose={onClose} onDone={onDeleted} />;
  if (verb === "duplicate") return <DuplicateDialog item={item} onClose={onClose} onDone={onDuplicated} />;
  return <MoveDialog items={items} rename={verb === "rename"} onClose={onClose} />;
}
