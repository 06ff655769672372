import { expect, test } from "vitest";
import { directoryOf, joined, nameOf } from "./paths";

test("a path is its directory and its name", () => {
  const split = (path: string) => [directoryOf(path), nameOf(path)];
  expect(["a/b/c", "c", "a/b c"].map(split)).toEqual([
    ["a/b", "c"],
    ["", "c"],
    ["a", "b c"],
  ]);
});

test("joining forgives slashes around the directory", () => {
  expect([joined("", "c"), joined("/a/b/", "c"), joined(" a ", "c")]).toEqual(["c", "a/b/c", "a/c"]);
});
