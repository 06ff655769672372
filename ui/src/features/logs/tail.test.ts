import { expect, test } from "vitest";
import type { LogRow } from "../../api/queries/logs";
import { added, joined, type Tail } from "./tail";

const row = (id: string) => ({ id }) as LogRow;
const ids = (rows: LogRow[]) => rows.map(({ id }) => id).join("");
const empty: Tail = { shown: [], gathered: [], skipped: 0 };

test("rows gather while one reads, and flow at the top", () => {
  const read = added(added(empty, [row("a")], true), [row("b")], false, 3);
  expect([ids(read.shown), ids(read.gathered), read.skipped]).toEqual(["a", "b", 3]);
  const top = added(read, [row("c")], true);
  expect([ids(top.shown), ids(top.gathered), top.skipped]).toEqual(["cba", "", 3]);
});

test("a tail does not grow without end", () => {
  const many = Array.from({ length: 3_000 }, (_, i) => row(String(i)));
  expect(added(empty, many, true).shown).toHaveLength(2_000);
});

test("a row that came live and by a page is there once", () => {
  expect(ids(joined([row("c"), row("b")], [row("b"), row("a")]))).toBe("cba");
});
