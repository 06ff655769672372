/** A node of a tree. */
export interface TreeNode {
  id: string;
  label: string;
  /** A branch can be opened. Its children are undefined until they are loaded. */
  branch?: boolean;
  children?: readonly TreeNode[];
}

/** A line of a tree as it is shown. */
export interface Line<N extends TreeNode> {
  node: N;
  level: number; // from 1
  place: number; // among its siblings, from 1
  siblings: number;
  parent: number; // index of the parent's line, -1 at the top
}

/** The lines that are seen while those branches are open. */
export function lines<N extends TreeNode>(roots: readonly N[], open: ReadonlySet<string>): Line<N>[] {
  const out: Line<N>[] = [];
  const add = (nodes: readonly N[], level: number, parent: number) => {
    nodes.forEach((node, i) => {
      const at = out.push({ node, level, place: i + 1, siblings: nodes.length, parent }) - 1;
      if (open.has(node.id) && node.children) add(node.children as readonly N[], level + 1, at);
    });
  };
  add(roots, 1, -1);
  return out;
}

/** The next line after `at` whose label begins with what was typed, around the end. */
export function typedLine(all: readonly Line<TreeNode>[], at: number, typed: string): number {
  const begin = typed.toLowerCase();
  for (let i = 1; i <= all.length; i++) {
    const to = (at + i) % all.length;
    if (all[to]?.node.label.toLowerCase().startsWith(begin)) return to;
  }
  return at;
}
