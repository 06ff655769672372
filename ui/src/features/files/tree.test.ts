import { expect, test } from "vitest";
import type { Directory } from "../../api/queries/files";
import { type DirectoryNode, opened, treeOf } from "./tree";

const written = (nodes: readonly DirectoryNode[]): string =>
  nodes.map(({ label, children }) => label + (children ? `(${written(children)})` : "")).join(" ");

test("directories stand below their parents, by name, whatever order they come in", () => {
  const directories = ["", "b/c", "b", "a", "b/a/x", "b/a"].map((path) => ({ path }) as Directory);
  expect(written(treeOf(directories))).toBe("All Files a b(a(x) c)");
});

test("the way to what is shown is open", () => {
  expect([...opened(["z"], "a/b/c")]).toEqual(["z", "a/b", "a"]);
});
