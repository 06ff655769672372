import { expect, test } from "vitest";
import { filterOf } from "./queries";
import { type FileRow, hoursOf, sorted } from "./useFiles";

const row = (id: string, calls?: number) =>
  ({ file: { id }, figures: calls === undefined ? undefined : { calls } }) as FileRow;
const ids = (rows: FileRow[]) => rows.map(({ file }) => file.id).join(" ");

test("Files without figures are last in either order", () => {
  const rows = [row("none"), row("two", 2), row("zero", 0), row("nine", 9)];
  expect([ids(sorted(rows, "calls", true)), ids(sorted(rows, "calls", undefined))]).toEqual([
    "nine two zero none",
    "zero two nine none",
  ]);
});

test("the address says what the server is asked for", () => {
  expect(filterOf({ dir: "a/b", type: "prompt", tag: "x", differs: true, sort: "updated", desc: true })).toEqual({
    directory: "a/b",
    q: undefined,
    kind: ["prompt"],
    environment: undefined,
    tag: ["x"],
    differs: true,
    sort: "updated_at",
    order: "desc",
  });
});

test("hours without calls are zero", () => {
  const at = (hour: number) => new Date(hour * 3_600_000).toISOString();
  const points = [{ start: at(1), calls: 5, failures: 2 }] as Parameters<typeof hoursOf>[1];
  expect(hoursOf({ from: at(0), to: at(3), bucket: 3600 }, points)).toEqual({
    calls: [0, 5, 0, 0],
    failures: [0, 2, 0, 0],
  });
});
