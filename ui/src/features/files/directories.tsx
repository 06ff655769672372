import { useQuery } from "@tanstack/react-query";
import Files from "lucide-react/icons/files";
import Folder from "lucide-react/icons/folder";
import { useEffect, useMemo, useState } from "react";
import { type Directory, directoriesQuery, type Item } from "../../api/queries/files";
import { Skeleton } from "../../kit/skeleton";
import { Tree } from "../../kit/tree";
import { recall, remember } from "../../lib/remember";
import { FaultOfError } from "../../parts/fault";
import type { FileAction } from "../../parts/files/actions";
import { type DirectoryNode, opened, treeOf } from "./tree";

interface Props {
  dir: string | undefined;
  onSelect: (dir: string | undefined) => void;
  /** Undefined: this person may not change anything. */
  act: ((action: FileAction) => void) | undefined;
}

const isList = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((item) => typeof item === "string");

/** The tree of directories. Which are open is remembered; the one that is shown is always seen. */
export function Directories({ dir, onSelect, act }: Props) {
  const { data, error, refetch } = useQuery(directoriesQuery);
  const [kept, setKept] = useState(() => recall("files.open", isList) ?? []);
  const roots = useMemo(() => treeOf(data ?? []), [data]);
  useEffect(() => setKept((before) => [...opened(before, dir)]), [dir]);
  const open = useMemo(() => new Set(kept), [kept]);
  const toggle = ({ id }: DirectoryNode, on: boolean) => {
    const next = on ? [...kept, id] : kept.filter((other) => other !== id);
    setKept(next);
    remember("files.open", next);
  };
  const press = (event: KeyboardEvent | React.KeyboardEvent, node: DirectoryNode): boolean => {
    const verb = ({ F2: "rename", Delete: "delete" } as const)[event.key as "F2"];
    if (!verb || !node.directory?.path || !act) return false;
    act({ verb, items: [itemOf(node.directory)] });
    return true;
  };
  if (error) return <FaultOfError error={error} onRetry={() => void refetch()} small />;
  if (!data) return <Skeleton lines={8} rows />;
  return (
    <Tree<DirectoryNode>
      label="Directories"
      roots={roots}
      open={open}
      onToggle={toggle}
      current={dir ?? "/"}
      onSelect={(node) => onSelect(node.directory?.path || undefined)}
      onKey={press}
      icon={(node) => (node.id === "/" ? <Files size={14} aria-hidden /> : <Folder size={14} aria-hidden />)}
    />
  );
}

/** A directory as what moves and deletes it needs to know. */
export const itemOf = ({ id, path }: Directory): Item => ({ id, path, kind: "directory" });
