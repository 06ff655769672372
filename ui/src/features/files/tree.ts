// The tree of directories, made of their paths.
import type { Directory } from "../../api/queries/files";
import type { TreeNode } from "../../kit/tree";
import { directoryOf, nameOf } from "../../parts/files/paths";

export interface DirectoryNode extends TreeNode {
  /** Undefined: the line of all Files. */
  directory?: Directory;
  children?: DirectoryNode[];
}

/** The line of all Files, and the top directories below it. The id of a directory's node is its path. */
export function treeOf(directories: readonly Directory[]): DirectoryNode[] {
  const nodes = new Map<string, DirectoryNode>();
  const roots: DirectoryNode[] = [];
  const sorted = directories.filter(({ path }) => path).sort((a, b) => (a.path < b.path ? -1 : 1));
  for (const directory of sorted) {
    const node: DirectoryNode = { id: directory.path, label: nameOf(directory.path), directory };
    const parent = nodes.get(directoryOf(directory.path));
    nodes.set(directory.path, node);
    if (!parent) {
      roots.push(node);
      continue;
    }
    parent.branch = true;
    parent.children = [...(parent.children ?? []), node];
  }
  return [{ id: "/", label: "All Files" }, ...roots];
}

/** The open branches: those that were opened, and those on the way to the directory that is shown. */
export function opened(kept: readonly string[], dir: string | undefined): Set<string> {
  const out = new Set(kept);
  for (let at = directoryOf(dir ?? ""); at; at = directoryOf(at)) out.add(at);
  return out;
}
