import { expect, test } from "vitest";
import { lines, type TreeNode, typedLine } from "./tree-model";

const roots: TreeNode[] = [
  { id: "a", label: "apples", branch: true, children: [{ id: "b", label: "boskoop" }] },
  { id: "c", label: "cherries", branch: true, children: [{ id: "d", label: "duke" }] },
  { id: "e", label: "elder", branch: true },
];

test("only children of open branches are lines", () => {
  expect(lines(roots, new Set(["a", "e"]))).toEqual([
    { node: roots[0], level: 1, place: 1, siblings: 3, parent: -1 },
    { node: { id: "b", label: "boskoop" }, level: 2, place: 1, siblings: 1, parent: 0 },
    { node: roots[1], level: 1, place: 2, siblings: 3, parent: -1 },
    { node: roots[2], level: 1, place: 3, siblings: 3, parent: -1 },
  ]);
});

test("a letter leads to the next label that begins so, around the end", () => {
  const all = lines(roots, new Set(["a"]));
  expect([typedLine(all, 2, "B"), typedLine(all, 0, "x")]).toEqual([1, 0]);
});
