import { expect, test } from "vitest";
import type { DiffRow } from "../lib/diff";
import { runs } from "./diff-model";

const rows = (kinds: string): DiffRow[] => [...kinds].map((kind) => ({ kind: kind === "+" ? "new" : "same" }));
const cut = (kinds: string) => runs(rows(kinds), 2).map(({ from, rows, folded }) => [from, rows.length, folded]);

test.each([
  [
    "......+.......",
    [
      [0, 4, true],
      [4, 5, false],
      [9, 5, true],
    ],
  ],
  [
    ".....+",
    [
      [0, 3, false],
      [3, 3, false],
    ],
  ], // three lines do not fold
  ["+", [[0, 1, false]]],
  ["", []],
])("%s is cut", (kinds, want) => {
  expect(cut(kinds)).toEqual(want);
});
